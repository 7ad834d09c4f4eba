"""Asks which of a few likely intents the customer means, in words a customer knows."""

from dataclasses import replace
from typing import Literal

from langgraph.types import Command

from orchestrator.conversation import Choice
from orchestrator.graph.speaking import Speaking
from orchestrator.graph.state import TurnState, context, decision_of


async def clarify(state: TurnState) -> Command[Literal["review"]]:
    """The question, with the intents' labels as quick replies."""
    turn, conversation = context(), state["conversation"]
    labels = [(turn.house.project.label(name, conversation.language), name) for name in decision_of(state).candidates]
    choices = tuple(Choice(label=label, value=name) for label, name in labels)
    speaking = Speaking(turn, conversation, state["customer"])
    reply = speaking.say("engine.clarify", {"options": [label for label, _ in labels]}, choices=choices)
    waiting = replace(conversation, offered=choices, misunderstood=conversation.misunderstood + 1)
    return Command(goto="review", update={"replies": (*state["replies"], reply), "conversation": waiting})
