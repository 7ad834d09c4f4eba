"""Requests that a client may send again: done once, answered the same."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete

from orchestrator.errors import ConversationError
from orchestrator.store import Unit, tables

ABANDONED_AFTER = timedelta(minutes=5)
"""A request still without an answer after this has died with its process."""


@dataclass(frozen=True, kw_only=True)
class Fresh:
    """The first of its kind: do it, then `finish`."""


@dataclass(frozen=True, kw_only=True)
class InFlight:
    """The same request is being done right now."""


@dataclass(frozen=True, kw_only=True)
class Finished:
    """It was done, and answered so."""

    status: int
    body: Mapping[str, object]


@dataclass(frozen=True, kw_only=True)
class Mismatch:
    """The key was used for another request."""


Claim = Fresh | InFlight | Finished | Mismatch


async def begin(unit: Unit, key: str, body_hash: str, now: datetime, conversation_id: str = "") -> Claim:
    """Claim a key, which must name the caller too; commit before doing the work.

    With a `conversation_id` the stored answer is erased with the conversation's customer.
    """
    values: dict[str, object] = {"key": key, "body_hash": body_hash, "begun_at": now, "response": {}, "conversation_id": conversation_id}
    if await unit.add_if_new(tables.IdempotencyKey, values, unique=("key",)):
        return Fresh()
    row = await _row(unit, key)
    if row.body_hash != body_hash:
        return Mismatch()
    if row.status is not None:
        return Finished(status=row.status, body=row.response)
    if now - row.begun_at < ABANDONED_AFTER:
        return InFlight()
    row.begun_at = now
    await unit.session.flush()
    return Fresh()


async def finish(unit: Unit, key: str, status: int, body: Mapping[str, object]) -> None:
    """Keep the answer for those who ask again.

    Raises:
        ConversationError: The key was never claimed.
    """
    row = await _row(unit, key)
    row.status, row.response = status, dict(body)
    await unit.session.flush()


async def release(unit: Unit, key: str) -> None:
    """The request failed without effect: the key may be used again. One that is finished stays."""
    table = tables.IdempotencyKey
    await unit.session.execute(delete(table).where(table.key == key, table.status.is_(None)))


async def purge(unit: Unit, before: datetime) -> None:
    """Forget keys that were claimed before a time."""
    await unit.session.execute(delete(tables.IdempotencyKey).where(tables.IdempotencyKey.begun_at < before))


async def _row(unit: Unit, key: str) -> tables.IdempotencyKey:
    row = await unit.session.get(tables.IdempotencyKey, key, with_for_update=True)
    if row is None:
        raise ConversationError(f"idempotency key {key!r} was never claimed. Call begin() first")
    return row
