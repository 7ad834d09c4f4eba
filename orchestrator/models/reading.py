"""The chunks of a streamed answer, read under a watch."""

import json
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import aclosing

import anyio
import httpx2

from orchestrator.errors import ModelCallFailed
from orchestrator.models.assembling import Assembly
from orchestrator.models.sse import EventDecoder
from orchestrator.models.watch import Watch

DONE = "[DONE]"
BODY_AT_MOST = 4_000_000
"""Bytes of an answer that is not streamed."""
BROKEN = (httpx2.HTTPError, httpx2.StreamError, OSError, anyio.EndOfStream)
"""What a transport raises in the middle of a stream."""


async def chunks_of(response: httpx2.Response, watch: Watch, assembly: Assembly) -> AsyncGenerator[object, None]:
    """The chunks of a stream, or the one chunk of an endpoint that answers whole (`Content-Type: application/json`).

    Whoever reads feeds the assembly with each before asking for the next: what it has learnt decides how long the next wait may be.

    Raises:
        ModelCallFailed: The connection broke, was silent too long, or carried something else.
    """
    read = _whole if "json" in response.headers.get("content-type", "") else _streamed
    async with aclosing(read(response, watch, assembly)) as texts:
        async for text in texts:
            if text.strip() == DONE:
                assembly.is_done = True
            elif text:
                yield _parsed(text)


async def _streamed(response: httpx2.Response, watch: Watch, assembly: Assembly) -> AsyncGenerator[str, None]:
    decoder = EventDecoder()
    parts = response.aiter_bytes()
    while (part := await _next(parts, watch, assembly)) is not None:
        before = assembly.moves
        for text in decoder.feed(part):
            yield text
        watch.waited(moved=assembly.moves > before)
        watch.is_ending = assembly.is_ending or assembly.is_done
    for text in decoder.end():
        yield text


async def _whole(response: httpx2.Response, watch: Watch, assembly: Assembly) -> AsyncGenerator[str, None]:
    body = bytearray()
    parts = response.aiter_bytes()
    while (part := await _next(parts, watch, assembly)) is not None:
        body += part
        if len(body) > BODY_AT_MOST:
            raise ModelCallFailed(f"an answer of more than {BODY_AT_MOST} bytes", retryable=False)
    assembly.is_done = True
    yield body.decode("utf-8", "surrogateescape")


async def _next(parts: AsyncIterator[bytes], watch: Watch, assembly: Assembly) -> bytes | None:
    """The next bytes; None at the end, and also when a complete answer is followed by silence or a broken connection."""
    try:
        with anyio.fail_after(watch.left()):
            return await anext(parts, None)
    except TimeoutError:
        failure = watch.expired("the endpoint")
    except BROKEN as error:
        failure = ModelCallFailed(f"the connection broke ({type(error).__name__})")
    if assembly.is_ending or assembly.is_done:
        return None
    raise failure


def _parsed(text: str) -> object:
    try:
        return json.loads(text)
    except (ValueError, RecursionError) as error:
        raise ModelCallFailed(f"a chunk is not JSON: {text[:80]!r}") from error
