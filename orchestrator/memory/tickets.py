"""Tickets: escalations that wait for a human, or are in human hands."""

from dataclasses import replace
from datetime import datetime
from typing import Literal, cast

from sqlalchemy import select, update

from orchestrator.conversation import HandoffPacket, Message, Ticket
from orchestrator.errors import ConversationError
from orchestrator.memory import conversations, documents
from orchestrator.store import Unit, tables

TicketStatus = Literal["open", "answered", "returned"]
_BEFORE_FIRST = 1000


async def open(unit: Unit, ticket: Ticket) -> Ticket:
    """Store a ticket and return it; an empty id means the next of `T-1001`, `T-1002`, …"""
    if not ticket.id:
        ticket = replace(ticket, id=f"T-{await _next_number(unit)}")
    await unit.add(
        tables.Ticket(
            id=ticket.id,
            conversation_id=ticket.conversation_id,
            customer_id=ticket.customer_id or None,
            reason=ticket.reason,
            status=ticket.status,
            packet=documents.write(ticket.packet),
            opened_at=ticket.opened_at,
            updated_at=ticket.updated_at,
        )
    )
    return ticket


async def get(unit: Unit, ticket_id: str) -> Ticket | None:
    """The ticket, or None."""
    row = await unit.session.get(tables.Ticket, ticket_id)
    return None if row is None else _ticket(row)


async def find(unit: Unit, status: TicketStatus | None = None, limit: int = 100) -> tuple[Ticket, ...]:
    """The tickets with a status, or all; the longest waiting first."""
    query = select(tables.Ticket).order_by(tables.Ticket.opened_at, tables.Ticket.id).limit(limit)
    if status is not None:
        query = query.where(tables.Ticket.status == status)
    return tuple(_ticket(row) for row in await unit.session.scalars(query))


async def open_of(unit: Unit, conversation_id: str) -> Ticket | None:
    """The ticket that keeps a conversation with the humans, or None."""
    table = tables.Ticket
    query = select(table).where(table.conversation_id == conversation_id, table.status != "returned")
    row = await unit.session.scalar(query.order_by(table.opened_at.desc(), table.id.desc()).limit(1))
    return None if row is None else _ticket(row)


async def reply(unit: Unit, ticket_id: str, message: Message) -> Message:
    """Put a human's message into the transcript and return it as stored.

    Raises:
        ConversationError: There is no such ticket, it was returned to the agents, or the message is for another conversation.
    """
    row = await _row(unit, ticket_id)
    if row.status == "returned":
        raise ConversationError(f"ticket {ticket_id!r} was returned to the agents. Take the conversation over again first")
    if message.conversation_id != row.conversation_id:
        raise ConversationError(f"ticket {ticket_id!r} is not about conversation {message.conversation_id!r}")
    row.status, row.updated_at = "answered", message.at
    return await conversations.append(unit, message)


async def give_back(unit: Unit, ticket_id: str, now: datetime) -> Ticket:
    """Return the conversation to the agents, and the ticket as it is then. The owner of the conversation is the runtime's to save.

    Raises:
        ConversationError: There is no such ticket.
    """
    row = await _row(unit, ticket_id)
    row.status, row.updated_at = "returned", now
    await unit.session.flush()
    return _ticket(row)


async def _row(unit: Unit, ticket_id: str) -> tables.Ticket:
    row = await unit.session.get(tables.Ticket, ticket_id, with_for_update=True)
    if row is None:
        raise ConversationError(f"there is no ticket {ticket_id!r}")
    return row


async def _next_number(unit: Unit) -> int:
    table = tables.Counter
    await unit.add_if_new(table, {"name": "tickets", "value": _BEFORE_FIRST}, unique=("name",))
    statement = update(table).where(table.name == "tickets").values(value=table.value + 1).returning(table.value)
    return (await unit.session.execute(statement)).scalar_one()


def _ticket(row: tables.Ticket) -> Ticket:
    return Ticket(
        id=row.id,
        conversation_id=row.conversation_id,
        customer_id=row.customer_id or "",
        reason=row.reason,
        status=cast("TicketStatus", row.status),
        packet=documents.read(HandoffPacket, row.packet),
        opened_at=row.opened_at,
        updated_at=row.updated_at,
    )
