"""Server-Sent Events: one event of a turn each, numbered so that a reader can go on, with a heartbeat while nothing happens."""

import json
from collections import Counter
from collections.abc import AsyncGenerator, Generator
from contextlib import aclosing, contextmanager

import anyio
from anyio.streams.memory import MemoryObjectReceiveStream, MemoryObjectSendStream
from fastapi import Response
from starlette.types import Receive, Scope, Send

from orchestrator.events import TurnCompleted
from orchestrator.memory.turns import NumberedEvent, encode

HEARTBEAT_SECONDS = 2.5
STREAMS_PER_VISITOR = 5
HEARTBEAT = b": keep-alive\n\n"
RECONNECT = b"event: reconnect\ndata: {}\n\n"
RESTART = b"event: restart\ndata: {}\n\n"
"""Said to a reader whose place does not exist here: what follows is everything from the beginning."""
NOT_STORED = b'event: problem\ndata: {"status":503,"code":"not_stored"}\n\n'
"""Said at the end of a turn that could not be stored."""


class Drain:
    """Set when the process is asked to end: open streams say "reconnect" and finish."""

    def __init__(self) -> None:
        self.started = anyio.Event()


class Places:
    """How many endless streams each visitor holds open. A page needs one; systems may have as many as they like."""

    def __init__(self) -> None:
        self._taken: Counter[str] = Counter()

    def is_full(self, visitor_id: str) -> bool:
        """Whether the visitor may open no other."""
        return bool(visitor_id) and self._taken[visitor_id] >= STREAMS_PER_VISITOR

    @contextmanager
    def hold(self, visitor_id: str) -> Generator[None, None, None]:
        """One of the visitor's places."""
        self._taken[visitor_id] += 1
        try:
            yield
        finally:
            self._taken[visitor_id] -= 1
            if not self._taken[visitor_id]:
                del self._taken[visitor_id]


def framed(numbered: NumberedEvent) -> bytes:
    """One event on the wire; JSON leaves no bare line break in the data."""
    kind, body = encode(numbered.event)
    data = json.dumps({"turn_id": numbered.turn_id, **body}, ensure_ascii=False, separators=(",", ":"))
    return f"id: {numbered.number}\nevent: {kind}\ndata: {data}\n\n".encode()


class EventStream(Response):
    """The response that streams these events.

    An endless one goes on after a turn until its reader leaves, falls behind, or the process ends; then it says "reconnect".
    The tasks belong to the response, not to a generator: whoever cancels it ends them all.
    """

    media_type = "text/event-stream"

    def __init__(
        self, events: AsyncGenerator[NumberedEvent, None], drain: Drain, *, endless: bool = False, first: bytes = HEARTBEAT
    ) -> None:
        super().__init__(headers={"Cache-Control": "no-store", "X-Accel-Buffering": "no"})
        del self.headers["content-length"]
        self._events = events
        self._drain = drain
        self._endless = endless
        self._first = first

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Streams until the end or until the reader has gone."""
        del scope
        await send({"type": "http.response.start", "status": self.status_code, "headers": self.raw_headers})
        sending, receiving = anyio.create_memory_object_stream[bytes](64)
        async with anyio.create_task_group() as tasks, receiving:
            tasks.start_soon(_until_gone, receive, tasks.cancel_scope)
            if self._endless:
                tasks.start_soon(_until_drained, self._drain, sending.clone())
            tasks.start_soon(self._feed, sending)
            frame: bytes | None = self._first
            while frame is not None:
                await send({"type": "http.response.body", "body": frame, "more_body": True})
                frame = None if frame == RECONNECT else await _next(receiving)
            await send({"type": "http.response.body", "body": b"", "more_body": False})
            tasks.cancel_scope.cancel()

    async def _feed(self, sending: MemoryObjectSendStream[bytes]) -> None:
        last: NumberedEvent | None = None
        async with sending, aclosing(self._events) as events:
            async for last in events:
                await sending.send(framed(last))
            if self._endless:
                await sending.send(RECONNECT)
            elif last is None or not isinstance(last.event, TurnCompleted):
                await sending.send(NOT_STORED)


async def _next(receiving: MemoryObjectReceiveStream[bytes]) -> bytes | None:
    """The next frame, a heartbeat when none comes in time, or None at the end."""
    with anyio.move_on_after(HEARTBEAT_SECONDS):
        try:
            return await receiving.receive()
        except anyio.EndOfStream:
            return None
    return HEARTBEAT


async def _until_gone(receive: Receive, stream: anyio.CancelScope) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass
    stream.cancel()


async def _until_drained(drain: Drain, sending: MemoryObjectSendStream[bytes]) -> None:
    async with sending:
        await drain.started.wait()
        await sending.send(RECONNECT)
