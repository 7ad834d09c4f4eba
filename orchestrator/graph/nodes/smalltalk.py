"""Greetings, thanks, goodbyes and the like: a word back, nothing else changes."""

from dataclasses import replace
from typing import Literal

from langgraph.types import Command

from orchestrator.conversation import Choice
from orchestrator.graph import learning
from orchestrator.graph.speaking import Speaking
from orchestrator.graph.state import Reply, TurnState, context, decision_of


async def smalltalk(state: TurnState) -> Command[Literal["resume"]]:
    """The fitting word; "repeat" says the last answer again."""
    key = decision_of(state).reason
    conversation = state["conversation"]
    speaking = Speaking(context(), conversation, state["customer"])
    last = next((message for message in reversed(state["history"]) if message.role == "agent"), None)
    if key == "repeat" and last:
        reply = Reply(text=last.text, agent=last.agent, citations=last.citations, choices=last.choices, evidence=(last.text,))
    else:
        reply = speaking.say("engine.greeting" if key == "repeat" else f"engine.{key}")
    odd = key in ("nothing_pending", "out_of_scope")
    offered: tuple[Choice, ...] = conversation.offered if odd else ()
    after = replace(conversation, offered=offered, misunderstood=conversation.misunderstood + int(odd))
    update: dict[str, object] = {"replies": (*state["replies"], reply), "conversation": after}
    if key == "opt_out":
        update["learnt"] = (*state["learnt"], learning.withdrawn(conversation, context()))
    return Command(goto="resume", update=update)
