"""What goes down a line, in its order: words wait here until the carrier takes them, and can be swallowed until then."""

from collections import deque
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

import anyio

from orchestrator.channels.line import Line
from orchestrator.channels.utterance import Utterance
from orchestrator.conversation import Language

AHEAD = 8
"""Frames that may wait before whoever speaks waits too."""


@dataclass(frozen=True, kw_only=True)
class Frame:
    """One frame, of whose utterance, with its words; the end of an utterance has none."""

    data: bytes
    utterance: Utterance | None = None
    token: str = ""


class Mouth:
    """The sending side of one call. Each utterance that was begun is closed exactly once.

    `language` is the one that the carrier speaks and expects to hear.
    """

    def __init__(self, line: Line, language: Language) -> None:
        self.line = line
        self.language: Language = language
        self._waiting = deque[Frame]()
        self._more = anyio.Event()
        self._fewer = anyio.Event()

    def say(self, utterance: Utterance, token: str) -> None:
        """Words of an utterance; nothing once that is closed."""
        if token and not utterance.is_closed:
            utterance.words += token
            self.speak(utterance.language)
            data = self.line.say(token, language=utterance.language, interruptible=not utterance.is_binding)
            self._put(Frame(data=data, utterance=utterance, token=token))

    def close(self, utterance: Utterance) -> None:
        """The proper end of an utterance."""
        if not utterance.is_closed:
            utterance.is_closed = True
            self._put(self._end(utterance))

    def stop(self, utterance: Utterance) -> None:
        """Swallows what has not left yet. What had begun is closed, so that the next words are not taken for the same."""
        self._waiting = deque(frame for frame in self._waiting if frame.utterance is not utterance)
        utterance.is_closed = True
        if utterance.is_open and not utterance.is_done:
            self._put(self._end(utterance))

    def speak(self, language: Language) -> None:
        """From here on the call is in this language."""
        if language != self.language:
            self.language = language
            self.put(self.line.speak(language))

    def put(self, data: bytes) -> None:
        """A frame that is no speech."""
        self._put(Frame(data=data))

    def hush(self) -> None:
        """Swallows all that has not left yet."""
        self._waiting.clear()

    async def room(self) -> None:
        """Returns once the carrier has taken enough to go on."""
        while len(self._waiting) >= AHEAD:
            self._fewer = anyio.Event()
            await self._fewer.wait()

    async def write(self, send: Callable[[bytes], Awaitable[None]]) -> None:
        """Sends what there is and what comes, for ever."""
        while True:
            while not self._waiting:
                self._more = anyio.Event()
                await self._more.wait()
            frame = self._waiting.popleft()
            if frame.utterance is not None:
                _note(frame.utterance, frame.token)
            await send(frame.data)
            self._fewer.set()

    def _end(self, utterance: Utterance) -> Frame:
        return Frame(data=self.line.say("", language=utterance.language, last=True), utterance=utterance)

    def _put(self, frame: Frame) -> None:
        self._waiting.append(frame)
        self._more.set()


def _note(utterance: Utterance, token: str) -> None:
    """Notes what of an utterance leaves now."""
    utterance.is_open = utterance.is_open or bool(token)
    utterance.is_done = not token
    utterance.sent += token
