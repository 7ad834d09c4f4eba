"""`/v1/chat/completions` and `/v1/models`: what voice front ends, chat widgets, agent frameworks and evaluation tools speak already."""

from collections.abc import AsyncGenerator
from contextlib import aclosing

from fastapi import APIRouter, Request, Response
from fastapi.responses import JSONResponse

from orchestrator.channels import token_count
from orchestrator.channels.openai_errors import OpenAIRoute
from orchestrator.channels.openai_exchange import Exchange, exchange, names, settle
from orchestrator.channels.openai_rendering import DONE, Chunks
from orchestrator.channels.openai_request import ChatRequest
from orchestrator.channels.problems import Problem, not_stored
from orchestrator.channels.replying import Answering, answering
from orchestrator.channels.state import serving
from orchestrator.channels.streams import FrameStream
from orchestrator.events import TurnCompleted

router = APIRouter(prefix="/v1", tags=["openai"], route_class=OpenAIRoute)


@router.get("/models")
async def get_models(request: Request) -> Response:
    """The names by which the service may be called. Any other name means the first one."""
    house = serving(request)
    house.access.caller(request)
    return JSONResponse({"object": "list", "data": [_model(name) for name in names(house)]})


@router.get("/models/{name:path}")
async def get_model(request: Request, name: str) -> Response:
    """One of these names."""
    house = serving(request)
    house.access.caller(request)
    if name not in names(house):
        raise Problem(404, "model_not_found", "There is no model of this name. GET /v1/models lists those there are.")
    return JSONResponse(_model(name))


@router.post("/chat/completions")
async def post_chat_completions(request: Request, body: ChatRequest) -> Response:
    """Answer the customer's last message: a completion, or its chunks with `stream`.

    A voice front end that hangs up has been interrupted: the turn stops. Of a reader who leaves, the next history says what they read.
    """
    house = serving(request)
    caller = house.access.caller(request)
    if house.drain.started.is_set():
        raise Problem(503, "draining", "The service is shutting down. Connect again.", {"Retry-After": "1"})
    found = await exchange(request, house, caller, body)
    await settle(found)
    if not body.stream:
        return JSONResponse(await _completed(found), headers=found.headers)
    chunks = Chunks(found.outcome)
    if found.asked.text is None:
        return FrameStream(_quiet(found, chunks), headers=found.headers)
    if house.places.is_full(caller.visitor_id):
        raise Problem(429, "too_many_streams", "You have too many streams open. Wait for one to end.", {"Retry-After": "5"})
    replying = await answering(house.orchestrator, found.inbound, chunks, found.can, goes_on=not found.can.speech)
    return FrameStream(_streamed(found, chunks, replying), ahead=0, headers=found.headers)


async def _completed(found: Exchange) -> dict[str, object]:
    """The whole completion. What a caller's own tool has done needs no answer: the text is then empty."""
    if found.asked.text is not None:
        last = None
        with await found.house.orchestrator.deliver(found.inbound) as events:
            async for numbered in events:
                last = numbered.event
                found.outcome.event(last)
        if not isinstance(last, TurnCompleted):
            raise not_stored()
    return found.outcome.whole(await token_count.count(found.prompt, found.outcome.plain.text))


async def _streamed(found: Exchange, chunks: Chunks, replying: Answering) -> AsyncGenerator[bytes, None]:
    with found.house.places.hold(found.caller.visitor_id):
        async with aclosing(replying.frames()) as frames:
            async for frame in frames:
                yield frame
    if replying.said.complete:
        async for frame in _ending(found, chunks):
            yield frame


async def _quiet(found: Exchange, chunks: Chunks) -> AsyncGenerator[bytes, None]:
    for frame in (*chunks.opening(), *chunks.closing()):
        yield frame
    async for frame in _ending(found, chunks):
        yield frame


async def _ending(found: Exchange, chunks: Chunks) -> AsyncGenerator[bytes, None]:
    if found.request.wants_usage:
        yield chunks.usage(await token_count.count(found.prompt, found.outcome.plain.text))
    yield DONE


def _model(name: str) -> dict[str, object]:
    return {"id": name, "object": "model", "created": 0, "owned_by": "filrouge"}
