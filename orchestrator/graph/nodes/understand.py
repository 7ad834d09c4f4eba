"""Reads the request at hand: intent, acts, entities, language, sensitivity."""

from dataclasses import replace
from typing import Literal

from langgraph.types import Command

from orchestrator.graph.learning import event, merged, stated
from orchestrator.graph.standing import expected
from orchestrator.graph.state import TurnState, context, emit
from orchestrator.understanding.distribution import Distribution
from orchestrator.understanding.reading import Reading, ReadingContext

SHORT = 7
"""Words up to which an unsure message may lean on the one before."""
FAMILIAR = 0.1
"""Below this out-of-scope score a message reads like the examples of its intents, not like half a sentence."""


async def understand(state: TurnState) -> Command[Literal["decide"]]:
    """The reading. Of several requests in one message the first is handled now, the others wait in the queue."""
    turn, conversation = context(), state["conversation"]
    reading = await _read(state)
    reading, request = _with_before(state, reading)
    if conversation.channel == "voice" and request == state["request"]:
        request = reading.text
    language = reading.language if reading.language in turn.house.project.replies else conversation.language
    facts = stated(reading, turn)
    for fact in facts:
        emit(event(fact))
    region = conversation.region or turn.house.policy.region_for(language)
    update: dict[str, object] = {
        "request": request,
        "reading": reading,
        "conversation": replace(conversation, language=language, region=region),
        "facts": merged(state["facts"], facts),
        "learnt": (*state["learnt"], *facts),
    }
    first, *others = reading.requests
    if others and not conversation.form:
        update |= {"request": first.text, "queue": (*(other.text for other in others), *state["queue"])}
    return Command(goto="decide", update=update)


async def _read(state: TurnState) -> Reading:
    turn, conversation = context(), state["conversation"]
    place = ReadingContext(
        now=turn.now,
        region=conversation.region or turn.house.policy.default_region,
        language=conversation.language,
        language_fixed=turn.language_fixed,
        language_settled=sum(message.role == "customer" for message in state["history"]) > 1,
        expects=expected(conversation.form, turn.house.project),
        spoken=conversation.channel == "voice",
    )

    async def read() -> Reading:
        return turn.house.reader.read(state["request"], place)

    return await turn.ahead.once(
        ("reading", state["request"], replace(place, now=turn.now.replace(minute=0, second=0, microsecond=0))), read
    )


def _with_before(state: TurnState, reading: Reading) -> tuple[Reading, str]:
    """The reading, and the request it is of: together with the message before when that makes it the same question's continuation."""
    conversation, distribution = state["conversation"], reading.distribution
    customer = [message.text for message in state["history"] if message.role == "customer"]
    if (
        _stands_alone(distribution, conversation.agent)
        or conversation.form
        or reading.acts.only
        or len(reading.text.split()) > SHORT
        or len(customer) < 2
    ):
        return reading, state["request"]
    together = context().house.reader.combined(reading, customer[-2])
    continues = together.distribution.intent == conversation.intent and together.distribution.confidence >= distribution.confidence
    return (together, together.requests[0].text) if continues else (reading, state["request"])


def _stands_alone(distribution: Distribution, agent: str) -> bool:
    """Whether a message needs nothing before it: one intent, or several that are all another agent's matter and clearly so."""
    if distribution.is_out_of_scope:
        return False
    owners = {context().house.project.owners.get(intent) for intent in distribution.candidates}
    return len(distribution.candidates) == 1 or (len(owners) == 1 and agent not in owners and distribution.out_of_scope < FAMILIAR)
