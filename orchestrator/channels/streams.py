"""Server-Sent Events as a response: frames as they come, a heartbeat while nothing happens, and an end when the reader has gone."""

from collections import Counter
from collections.abc import AsyncGenerator, Generator, Mapping
from contextlib import aclosing, contextmanager

import anyio
from anyio.streams.memory import MemoryObjectReceiveStream, MemoryObjectSendStream
from fastapi import Response
from starlette.types import Receive, Scope, Send

HEARTBEAT_SECONDS = 2.5
STREAMS_PER_VISITOR = 5
HEARTBEAT = b": keep-alive\n\n"
FRAMES_AHEAD = 64


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


class FrameStream(Response):
    """The response that streams these frames, a heartbeat at once and whenever nothing came for `HEARTBEAT_SECONDS`.

    The tasks belong to the response, not to a generator: whoever cancels it ends them all, and a reader who leaves closes `frames`,
    which learns of it as `GeneratorExit` or cancellation. `ahead` is how many frames may be made before the last one was taken.
    """

    media_type = "text/event-stream"

    def __init__(
        self,
        frames: AsyncGenerator[bytes, None],
        *,
        first: bytes = HEARTBEAT,
        ahead: int = FRAMES_AHEAD,
        headers: Mapping[str, str] | None = None,
        farewell: tuple[Drain, bytes] | None = None,
    ) -> None:
        """`farewell`: what is said, and ends the stream, when the process drains; without it the stream ends by itself."""
        super().__init__(headers={"Cache-Control": "no-store", "X-Accel-Buffering": "no", **(headers or {})})
        del self.headers["content-length"]
        self._frames = frames
        self._first = first
        self._ahead = ahead
        self._farewell = farewell

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Streams until the end or until the reader has gone."""
        del scope
        await send({"type": "http.response.start", "status": self.status_code, "headers": self.raw_headers})
        sending, receiving = anyio.create_memory_object_stream[bytes](self._ahead)
        last_words = self._farewell[1] if self._farewell else None
        async with anyio.create_task_group() as tasks, receiving:
            tasks.start_soon(_until_gone, receive, tasks.cancel_scope)
            if self._farewell:
                tasks.start_soon(_until_drained, *self._farewell, sending.clone())
            tasks.start_soon(self._feed, sending)
            frame: bytes | None = self._first
            while frame is not None:
                await send({"type": "http.response.body", "body": frame, "more_body": True})
                frame = None if frame == last_words else await _next(receiving)
            await send({"type": "http.response.body", "body": b"", "more_body": False})
            tasks.cancel_scope.cancel()

    async def _feed(self, sending: MemoryObjectSendStream[bytes]) -> None:
        async with sending, aclosing(self._frames) as frames:
            async for frame in frames:
                await sending.send(frame)


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


async def _until_drained(drain: Drain, words: bytes, sending: MemoryObjectSendStream[bytes]) -> None:
    async with sending:
        await drain.started.wait()
        await sending.send(words)
