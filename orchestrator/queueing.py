"""One turn at a time per conversation, and events to whoever listens, within one process."""

from collections import defaultdict
from collections.abc import AsyncGenerator, Generator
from contextlib import asynccontextmanager, contextmanager
from datetime import datetime, timedelta

import anyio
from anyio.streams.memory import MemoryObjectReceiveStream, MemoryObjectSendStream

from orchestrator.dialogue.ahead import Ahead
from orchestrator.memory.turns import NumberedEvent

BUFFER = 256
FINDINGS_LAST = timedelta(seconds=30)


class Locks:
    """A lock per conversation, first come first served; kept only while somebody holds or awaits it."""

    def __init__(self) -> None:
        self._locks: dict[str, anyio.Lock] = {}
        self._users: defaultdict[str, int] = defaultdict(int)

    @asynccontextmanager
    async def of(self, name: str) -> AsyncGenerator[None, None]:
        """Holds the lock of that name."""
        lock = self._locks.setdefault(name, anyio.Lock())
        self._users[name] += 1
        try:
            async with lock:
                yield
        finally:
            self._users[name] -= 1
            if not self._users[name]:
                del self._users[name]
                del self._locks[name]


class Anticipations:
    """What was found for callers who are still speaking, until their turn takes it or it has grown old."""

    def __init__(self) -> None:
        self._found: dict[str, tuple[datetime, Ahead]] = {}

    def of(self, conversation_id: str, now: datetime) -> Ahead:
        """The conversation's findings, to add to."""
        self._forget_old(now)
        _, ahead = self._found.setdefault(conversation_id, (now, Ahead()))
        return ahead

    def take(self, conversation_id: str, now: datetime) -> Ahead:
        """The conversation's findings, for its turn alone; empty when there are none."""
        self._forget_old(now)
        _, ahead = self._found.pop(conversation_id, (now, Ahead()))
        return ahead

    def _forget_old(self, now: datetime) -> None:
        for name in [name for name, (since, _) in self._found.items() if now - since > FINDINGS_LAST]:
            del self._found[name]


class Broadcast:
    """Sends each event to all who listen to its conversation; a listener that does not keep up is dropped and resumes by number."""

    def __init__(self) -> None:
        self._listeners: defaultdict[str, list[MemoryObjectSendStream[NumberedEvent]]] = defaultdict(list)

    @contextmanager
    def listen(self, name: str) -> Generator[MemoryObjectReceiveStream[NumberedEvent], None, None]:
        """A stream of events from now on. It ends when the listener has fallen too far behind."""
        sending, receiving = anyio.create_memory_object_stream[NumberedEvent](BUFFER)
        self._listeners[name].append(sending)
        try:
            with receiving:
                yield receiving
        finally:
            self._forget(name, sending)

    def send(self, name: str, event: NumberedEvent) -> None:
        """Tells all listeners."""
        for stream in tuple(self._listeners.get(name, ())):
            try:
                stream.send_nowait(event)
            except (anyio.BrokenResourceError, anyio.WouldBlock):
                self._forget(name, stream)

    def _forget(self, name: str, stream: MemoryObjectSendStream[NumberedEvent]) -> None:
        stream.close()
        if name in self._listeners and stream in self._listeners[name]:
            self._listeners[name].remove(stream)
            if not self._listeners[name]:
                del self._listeners[name]
