"""Takes the decision, tells it to the stream, and sends the turn to the node that carries it out."""

from typing import Literal

from langgraph.types import Command

from orchestrator.events import Candidate, IntentDetected
from orchestrator.graph.decision import Decision
from orchestrator.graph.decision import decide as decided
from orchestrator.graph.standing import standing_of
from orchestrator.graph.state import Escalation, TurnState, context, emit, reading_of
from orchestrator.understanding.reading import Reading

SHOWN_CANDIDATES = 5
Target = Literal["agent", "clarify", "knowledge", "smalltalk", "escalate", "consult", "converse"]
TARGETS: dict[str, Target] = {
    "route": "agent",
    "continue": "agent",
    "clarify": "clarify",
    "answer": "knowledge",
    "smalltalk": "smalltalk",
    "escalate": "escalate",
}
WITH_A_MODEL: dict[str, Target] = {"clarify": "consult", "answer": "converse"}
"""Where a model is asked instead: which of a few candidates is meant, and what no intent was found for."""


async def decide(state: TurnState) -> Command[Target]:
    """One decision per request."""
    house = context().house
    reading = reading_of(state)
    standing = standing_of(state["conversation"], reading, state["cases"], house.project, house.speaker)
    decision = decided(reading, standing, house.policy.routing)
    emit(_event(reading, decision, dict(house.project.owners)))
    update: dict[str, object] = {"decision": decision}
    if decision.kind == "escalate":
        update["escalation"] = Escalation(reason=decision.reason, agent=decision.agent)
    targets = TARGETS | (WITH_A_MODEL if house.brain else {})
    return Command(goto=targets[decision.kind], update=update)


def _event(reading: Reading, decision: Decision, owners: dict[str, str]) -> IntentDetected:
    distribution = reading.distribution
    shown = distribution.probabilities[:SHOWN_CANDIDATES]
    return IntentDetected(
        intent=decision.intent or distribution.intent,
        agent=decision.agent or owners.get(distribution.intent, ""),
        confidence=distribution.probability_of(decision.intent) if decision.intent else distribution.confidence,
        candidates=tuple(Candidate(intent=name, agent=owners.get(name, ""), probability=p) for name, p in shown),
        decision=decision.kind,
        language=reading.language,
        out_of_scope=distribution.out_of_scope,
        acts=tuple(sorted(reading.acts.acts)),
        entities=tuple((entity.kind, entity.value) for entity in reading.entities),
    )
