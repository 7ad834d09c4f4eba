"""The wire without a network: what a respx router answers, given to the client that production uses."""

import json
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Iterable, Mapping
from contextlib import aclosing
from typing import Any, cast

import httpx
import httpx2
import respx

from orchestrator.models import ChatModel, ModelEvent, ModelRequest, ToolSchema, ToolSet, UserMessage

URL = "http://model.test/v1/chat/completions"
DONE = b"data: [DONE]\n\n"
Json = dict[str, Any]

ORDER = ToolSchema(
    name="find_order",
    description="Finds an order.",
    parameters={"type": "object", "properties": {"order": {"type": "string"}, "note": {"type": "string"}}, "required": ["order"]},
)
STOCK = ToolSchema(name="stock", description="Counts.", parameters={"type": "object", "properties": {"product": {"type": "string"}}})
TOOLS = ToolSet(ORDER, STOCK)
HELLO = ModelRequest(messages=[UserMessage(text="Hello")])
WITH_TOOLS = ModelRequest(messages=[UserMessage(text="Hello")], tools=TOOLS)


class _Answer(httpx2.AsyncByteStream):
    def __init__(self, answer: httpx.Response) -> None:
        self._answer = answer

    async def __aiter__(self) -> AsyncIterator[bytes]:
        try:
            async for part in cast("httpx.AsyncByteStream", self._answer.stream):
                yield part
        except httpx.TransportError as error:
            raise _same(error) from error

    async def aclose(self) -> None:
        await self._answer.aclose()


class RouterTransport(httpx2.AsyncBaseTransport):
    """Lets a respx router answer; errors it raises become the client's own of the same name."""

    def __init__(self, router: respx.MockRouter) -> None:
        self._router = router

    async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
        body = await request.aread()
        asked = httpx.Request(request.method, str(request.url), headers=dict(request.headers), content=body)
        try:
            answer = await self._router.async_handler(asked)
        except httpx.TransportError as error:
            raise _same(error) from error
        return httpx2.Response(answer.status_code, headers=dict(answer.headers), stream=_Answer(answer), request=request)


def _same(error: httpx.TransportError) -> httpx2.TransportError:
    kind: type[httpx2.TransportError] = getattr(httpx2, type(error).__name__)
    return kind(str(error))


def event(data: object) -> bytes:
    """One event of a stream."""
    return b"data: " + (data if isinstance(data, bytes) else json.dumps(data, ensure_ascii=False).encode()) + b"\n\n"


def delta(reason: str | None = None, **fields: object) -> Json:
    """One chunk with a delta."""
    return {"id": "cmpl-7", "choices": [{"index": 0, "delta": fields, "finish_reason": reason}]}


def piece(index: int | None, arguments: str | None = None, *, name: str | None = None, call_id: str | None = None) -> Json:
    """An entry of a delta's `tool_calls`; what is None is absent."""
    function = {key: value for key, value in (("name", name), ("arguments", arguments)) if value is not None}
    entry: Json = {"type": "function", "function": function}
    return entry | ({} if index is None else {"index": index}) | ({} if call_id is None else {"id": call_id})


def stream(*parts: object, done: bool = True, cuts: int = 0) -> Callable[[httpx.Request], httpx.Response]:
    """A streamed answer: chunks (as JSON), raw bytes as they are, or an error to raise; `cuts` sends that many bytes at a time."""

    async def send() -> AsyncGenerator[bytes]:
        for part in (*parts, *([DONE] if done else [])):
            if isinstance(part, Exception):
                raise part
            data = part if isinstance(part, bytes) else event(part)
            for start in range(0, len(data), cuts or len(data)):
                yield data[start : start + (cuts or len(data))]

    return lambda _: httpx.Response(200, headers={"content-type": "text/event-stream"}, content=send())


def problem(status: int, headers: Mapping[str, str] | None = None, **error: object) -> httpx.Response:
    """An error answer of the endpoint."""
    return httpx.Response(status, headers=headers, json={"error": {"message": "no", **error}})


def hello(text: str = "Hello there") -> Callable[[httpx.Request], httpx.Response]:
    """A plain good answer."""
    return stream(delta(content=text), delta("stop"))


async def heard(model: ChatModel, request: ModelRequest = HELLO) -> list[ModelEvent]:
    """All events of an answer."""
    async with aclosing(model.stream(request)) as events:
        return [one async for one in events]


def kinds(events: Iterable[ModelEvent]) -> list[str]:
    """The kinds of the events, in order."""
    return [type(one).__name__ for one in events]
