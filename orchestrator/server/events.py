"""The events of a conversation as Server-Sent Events: one each, numbered so that a reader can go on where it stopped."""

import json
from collections.abc import AsyncGenerator
from contextlib import aclosing

from orchestrator.channels.streams import HEARTBEAT, Drain, FrameStream
from orchestrator.events import TurnCompleted
from orchestrator.memory.turns import NumberedEvent, encode

RECONNECT = b"event: reconnect\ndata: {}\n\n"
RESTART = b"event: restart\ndata: {}\n\n"
"""Said to a reader whose place does not exist here: what follows is everything from the beginning."""
NOT_STORED = b'event: problem\ndata: {"status":503,"code":"not_stored"}\n\n'
"""Said at the end of a turn that could not be stored."""
Events = AsyncGenerator[NumberedEvent, None]


def framed(numbered: NumberedEvent) -> bytes:
    """One event on the wire; JSON leaves no bare line break in the data."""
    kind, body = encode(numbered.event)
    data = json.dumps({"turn_id": numbered.turn_id, **body}, ensure_ascii=False, separators=(",", ":"))
    return f"id: {numbered.number}\nevent: {kind}\ndata: {data}\n\n".encode()


def turn_stream(events: Events) -> FrameStream:
    """The events of one turn; at the end it is said if the turn could not be stored."""
    return FrameStream(_turn(events))


def endless_stream(events: Events, drain: Drain, *, first: bytes = HEARTBEAT) -> FrameStream:
    """Events until the reader leaves, falls behind, or the process ends; then "reconnect" is said."""
    return FrameStream(_endless(events), first=first, farewell=(drain, RECONNECT))


async def _turn(events: Events) -> AsyncGenerator[bytes, None]:
    last: NumberedEvent | None = None
    async with aclosing(events):
        async for last in events:
            yield framed(last)
    if last is None or not isinstance(last.event, TurnCompleted):
        yield NOT_STORED


async def _endless(events: Events) -> AsyncGenerator[bytes, None]:
    async with aclosing(events):
        async for numbered in events:
            yield framed(numbered)
    yield RECONNECT
