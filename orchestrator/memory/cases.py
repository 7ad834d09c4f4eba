"""Cases: a customer's open issues, the same over every channel."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import cast

from sqlalchemy import ColumnElement, select

from orchestrator.conversation import Case, CaseStatus, Channel
from orchestrator.errors import ConversationError
from orchestrator.store import Unit, tables


@dataclass(frozen=True, kw_only=True)
class CaseChange:
    """What is new about a case; None leaves as is, `facts` are added to those it has."""

    at: datetime
    status: CaseStatus | None = None
    summary: str | None = None
    agent: str | None = None
    facts: Mapping[str, str] = field(default_factory=dict[str, str])


async def open(unit: Unit, case: Case) -> None:
    """Store a new case; one without a customer becomes theirs when its conversation does."""
    await unit.add(
        tables.Case(
            id=case.id,
            customer_id=case.customer_id or None,
            conversation_id=case.conversation_id,
            channel=case.channel,
            agent=case.agent,
            intent=case.intent,
            subject=case.subject,
            summary=case.summary,
            status=case.status,
            opened_at=case.opened_at,
            updated_at=case.updated_at,
            facts=dict(case.facts),
        )
    )


async def get(unit: Unit, case_id: str) -> Case | None:
    """The case, or None."""
    row = await unit.session.get(tables.Case, case_id)
    return None if row is None else _case(row)


async def update(unit: Unit, case_id: str, change: CaseChange) -> Case:
    """Apply a change and return the case as it is then.

    Raises:
        ConversationError: There is no such case.
    """
    row = await unit.session.get(tables.Case, case_id, with_for_update=True)
    if row is None:
        raise ConversationError(f"there is no case {case_id!r}")
    row.updated_at = change.at
    row.status = change.status or row.status
    row.agent = change.agent or row.agent
    if change.summary is not None:
        row.summary = change.summary
    row.facts = {**row.facts, **change.facts}
    await unit.session.flush()
    return _case(row)


async def open_of(unit: Unit, customer_id: str) -> tuple[Case, ...]:
    """The customer's cases that are not closed, the last touched first."""
    return await _select(unit, tables.Case.customer_id == customer_id, tables.Case.status != "closed")


async def of_customer(unit: Unit, customer_id: str) -> tuple[Case, ...]:
    """All cases of the customer, the last touched first."""
    return await _select(unit, tables.Case.customer_id == customer_id)


async def of_conversation(unit: Unit, conversation_id: str) -> tuple[Case, ...]:
    """The cases opened in a conversation, the last touched first."""
    return await _select(unit, tables.Case.conversation_id == conversation_id)


async def _select(unit: Unit, *conditions: ColumnElement[bool]) -> tuple[Case, ...]:
    rows = await unit.session.scalars(select(tables.Case).where(*conditions).order_by(tables.Case.updated_at.desc(), tables.Case.id))
    return tuple(_case(row) for row in rows)


def _case(row: tables.Case) -> Case:
    return Case(
        id=row.id,
        customer_id=row.customer_id or "",
        conversation_id=row.conversation_id,
        channel=cast("Channel", row.channel),
        agent=row.agent,
        intent=row.intent,
        subject=row.subject,
        summary=row.summary,
        status=cast("CaseStatus", row.status),
        opened_at=row.opened_at,
        updated_at=row.updated_at,
        facts={name: str(value) for name, value in row.facts.items()},
    )
