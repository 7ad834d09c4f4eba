"""What is known about a customer or within a conversation, with its source, time and trust."""

from collections.abc import Iterable
from typing import cast, get_args

from sqlalchemy import ColumnElement, or_, select

from orchestrator.conversation import Fact, Trust
from orchestrator.store import Unit, tables

_TRUST: tuple[Trust, ...] = get_args(Trust)


async def learn(unit: Unit, fact: Fact, *, conversation_id: str, customer_id: str = "") -> bool:
    """Remember a fact, with the customer when known, else with the conversation.

    Returns:
        False when it was known already; hearing the same again only makes it fresher.
    """
    known_before = await history(unit, fact.name, conversation_id=conversation_id, customer_id=customer_id)
    last = next((old for old in known_before if old.trust == fact.trust), None)
    if last is not None and last.value == fact.value:
        await _refresh(unit, fact, conversation_id=conversation_id, customer_id=customer_id)
        return False
    await unit.add(
        tables.Fact(
            conversation_id=None if customer_id else conversation_id,
            customer_id=customer_id or None,
            name=fact.name,
            value=fact.value,
            source=fact.source,
            at=fact.at,
            trust=fact.trust,
        )
    )
    return True


async def known(unit: Unit, conversation_id: str, customer_id: str = "") -> tuple[Fact, ...]:
    """One fact per name, sorted by name: what the system knows beats what is verified beats what was stated; then the newest."""
    rows = await unit.session.scalars(select(tables.Fact).where(_whose(conversation_id, customer_id)))
    return _best(_fact(row) for row in sorted(rows, key=lambda row: (row.at, row.id)))


async def history(unit: Unit, name: str, *, conversation_id: str, customer_id: str = "") -> tuple[Fact, ...]:
    """All that was ever known under a name, newest first."""
    return tuple(_fact(row) for row in await _rows(unit, name, conversation_id, customer_id))


async def _refresh(unit: Unit, fact: Fact, *, conversation_id: str, customer_id: str) -> None:
    rows = await _rows(unit, fact.name, conversation_id, customer_id)
    row = next(row for row in rows if row.trust == fact.trust)
    if fact.at > row.at:
        row.at, row.source = fact.at, fact.source
        await unit.session.flush()


async def _rows(unit: Unit, name: str, conversation_id: str, customer_id: str) -> list[tables.Fact]:
    query = select(tables.Fact).where(_whose(conversation_id, customer_id), tables.Fact.name == name)
    return list(await unit.session.scalars(query.order_by(tables.Fact.at.desc(), tables.Fact.id.desc())))


def _whose(conversation_id: str, customer_id: str) -> ColumnElement[bool]:
    of_conversation = tables.Fact.conversation_id == conversation_id
    return or_(of_conversation, tables.Fact.customer_id == customer_id) if customer_id else of_conversation


def _best(oldest_first: Iterable[Fact]) -> tuple[Fact, ...]:
    best: dict[str, Fact] = {}
    for fact in oldest_first:
        other = best.get(fact.name)
        if other is None or _TRUST.index(fact.trust) >= _TRUST.index(other.trust):
            best[fact.name] = fact
    return tuple(best[name] for name in sorted(best))


def _fact(row: tables.Fact) -> Fact:
    return Fact(name=row.name, value=row.value, source=row.source, at=row.at, trust=cast("Trust", row.trust))
