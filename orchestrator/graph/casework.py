"""Cases of a turn: opened when a customer brings a problem, filled as a form goes on, taken up again on any channel."""

import json
from collections.abc import Mapping
from dataclasses import replace
from typing import Any, cast

from orchestrator.conversation import Case, Conversation, Customer, OpenForm
from orchestrator.graph.acting import Outcome, pack, result_facts, unpack
from orchestrator.graph.context import TurnContext
from orchestrator.project.tool import Tool

TOOL, OUTCOME, RESULT = "tool", "outcome", "result"
CASE = "case.id"
"""Where a form keeps the id of the case it carries on; names with a dot are never slots."""
SUMMARY_LENGTH = 200


def open_case(context: TurnContext, conversation: Conversation, customer: Customer | None, form: OpenForm) -> Case:
    """A new case from the message that started a form."""
    return Case(
        id=context.house.new_id("case"),
        customer_id=customer.id if customer else "",
        conversation_id=conversation.id,
        channel=conversation.channel,
        agent=form.agent,
        intent=form.intent,
        subject=form.values.get("order_id", ""),
        summary=form.started_by[:SUMMARY_LENGTH],
        status="open",
        opened_at=context.now,
        updated_at=context.now,
        facts={TOOL: form.tool, **form.values},
    )


def case_of(cases: tuple[Case, ...], conversation: Conversation, form: OpenForm) -> Case | None:
    """The case this form works on: the one it carries on, else the live one of the same intent in this conversation."""
    if CASE in form.values:
        return next((case for case in cases if case.id == form.values[CASE]), None)
    live = [case for case in cases if case.intent == form.intent and case.status != "closed"]
    return next((case for case in live if case.conversation_id == conversation.id), None)


def carried_on(case: Case, form: OpenForm, context: TurnContext, subject: str = "") -> Case:
    """The case with what the form knows now."""
    values = {name: value for name, value in form.values.items() if "." not in name}
    named = subject or case.subject or values.get("order_id", "")
    return replace(case, facts={**case.facts, TOOL: form.tool, **values}, subject=named, updated_at=context.now)


def settled(case: Case, tool: Tool, outcome: Outcome, result: object, context: TurnContext) -> Case:
    """The case after its tool ran: an effect leaves it waiting for the world, a look-up closes it."""
    packed = json.dumps(pack(tool, result), ensure_ascii=False)
    subject = str(outcome.facts.get("item") or case.subject)
    return replace(
        case,
        status="waiting" if tool.effect else "closed",
        subject=subject,
        updated_at=context.now,
        facts={**case.facts, OUTCOME: outcome.code, RESULT: packed},
    )


def last_outcome(case: Case, tool: Tool) -> tuple[str, Mapping[str, object]] | None:
    """The outcome and facts of the case's finished tool call, to be told again; None while it is unfinished."""
    if RESULT not in case.facts:
        return None
    result = unpack(tool, cast("Mapping[str, Any]", json.loads(case.facts[RESULT])))
    return case.facts[OUTCOME], result_facts(result)


def values_of(case: Case, tool: Tool) -> dict[str, str]:
    """The slot values a case remembers."""
    return {slot.name: case.facts[slot.name] for slot in tool.slots if slot.name in case.facts}
