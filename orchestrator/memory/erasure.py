"""Forgetting a person: every row that is about them, in one transaction, with a count as proof."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import delete, select

from orchestrator.store import Unit, tables
from orchestrator.store.tables import Base


@dataclass(frozen=True, kw_only=True)
class Erased:
    """How many rows of each table were deleted; those of `effects` were made anonymous instead."""

    rows: Mapping[str, int]


async def forget(unit: Unit, customer_id: str) -> Erased:
    """Delete a customer with all their conversations; the ledger keeps that something was done, not for whom.

    Afterwards, outside the unit, `Database.scrub()` clears what is left of it in the write-ahead log.
    """
    of_customer = select(tables.Conversation).where(tables.Conversation.customer_id == customer_id)
    conversations = list(await unit.session.scalars(of_customer.with_for_update()))
    ids = [row.id for row in conversations]
    rows = {"effects": await _make_effects_anonymous(unit, ids)}
    for kind in (tables.Event, tables.Turn, tables.ModelResponse, tables.Message, tables.Inbox, tables.Gap, tables.IdempotencyKey):
        rows[kind.__tablename__] = await _delete(unit, kind, "conversation_id", ids)
    for kind in (tables.Case, tables.Fact, tables.Ticket, tables.Code):
        of_conversations = await _delete(unit, kind, "conversation_id", ids)
        rows[kind.__tablename__] = of_conversations + await _delete(unit, kind, "customer_id", [customer_id])
    visitors = [row.visitor_id for row in conversations if row.visitor_id]
    rows["conversations"] = await _delete(unit, tables.Conversation, "id", ids)
    rows["visitors"] = await _delete(unit, tables.Visitor, "id", visitors)
    rows["identities"] = await _delete(unit, tables.Identity, "customer_id", [customer_id])
    rows["customers"] = await _delete(unit, tables.Customer, "id", [customer_id])
    return Erased(rows=rows)


async def _make_effects_anonymous(unit: Unit, conversation_ids: list[str]) -> int:
    rows = list(await unit.session.scalars(select(tables.Effect).where(tables.Effect.conversation_id.in_(conversation_ids))))
    for row in rows:
        row.key = hashlib.sha256(row.key.encode()).hexdigest()
        row.conversation_id, row.turn_id, row.arguments, row.result = "", "", {}, {}
    await unit.session.flush()
    return len(rows)


async def _delete(unit: Unit, kind: type[Base], column: str, values: list[str]) -> int:
    if not values:
        return 0
    connection = await unit.session.connection()
    return (await connection.execute(delete(kind).where(kind.__table__.c[column].in_(values)))).rowcount
