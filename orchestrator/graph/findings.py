"""What is found for a message before a model is asked: passages, and the look-up that the message calls for without doubt."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import cast

import anyio

from orchestrator.conversation import OpenForm
from orchestrator.dialogue.filling import Offering
from orchestrator.dialogue.form import Form, FormHouse
from orchestrator.dialogue.steps import Call
from orchestrator.governance.figures import figures_of
from orchestrator.graph.acting import Acting, Outcome, pack
from orchestrator.graph.nodes.knowledge import look_up
from orchestrator.graph.proposing import FREE
from orchestrator.graph.state import TurnState, context, decision_of, reading_of
from orchestrator.project.tool import Tool
from orchestrator.retrieval import Answer
from orchestrator.retrieval.passages import Passage

PASSAGES = 4


@dataclass(frozen=True, kw_only=True)
class Findings:
    """`passages` may be cited, by their number from 1; `results` are look-ups as a model reads them, `proofs` what they are evidence of;
    `answer` is the embedded brain's."""

    passages: tuple[Passage, ...] = ()
    results: tuple[str, ...] = ()
    proofs: tuple[str, ...] = ()
    outcome: Outcome | None = None
    answer: Answer | None = None


async def findings_of(state: TurnState) -> Findings:
    """The findings for the request at hand; a question of ours that no article answers is recorded as a gap."""
    decision, conversation, turn = decision_of(state), state["conversation"], context()
    intent = turn.house.project.intent(decision.intent) if decision.intent else None
    outcome = await _looked_up(state, intent.action) if intent and intent.action and decision.kind == "route" else None
    tool = intent.action if intent else None
    asks = tool is None or (intent is not None and bool(intent.topics))
    answer = await look_up(state, decision.intent) if asks else None

    def search() -> tuple[Passage, ...]:
        hits = turn.house.knowledge.search(state["request"], language=conversation.language, region=conversation.region, limit=PASSAGES)
        return tuple(hit.passage for hit in hits)

    key = ("passages", state["request"], conversation.language, conversation.region)
    found = await turn.ahead.once(key, lambda: anyio.to_thread.run_sync(search))
    first = answer.passages if answer else ()
    passages = (*first, *(passage for passage in found if passage not in first))[:PASSAGES]
    results = (told(tool, outcome),) if tool and outcome else ()
    proofs = (proof(tool, outcome),) if tool and outcome else ()
    return Findings(passages=passages, results=results, proofs=proofs, outcome=outcome, answer=answer)


async def _looked_up(state: TurnState, tool: Tool) -> Outcome | None:
    """The look-up of the decided intent, if it changes nothing and everything it needs is known."""
    turn, conversation, customer = context(), state["conversation"], state["customer"]
    if tool.effect or (tool.verified and customer is None):
        return None
    house = FormHouse(speaker=turn.house.speaker, catalogue=turn.house.catalogue, ask_again_at_most=0, ahead=turn.ahead)
    form = OpenForm(tool=tool.name, agent=conversation.agent, intent=conversation.intent, started_by=state["request"])
    offering = Offering(reading=reading_of(state), facts=state["facts"], customer=customer, starts=True)
    _, step = await Form(tool, turn.tool_context(conversation, customer), house).advance(form, offering)
    return await Acting(turn, conversation, customer).run(tool, step.arguments) if isinstance(step, Call) else None


def told(tool: Tool, outcome: Outcome) -> str:
    """An outcome as a model reads it: the call and its result in JSON."""
    if outcome.kind == "failed":
        return f"{tool.name}: not available at the moment."
    arguments = ", ".join(f"{name}={value}" for name, value in outcome.event.arguments)
    return f"{tool.name}({arguments}): {_json(_facts(tool, outcome))}"


def proof(tool: Tool, outcome: Outcome) -> str:
    """An outcome as evidence: what the shop says, without what the call itself put in, and without texts that name amounts.

    A shop gives amounts as amounts. A text that holds one (a note, a name) was written by somebody, who is no authority on money.
    """
    given = {slot.name for slot in tool.slots if slot.kind in FREE}
    return _json(_sound({name: value for name, value in _facts(tool, outcome).items() if name not in given}))


def _sound(value: object) -> object:
    if isinstance(value, Mapping):
        return {name: _sound(part) for name, part in cast("Mapping[str, object]", value).items()}
    if isinstance(value, list | tuple):
        return [_sound(part) for part in cast("Sequence[object]", value)]
    is_priced = isinstance(value, str) and any(figure.kind == "amount" for figure in figures_of(value, None))
    return "" if is_priced else value


def _facts(tool: Tool, outcome: Outcome) -> Mapping[str, object]:
    if outcome.kind == "done":
        return pack(tool, outcome.result)
    return {"refused": outcome.code, **outcome.facts}


def _json(facts: object) -> str:
    return json.dumps(facts, ensure_ascii=False, default=str)
