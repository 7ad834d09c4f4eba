"""The architecture of a turn on one page.

    guard ─ understand ─ decide ─┬─ agent ──┬─ knowledge ─┐
              ↑                  ├──────────┘             ├─ resume ─┐
              │                  ├─ smalltalk ────────────┘          ├─ review ─ end
              │                  ├─ clarify ─────────────────────────┤
              │                  └─ escalate ────────────────────────┘
              └──────────── another request of the same message ─────┘

With a language model, `agent` and `decide` go to `converse` where without one they go to forms and articles, and `decide` to `consult`
before `clarify`; when no model answers, the turn goes on as drawn.

Each node returns a `Command`, so the edges are in the nodes' types; nothing is checkpointed: the record is in the store.
"""

from langgraph.graph import START, StateGraph
from langgraph.graph.state import CompiledStateGraph

from orchestrator.graph.context import TurnContext
from orchestrator.graph.nodes.agent import agent
from orchestrator.graph.nodes.clarify import clarify
from orchestrator.graph.nodes.consult import consult
from orchestrator.graph.nodes.converse import converse
from orchestrator.graph.nodes.decide import decide
from orchestrator.graph.nodes.escalate import escalate
from orchestrator.graph.nodes.guard import guard
from orchestrator.graph.nodes.knowledge import knowledge
from orchestrator.graph.nodes.resume import resume
from orchestrator.graph.nodes.review import review
from orchestrator.graph.nodes.smalltalk import smalltalk
from orchestrator.graph.nodes.understand import understand
from orchestrator.graph.state import TurnState

NODES = (guard, understand, decide, agent, consult, converse, clarify, knowledge, smalltalk, escalate, resume, review)


def build() -> CompiledStateGraph[TurnState, TurnContext]:
    """The compiled graph; one serves all turns."""
    graph = StateGraph(TurnState, context_schema=TurnContext)
    for node in NODES:
        graph.add_node(node.__name__, node)
    graph.add_edge(START, "guard")
    return graph.compile()
