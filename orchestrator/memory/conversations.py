"""Conversations and their transcript."""

from dataclasses import replace
from typing import cast

from sqlalchemy import select, update

from orchestrator.conversation import Channel, Choice, Citation, Conversation, Language, Message, OpenForm, Owner, Role, Spent
from orchestrator.errors import ConversationError, ConversationNotFound
from orchestrator.memory import documents
from orchestrator.store import Unit, tables


async def create(unit: Unit, conversation: Conversation) -> None:
    """Store a new conversation.

    Raises:
        ConversationError: There is one with this id.
    """
    row = tables.Conversation(
        id=conversation.id,
        created_at=conversation.created_at,
        sequence=conversation.sequence,
        customer_id=conversation.customer_id or None,
    )
    _fill(row, conversation)
    if await unit.session.get(tables.Conversation, conversation.id) is not None:
        raise ConversationError(f"conversation {conversation.id!r} exists already")
    await unit.add(row)


async def get(unit: Unit, conversation_id: str) -> Conversation | None:
    """The conversation, or None."""
    row = await unit.session.get(tables.Conversation, conversation_id)
    return None if row is None else of_row(row)


async def save(unit: Unit, conversation: Conversation) -> None:
    """Store the state after a turn, except what others may have changed meanwhile.

    `sequence` is allotted by `inbox.accept` and `append`, `customer_id` is written by `customers.attach`, `summary` by `summarise`: these
    stay as stored.

    Raises:
        ConversationNotFound: It was never created, or has been erased.
        ConversationError: It belongs to another customer by now.
    """
    row = await unit.session.get(tables.Conversation, conversation.id, with_for_update=True)
    if row is None:
        raise ConversationNotFound(f"there is no conversation {conversation.id!r}")
    if conversation.customer_id not in ("", row.customer_id):
        raise ConversationError(f"conversation {conversation.id!r} is not attached to this customer. Use customers.attach first")
    _fill(row, conversation)
    await unit.session.flush()


async def summarise(unit: Unit, conversation_id: str, summary: str, up_to: int) -> None:
    """Store the summary of the messages up to a number; an older one gives way, a newer one stays."""
    table = tables.Conversation
    newer = update(table).where(table.id == conversation_id, table.summarised < up_to)
    await unit.session.execute(newer.values(summary=summary, summarised=up_to))


async def messages(unit: Unit, conversation_id: str, *, limit: int = 50, before: int | None = None) -> tuple[Message, ...]:
    """The last `limit` messages, or the last below the number `before`; oldest first."""
    query = select(tables.Message).where(tables.Message.conversation_id == conversation_id, tables.Message.text != "")
    if before is not None:
        query = query.where(tables.Message.sequence < before)
    rows = await unit.session.scalars(query.order_by(tables.Message.sequence.desc()).limit(limit))
    return tuple(_message(row) for row in reversed(rows.all()))


async def append(unit: Unit, message: Message) -> Message:
    """Store a message and return it as stored; `sequence` 0 means the next number.

    Raises:
        ConversationNotFound: It was never created, or has been erased.
    """
    if message.sequence == 0:
        message = replace(message, sequence=await next_sequence(unit, message.conversation_id))
    await unit.add(
        tables.Message(
            id=message.id,
            conversation_id=message.conversation_id,
            sequence=message.sequence,
            role=message.role,
            text=message.text,
            language=message.language,
            channel=message.channel,
            at=message.at,
            turn_id=message.turn_id,
            agent=message.agent,
            citations=documents.write_all(message.citations),
            choices=documents.write_all(message.choices),
            interrupted=message.interrupted,
        )
    )
    return message


async def cut(unit: Unit, message_id: str, heard: str) -> None:
    """Keep of a message only what was heard of it; a message of which nothing was heard is no longer shown."""
    table = tables.Message
    await unit.session.execute(update(table).where(table.id == message_id).values(text=heard, interrupted=True, choices=[]))


async def said_in(unit: Unit, conversation_id: str, turn_id: str) -> tuple[Message, ...]:
    """What the agents said in a turn, in order."""
    table = tables.Message
    query = select(table).where(table.conversation_id == conversation_id, table.turn_id == turn_id, table.role == "agent")
    return tuple(_message(row) for row in await unit.session.scalars(query.order_by(tables.Message.sequence)))


async def next_sequence(unit: Unit, conversation_id: str) -> int:
    """Allot the next message number; the row stays locked until the unit ends, so numbers have no holes.

    Raises:
        ConversationNotFound: It was never created, or has been erased.
    """
    table = tables.Conversation
    statement = update(table).where(table.id == conversation_id).values(sequence=table.sequence + 1).returning(table.sequence)
    sequence = (await unit.session.execute(statement)).scalar_one_or_none()
    if sequence is None:
        raise ConversationNotFound(f"there is no conversation {conversation_id!r}")
    return sequence


async def of_customer(unit: Unit, customer_id: str, limit: int = 50) -> tuple[Conversation, ...]:
    """The customer's conversations over all channels, newest first."""
    query = select(tables.Conversation).where(tables.Conversation.customer_id == customer_id)
    rows = await unit.session.scalars(query.order_by(tables.Conversation.updated_at.desc()).limit(limit))
    return tuple(of_row(row) for row in rows)


async def of_visitor(unit: Unit, visitor_id: str, limit: int = 50) -> tuple[Conversation, ...]:
    """The conversations begun in one browser, newest first."""
    if not visitor_id:
        return ()
    query = select(tables.Conversation).where(tables.Conversation.visitor_id == visitor_id)
    rows = await unit.session.scalars(query.order_by(tables.Conversation.updated_at.desc()).limit(limit))
    return tuple(of_row(row) for row in rows)


def of_row(row: tables.Conversation) -> Conversation:
    """The value of a stored row."""
    return Conversation(
        id=row.id,
        channel=cast("Channel", row.channel),
        language=cast("Language", row.language),
        region=row.region,
        created_at=row.created_at,
        updated_at=row.updated_at,
        sequence=row.sequence,
        owner=cast("Owner", row.owner),
        customer_id=row.customer_id or "",
        visitor_id=row.visitor_id,
        agent=row.agent,
        intent=row.intent,
        form=None if row.form is None else documents.read(OpenForm, row.form),
        suspended=documents.read_all(OpenForm, row.suspended),
        offered=documents.read_all(Choice, row.offered),
        queued=documents.read_all(str, row.queued),
        misunderstood=row.misunderstood,
        disclosed=row.disclosed,
        spoken=documents.read_all(str, row.spoken),
        spent=documents.read(Spent, row.spent),
        summary=row.summary,
        summarised=row.summarised,
    )


def _fill(row: tables.Conversation, conversation: Conversation) -> None:
    row.channel = conversation.channel
    row.language = conversation.language
    row.region = conversation.region
    row.updated_at = conversation.updated_at
    row.owner = conversation.owner
    row.visitor_id = conversation.visitor_id
    row.agent = conversation.agent
    row.intent = conversation.intent
    row.form = None if conversation.form is None else documents.write(conversation.form)
    row.suspended = documents.write_all(conversation.suspended)
    row.offered = documents.write_all(conversation.offered)
    row.queued = documents.write_all(conversation.queued)
    row.misunderstood = conversation.misunderstood
    row.disclosed = conversation.disclosed
    row.spoken = documents.write_all(conversation.spoken)
    row.spent = documents.write(conversation.spent)


def _message(row: tables.Message) -> Message:
    return Message(
        id=row.id,
        conversation_id=row.conversation_id,
        sequence=row.sequence,
        role=cast("Role", row.role),
        text=row.text,
        language=cast("Language", row.language),
        channel=cast("Channel", row.channel),
        at=row.at,
        turn_id=row.turn_id,
        agent=row.agent,
        citations=documents.read_all(Citation, row.citations),
        choices=documents.read_all(Choice, row.choices),
        interrupted=row.interrupted,
    )
