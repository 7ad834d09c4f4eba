"""Asks a model which of a few likely intents is meant, before the customer is asked."""

from dataclasses import replace
from typing import Literal, cast

import structlog
from langgraph.types import Command
from pydantic import JsonValue

from orchestrator.errors import ModelError, Rehearsed
from orchestrator.graph.asking import Asking
from orchestrator.graph.state import TurnState, context, decision_of
from orchestrator.models import AnswerSchema, ModelRequest, SystemMessage, UserMessage

Target = Literal["agent", "clarify"]
UNCLEAR = "unclear"
LAST_TURNS = 4
log = structlog.get_logger()


async def consult(state: TurnState) -> Command[Target]:
    """Routes when the model knows which candidate is meant; otherwise the customer is asked, as without a model."""
    house = context().house
    brain, decision = house.brain, decision_of(state)
    assert brain is not None, "the way here is taken with a brain only"  # noqa: S101 an invariant of the wiring
    if context().is_rehearsal:
        raise Rehearsed("a model would be asked")
    asking = await Asking.begun(state, brain)
    request = _question(state)
    try:
        response = await asking.ask(request, request.messages)
        chosen = str(response.answer().get("intent"))
    except ModelError as error:
        log.info("the model does not choose", conversation=state["conversation"].id, error=type(error).__name__)
        return Command(goto="clarify")
    conversation = replace(state["conversation"], spent=state["conversation"].spent + asking.spent)
    if chosen not in decision.candidates:
        return Command(goto="clarify", update={"conversation": conversation})
    routed = replace(decision, kind="route", intent=chosen, agent=house.project.owners[chosen])
    return Command(goto="agent", update={"conversation": conversation, "decision": routed})


def _question(state: TurnState) -> ModelRequest:
    """The candidates with what they mean, the last turns, and the message; never routing anew from scratch."""
    project, candidates = context().house.project, decision_of(state).candidates
    lines = [f"- {name}: {_meaning(name)}" for name in candidates]
    earlier = [f"{message.role}: {message.text[:300]}" for message in state["history"][:-1][-LAST_TURNS:]]
    rules = project.prompts.texts["route"]
    told = "\n".join(("Candidates:", *lines, f"- {UNCLEAR}: it cannot be told", "", "Before:", *earlier, "", "Message:", state["request"]))
    schema: dict[str, JsonValue] = {
        "type": "object",
        "properties": {"intent": {"type": "string", "enum": cast("list[JsonValue]", [*candidates, UNCLEAR])}},
        "required": ["intent"],
        "additionalProperties": False,
    }
    answer = AnswerSchema(name="route", schema=schema)
    messages = (SystemMessage(text=rules), UserMessage(text=told))
    return ModelRequest(messages=messages, answer=answer, max_tokens=60, temperature=0.0, purpose="route")


def _meaning(name: str) -> str:
    """What an intent means, for a model: its tool's description, its label, and an example."""
    project = context().house.project
    texts, action = project.intents[name], project.intent(name).action
    example = next(iter(texts.examples.get("en") or next(iter(texts.examples.values()))), "")
    about = action.description.splitlines()[0] if action else project.label(name, "en")
    return f"{about} For example: {example}"
