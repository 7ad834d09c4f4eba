"""The inbox: a message that was accepted here is never lost and never taken twice."""

from dataclasses import dataclass
from datetime import datetime
from typing import cast

from sqlalchemy import func, select, update

from orchestrator.conversation import Channel, Inbound, Language
from orchestrator.errors import ConversationNotFound
from orchestrator.memory import conversations
from orchestrator.store import Unit, tables

_UNIQUE = ("channel", "account", "provider_message_id")


@dataclass(frozen=True, kw_only=True)
class Accepted:
    """A message has its place. Of a duplicate: the id, conversation and number of the first delivery."""

    message_id: str
    conversation_id: str
    sequence: int
    duplicate: bool


@dataclass(frozen=True, kw_only=True)
class Pending:
    """An accepted message that nobody has answered yet; `inbound` comes back without its token."""

    message_id: str
    sequence: int
    inbound: Inbound
    received_at: datetime
    attempts: int


async def accept(unit: Unit, inbound: Inbound, *, id: str, now: datetime, account: str = "") -> Accepted:
    """Take a message in under our id `id`, numbered within its conversation; commit before saying yes to the sender.

    A message is the same when channel, account and `inbound.message_id` are; without a `message_id` it is always new. `account` is
    the provider's account it came in by; without one the conversation stands in, so that ids made by clients cannot collide.

    Raises:
        ConversationNotFound: It was never created, or has been erased.
    """
    unique = _key(inbound, account, id)
    first = await _delivered(unit, unique)
    if first is not None:
        return first
    sequence = await conversations.next_sequence(unit, inbound.conversation_id)
    values = {
        **dict(zip(_UNIQUE, unique, strict=True)),
        "message_id": id,
        "conversation_id": inbound.conversation_id,
        "sequence": sequence,
        "status": "received",
        "attempts": 0,
        "received_at": now,
        "body": {"text": inbound.text, "language": inbound.language, "region": inbound.region},
    }
    if await unit.add_if_new(tables.Inbox, values, unique=_UNIQUE):
        return Accepted(message_id=id, conversation_id=inbound.conversation_id, sequence=sequence, duplicate=False)
    # Only where several processes write at once: another delivery of the same message has won. Its number is lost, no message is.
    first = await _delivered(unit, unique)
    if first is None:
        raise ConversationNotFound(f"the conversation {inbound.conversation_id!r} has been erased")
    return first


async def is_known(unit: Unit, inbound: Inbound, account: str = "") -> bool:
    """Whether this very message was accepted before."""
    return bool(inbound.message_id) and await _delivered(unit, _key(inbound, account, "")) is not None


async def unanswered(unit: Unit, conversation_id: str) -> tuple[Pending, ...]:
    """The messages of a conversation that wait for an answer, in their order."""
    query = select(tables.Inbox).where(tables.Inbox.conversation_id == conversation_id, tables.Inbox.status == "received")
    rows = await unit.session.scalars(query.order_by(tables.Inbox.sequence))
    return tuple(_pending(row) for row in rows)


async def waiting(unit: Unit) -> tuple[str, ...]:
    """The conversations with unanswered messages, the longest waiting first: what to resume after a restart."""
    query = select(tables.Inbox.conversation_id).where(tables.Inbox.status == "received").group_by(tables.Inbox.conversation_id)
    return tuple(await unit.session.scalars(query.order_by(func.min(tables.Inbox.received_at))))


async def attempt(unit: Unit, message_id: str) -> int:
    """Count one more attempt to answer, and return how many there have been; commit before trying."""
    table = tables.Inbox
    statement = update(table).where(table.message_id == message_id).values(attempts=table.attempts + 1).returning(table.attempts)
    return (await unit.session.execute(statement)).scalar_one_or_none() or 0


async def done(unit: Unit, message_id: str) -> None:
    """The message is answered; belongs into the unit that stores the answer."""
    await _settle(unit, message_id, "done")


async def failed(unit: Unit, message_id: str) -> None:
    """The message cannot be answered and went to a human."""
    await _settle(unit, message_id, "failed")


def _key(inbound: Inbound, account: str, id: str) -> tuple[str, str, str]:
    return inbound.channel, account or inbound.conversation_id, inbound.message_id or id


async def _settle(unit: Unit, message_id: str, status: str) -> None:
    await unit.session.execute(update(tables.Inbox).where(tables.Inbox.message_id == message_id).values(status=status))


async def _delivered(unit: Unit, unique: tuple[str, str, str]) -> Accepted | None:
    channel, account, provider_message_id = unique
    row = await unit.session.scalar(
        select(tables.Inbox).where(
            tables.Inbox.channel == channel,
            tables.Inbox.account == account,
            tables.Inbox.provider_message_id == provider_message_id,
        )
    )
    if row is None:
        return None
    return Accepted(message_id=row.message_id, conversation_id=row.conversation_id, sequence=row.sequence, duplicate=True)


def _pending(row: tables.Inbox) -> Pending:
    language, region = row.body["language"], row.body["region"]
    return Pending(
        message_id=row.message_id,
        sequence=row.sequence,
        inbound=Inbound(
            conversation_id=row.conversation_id,
            text=str(row.body["text"]),
            channel=cast("Channel", row.channel),
            language=cast("Language | None", language),
            region=cast("str | None", region),
            message_id=row.provider_message_id,
        ),
        received_at=row.received_at,
        attempts=row.attempts,
    )
