"""The turn journal: what models answered, written down before anybody acts on it, so that a turn run again asks nothing twice."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, select

from orchestrator.store import Unit, tables


@dataclass(frozen=True, kw_only=True)
class Entry:
    """One response (JSON) to the request with this digest, in the turn on this message."""

    conversation_id: str
    message_id: str
    digest: str
    response: str


async def record(unit: Unit, entry: Entry, now: datetime) -> None:
    """Store a response; commit before acting on it."""
    row = tables.ModelResponse(
        conversation_id=entry.conversation_id, message_id=entry.message_id, digest=entry.digest, response=entry.response, at=now
    )
    await unit.add(row)


async def recorded(unit: Unit, message_id: str) -> dict[str, str]:
    """The responses of an earlier run of the turn on this message, by the digest of their request."""
    query = select(tables.ModelResponse).where(tables.ModelResponse.message_id == message_id).order_by(tables.ModelResponse.id)
    return {row.digest: row.response for row in await unit.session.scalars(query)}


async def forget(unit: Unit, message_ids: Sequence[str]) -> None:
    """Drop what is no longer needed: the messages are answered."""
    await unit.session.execute(delete(tables.ModelResponse).where(tables.ModelResponse.message_id.in_(message_ids)))
