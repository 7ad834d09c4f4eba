"""The graph of one turn: guard, understand, decide, agents, clarify, knowledge, review, escalate. `build.py` shows it on one page."""
