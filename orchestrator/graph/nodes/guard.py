"""First node: agents are silent while a human owns the conversation, except to note how the customer can be reached."""

from typing import Literal

from langgraph.graph import END
from langgraph.types import Command

from orchestrator.graph import learning
from orchestrator.graph.speaking import Speaking
from orchestrator.graph.state import TurnState, context, emit
from orchestrator.understanding.reading import ReadingContext

CONTACTS = ("email", "phone")


async def guard(state: TurnState) -> Command[Literal["understand", "review", "__end__"]]:
    """Lets the turn begin, or ends it at once. What a message must not contain was refused at the door."""
    if state["conversation"].owner != "human":
        return Command(goto="understand")
    return _contact(state) or Command(goto=END)


def _contact(state: TurnState) -> Command[Literal["understand", "review", "__end__"]] | None:
    """Notes an address that the customer gives to be answered at; once, and only when none is known."""
    turn, conversation = context(), state["conversation"]
    if state["customer"] or any(fact.name in CONTACTS for fact in state["facts"]):
        return None
    where = ReadingContext(now=turn.now, region=conversation.region, language=conversation.language)
    reading = turn.house.reader.read(state["request"], where)
    facts = tuple(fact for fact in learning.stated(reading, turn) if fact.name in CONTACTS)
    if not facts:
        return None
    for fact in facts:
        emit(learning.event(fact))
    reply = Speaking(turn, conversation, None).say("engine.contact_noted", {"contact": facts[0].value})
    return Command(goto="review", update={"replies": (reply,), "learnt": facts})
