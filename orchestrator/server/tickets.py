"""`/v1/tickets`: what waits for a human, their reply, and the return of the conversation to the agents."""

from dataclasses import asdict, replace
from typing import Annotated, cast

from fastapi import APIRouter, Path, Request, Response
from fastapi.encoders import jsonable_encoder
from fastapi.responses import JSONResponse
from pydantic import BaseModel, ConfigDict

from orchestrator.channels.bodies import JsonRoute
from orchestrator.channels.problems import not_found
from orchestrator.channels.state import Serving, serving
from orchestrator.conversation import Fact, Message, Ticket
from orchestrator.events import HumanReplied
from orchestrator.intake import checked_text
from orchestrator.memory import conversations, facts, tickets
from orchestrator.memory.tickets import TicketStatus

router = APIRouter(prefix="/v1/tickets", tags=["tickets"], route_class=JsonRoute)
TEXT_LIMIT = 8000
NOTE_LIMIT = 2000
TicketId = Annotated[str, Path(pattern=r"^T-\d{1,9}$")]


class ReplyIn(BaseModel):
    """What a colleague writes to the customer."""

    model_config = ConfigDict(extra="forbid", strict=True)

    text: str


class ReturnIn(BaseModel):
    """What a colleague did, in a sentence; the agents know it from then on."""

    model_config = ConfigDict(extra="forbid", strict=True)

    done: str


@router.get("")
async def get_tickets(request: Request, status: TicketStatus | None = None) -> Response:
    """Tickets, the oldest first; `?status=open|answered|returned`."""
    house = serving(request)
    house.access.staff(request)
    async with house.orchestrator.house.database.reading() as unit:
        found = await tickets.find(unit, status)
    return JSONResponse({"tickets": [_shown(ticket) for ticket in found]})


@router.post("/{ticket_id}/reply")
async def post_reply(request: Request, ticket_id: TicketId, body: ReplyIn) -> Response:
    """Write to the customer; the reply reaches their open page at once."""
    house = serving(request)
    house.access.staff(request)
    orchestrator, text = house.orchestrator, checked_text(body.text, TEXT_LIMIT)
    ticket = await _ticket(house, ticket_id)
    if ticket is None:
        return not_found()
    async with orchestrator.alone(ticket.conversation_id), orchestrator.house.database.unit() as unit:
        conversation = await conversations.get(unit, ticket.conversation_id)
        if conversation is None:
            return not_found()
        message = Message(
            id=orchestrator.house.new_id("message"),
            conversation_id=conversation.id,
            sequence=0,
            role="human",
            text=text,
            language=conversation.language,
            channel=conversation.channel,
            at=orchestrator.clock(),
        )
        stored = await tickets.reply(unit, ticket_id, message)
        await conversations.save(unit, replace(conversation, owner="human", form=None, suspended=()))
    await orchestrator.tell(conversation.id, (HumanReplied(message_id=stored.id, ticket_id=ticket_id, text=text),))
    return JSONResponse({"message_id": stored.id, "ticket_id": ticket_id})


@router.post("/{ticket_id}/return")
async def post_return(request: Request, ticket_id: TicketId, body: ReturnIn) -> Response:
    """Give the conversation back to the agents, with what was done."""
    house = serving(request)
    house.access.staff(request)
    orchestrator, note = house.orchestrator, checked_text(body.done, NOTE_LIMIT)
    ticket = await _ticket(house, ticket_id)
    if ticket is None:
        return not_found()
    now = orchestrator.clock()
    async with orchestrator.alone(ticket.conversation_id), orchestrator.house.database.unit() as unit:
        returned = await tickets.give_back(unit, ticket_id, now)
        conversation = await conversations.get(unit, ticket.conversation_id)
        if conversation is None:
            return not_found()
        done = Fact(name="colleague", value=note, source=f"ticket:{ticket_id}", at=now, trust="system")
        await facts.learn(unit, done, conversation_id=conversation.id, customer_id=conversation.customer_id)
        await conversations.save(unit, replace(conversation, owner="agents", misunderstood=0))
    return JSONResponse(_shown(returned))


async def _ticket(house: Serving, ticket_id: str) -> Ticket | None:
    async with house.orchestrator.house.database.reading() as unit:
        return await tickets.get(unit, ticket_id)


def _shown(ticket: Ticket) -> dict[str, object]:
    return cast("dict[str, object]", jsonable_encoder(asdict(ticket)))
