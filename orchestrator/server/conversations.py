"""`/v1/conversations`: messages in, answers out as JSON or as a stream, and what is known of a conversation."""

import hashlib
import json
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from typing import Annotated

from anyio.streams.memory import MemoryObjectReceiveStream
from fastapi import APIRouter, Header, Path, Request, Response
from fastapi.responses import JSONResponse
from pydantic import BaseModel, ConfigDict

from orchestrator.channels.access import Caller
from orchestrator.channels.bodies import JsonRoute
from orchestrator.channels.problems import Problem, not_found
from orchestrator.channels.state import Serving, serving
from orchestrator.channels.streams import HEARTBEAT
from orchestrator.conversation import LANGUAGES, Channel, Conversation, Inbound, Language, Message
from orchestrator.events import TurnCompleted
from orchestrator.memory import cases, conversations, customers, facts, idempotency, turns
from orchestrator.memory.turns import NumberedEvent
from orchestrator.server.answers import answer
from orchestrator.server.events import RESTART, endless_stream, turn_stream

router = APIRouter(prefix="/v1/conversations", tags=["conversations"], route_class=JsonRoute)
ConversationId = Annotated[str, Path(pattern=r"^[A-Za-z0-9_-]{1,64}$")]
KEY_LENGTH = 255
EVENT_ID_LENGTH = 18


class MessageIn(BaseModel):
    """A customer's message. An unknown language tag counts as none: the language is then detected."""

    model_config = ConfigDict(extra="forbid", strict=True)

    text: str
    channel: Channel = "web"
    language: str | None = None
    region: str | None = None
    token: str | None = None


@router.post("/{conversation_id}/messages")
async def post_message(
    request: Request,
    conversation_id: ConversationId,
    body: MessageIn,
    idempotency_key: Annotated[str | None, Header()] = None,
) -> Response:
    """Answer a message: JSON, or Server-Sent Events with `Accept: text/event-stream`."""
    house = serving(request)
    caller = house.access.caller(request)
    if idempotency_key is not None and not 1 <= len(idempotency_key) <= KEY_LENGTH:
        raise Problem(400, "invalid_idempotency_key", f"Idempotency-Key has {len(idempotency_key)} characters. Send 1 to {KEY_LENGTH}.")
    inbound = _inbound(conversation_id, body, caller, idempotency_key)
    streams = "text/event-stream" in request.headers.get("accept", "")
    if idempotency_key is None:
        if streams:
            return turn_stream(_told(await house.orchestrator.deliver(inbound)))
        return JSONResponse(await _answered(house, inbound))
    key = f"{caller.visitor_id}:{conversation_id}:{idempotency_key}"
    return await (_streamed if streams else _once)(house, inbound, key, body)


@router.get("/{conversation_id}")
async def get_conversation(request: Request, conversation_id: ConversationId) -> Response:
    """The conversation: its messages, and what the shared memory knows."""
    house = serving(request)
    conversation = await _own(house, conversation_id, house.access.caller(request))
    if conversation is None:
        return not_found()
    async with house.orchestrator.house.database.reading() as unit:
        messages = await conversations.messages(unit, conversation_id, limit=200)
        known = await facts.known(unit, conversation_id, conversation.customer_id)
        customer = await customers.get(unit, conversation.customer_id) if conversation.customer_id else None
        found = await (cases.of_customer(unit, customer.id) if customer else cases.of_conversation(unit, conversation_id))
        number = await turns.last_number(unit, conversation_id)
    return JSONResponse(
        {
            "conversation_id": conversation.id,
            "channel": conversation.channel,
            "language": conversation.language,
            "region": conversation.region,
            "owner": conversation.owner,
            "agent": conversation.agent,
            "customer": {"name": customer.name, "verified": True} if customer else None,
            "messages": [_shown(message) for message in messages],
            "facts": [{"name": fact.name, "value": fact.value, "trust": fact.trust, "at": fact.at.isoformat()} for fact in known],
            "cases": [
                {"id": case.id, "agent": case.agent, "intent": case.intent, "subject": case.subject, "status": case.status}
                for case in found
            ],
            "last_event": number,
        }
    )


@router.get("/{conversation_id}/events")
async def get_events(request: Request, conversation_id: ConversationId, last_event_id: Annotated[str | None, Header()] = None) -> Response:
    """The conversation's events from `Last-Event-ID` (or `?after=`) on, and then as they happen, as Server-Sent Events."""
    house = serving(request)
    caller = house.access.caller(request)
    if await _own(house, conversation_id, caller) is None:
        return not_found()
    given = last_event_id if last_event_id is not None else request.query_params.get("after", "0")
    if not (given.isascii() and given.isdigit() and len(given) <= EVENT_ID_LENGTH):
        raise Problem(400, "invalid_last_event_id", "Last-Event-ID is not a number of ours. Send the last `id` you received, or none.")
    if house.places.is_full(caller.visitor_id):
        raise Problem(429, "too_many_streams", "You have too many streams open. Close one first.", {"Retry-After": "30"})
    async with house.orchestrator.house.database.reading() as unit:
        is_ours = int(given) <= await turns.last_number(unit, conversation_id)
    following = _following(house, caller, conversation_id, int(given) if is_ours else 0)
    return endless_stream(following, house.drain, first=HEARTBEAT if is_ours else RESTART)


def _inbound(conversation_id: str, body: MessageIn, caller: Caller, key: str | None) -> Inbound:
    language: Language | None = next((known for known in LANGUAGES if known == body.language), None)
    return Inbound(
        conversation_id=conversation_id,
        text=body.text,
        channel=body.channel,
        language=language,
        region=body.region,
        token=body.token,
        message_id=key,
        visitor_id=caller.visitor_id,
    )


async def _answered(house: Serving, inbound: Inbound) -> dict[str, object]:
    with await house.orchestrator.deliver(inbound) as stream:
        events = [numbered.event async for numbered in stream]
    if not events or not isinstance(events[-1], TurnCompleted):
        detail = "Your message is kept, but its answer could not be stored. Send it again with the same Idempotency-Key."
        raise Problem(503, "not_stored", detail, {"Retry-After": "5"})
    return answer(events)


async def _told(events: MemoryObjectReceiveStream[NumberedEvent]) -> AsyncGenerator[NumberedEvent, None]:
    with events:
        async for numbered in events:
            yield numbered


async def _once(house: Serving, inbound: Inbound, key: str, body: MessageIn) -> Response:
    """The same key and body get the same answer."""
    async with _claimed(house, inbound, key, body) as earlier:
        if earlier and earlier.body:
            return JSONResponse(dict(earlier.body), earlier.status)
        found = await _answered(house, inbound)
        await _finished(house, key, found)
    return JSONResponse(found)


async def _streamed(house: Serving, inbound: Inbound, key: str, body: MessageIn) -> Response:
    """The same key and body get the same events: the inbox knows the message by its key. So the answer is not kept twice."""
    async with _claimed(house, inbound, key, body) as earlier:
        events = await house.orchestrator.deliver(inbound)
        if earlier is None:
            await _finished(house, key, {})
    return turn_stream(_told(events))


@asynccontextmanager
async def _claimed(house: Serving, inbound: Inbound, key: str, body: MessageIn) -> AsyncGenerator[idempotency.Finished | None, None]:
    """What was answered under this key before. A request that fails gives its key back.

    Raises:
        Problem: The key was used with another body (422), or its first request is still running (409).
    """
    database, now = house.orchestrator.house.database, house.orchestrator.clock()
    digest = hashlib.sha256(json.dumps(body.model_dump(), sort_keys=True).encode()).hexdigest()
    async with database.unit() as unit:
        claim = await idempotency.begin(unit, key, digest, now, inbound.conversation_id)
    if isinstance(claim, idempotency.InFlight):
        detail = "The first request with this Idempotency-Key is still running. Try again in a moment."
        raise Problem(409, "in_flight", detail, {"Retry-After": "1"})
    if isinstance(claim, idempotency.Mismatch):
        raise Problem(422, "idempotency_mismatch", "This Idempotency-Key was used with another body. Use a new key.")
    try:
        yield claim if isinstance(claim, idempotency.Finished) else None
    except Exception:
        async with database.unit() as unit:
            await idempotency.release(unit, key)
        raise


async def _finished(house: Serving, key: str, found: dict[str, object]) -> None:
    async with house.orchestrator.house.database.unit() as unit:
        await idempotency.finish(unit, key, 200, found)


async def _own(house: Serving, conversation_id: str, caller: Caller) -> Conversation | None:
    async with house.orchestrator.house.database.reading() as unit:
        conversation = await conversations.get(unit, conversation_id)
    return conversation if conversation and caller.may_read(conversation.visitor_id) else None


async def _following(house: Serving, caller: Caller, conversation_id: str, number: int) -> AsyncGenerator[NumberedEvent, None]:
    """Stored events after a number, then live ones; listening begins before reading, so that nothing falls between."""
    with house.places.hold(caller.visitor_id), house.orchestrator.listen(conversation_id) as live:
        async for numbered in house.orchestrator.recorded(conversation_id, number):
            number = numbered.number
            yield numbered
        async for numbered in live:
            if numbered.number > number:
                yield numbered


def _shown(message: Message) -> dict[str, object]:
    return {
        "id": message.id,
        "role": message.role,
        "agent": message.agent,
        "text": message.text,
        "language": message.language,
        "channel": message.channel,
        "at": message.at.isoformat(),
        "citations": [{"title": cited.title, "heading": cited.heading, "url": cited.url} for cited in message.citations],
        "choices": [choice.label for choice in message.choices],
    }
