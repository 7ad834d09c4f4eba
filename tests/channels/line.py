"""A carrier that is none: its frames can be read, and what it hears is given to the call directly."""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace

import anyio
from anyio.streams.memory import MemoryObjectReceiveStream

from orchestrator.channels.call import Call, Stage
from orchestrator.channels.calling import Caller, opened
from orchestrator.channels.line import BargeIn, Digit, Final, Floor, LineEvent, Partial, Reason, Summary
from orchestrator.channels.mouth import Mouth
from orchestrator.conversation import Language, Message
from orchestrator.memory import conversations
from orchestrator.runtime import Orchestrator
from tests.channels.phone import PATIENCE, Time

CALLER = Caller(conversation_id="call", own_id="call", language="en")
LAST = "|"


class TapeLine:
    """Frames as text."""

    def say(self, token: str, *, language: Language, last: bool = False, interruptible: bool = True) -> bytes:
        mark = "" if interruptible else "!"
        return (LAST if last else f"{language}{mark}:{token}").encode()

    def speak(self, language: Language) -> bytes:
        return f"speak {language}".encode()

    def transfer(self, summary: Summary) -> bytes:
        return f"transfer {summary.reason} {summary.ticket_id} {summary.language}".encode()

    def end(self, reason: Reason, conversation_id: str) -> bytes:
        return f"end {reason}".encode()


@dataclass
class Tape:
    """A call, and what left for the carrier."""

    call: Call
    orchestrator: Orchestrator
    time: Time
    frames: MemoryObjectReceiveStream[str]

    def hear(self, *events: LineEvent) -> None:
        for event in events:
            self.call.take(event)

    def say(self, words: str, language: Language | None = None) -> None:
        self.hear(Final(text=words, language=language))

    def begin(self, words: str) -> None:
        self.hear(Partial(text=words))

    def press(self, keys: str) -> None:
        self.hear(*(Digit(key=key) for key in keys))

    def interrupt(self, heard: str | None) -> None:
        self.hear(BargeIn(heard=heard))

    def floor(self, *, agent: bool | None = None, caller: bool | None = None) -> None:
        if agent is not None:
            self.hear(Floor(who="agent", speaks=agent))
        if caller is not None:
            self.hear(Floor(who="caller", speaks=caller))

    async def next(self) -> str:
        with anyio.fail_after(PATIENCE):
            return await self.frames.receive()

    async def cycle(self) -> list[str]:
        """Frames up to the end of a talk cycle."""
        found = [await self.next()]
        while found[-1] != LAST:
            found.append(await self.next())
        return found

    async def heard(self) -> str:
        """The words of the next talk cycle."""
        return "".join(frame.partition(":")[2] for frame in await self.cycle())

    async def ask(self, words: str) -> str:
        self.say(words)
        return await self.heard()

    async def rest(self) -> list[str]:
        """What else has left by now."""
        await anyio.wait_all_tasks_blocked()
        return [self.frames.receive_nowait() for _ in range(self.frames.statistics().current_buffer_used)]

    async def transcript(self) -> tuple[Message, ...]:
        async with self.orchestrator.house.database.reading() as unit:
            return await conversations.messages(unit, "call")

    async def said(self) -> list[str]:
        """What the record says that we said."""
        return [message.text for message in await self.transcript() if message.role == "agent"]


@asynccontextmanager
async def on_the_line(orchestrator: Orchestrator, *, disclosed: bool = False, **caller: object) -> AsyncGenerator[Tape]:
    """A call that has begun; it hangs up when the block ends."""
    time = Time()
    sending, frames = anyio.create_memory_object_stream[str](1000)

    async def send(frame: bytes) -> None:
        await sending.send(frame.decode())

    who = replace(CALLER, **caller)  # pyright: ignore[reportArgumentType]  # the fields of a caller, as a test names them
    await opened(orchestrator, who)
    async with anyio.create_task_group() as tasks:
        with sending, frames:
            mouth = Mouth(TapeLine(), who.language)
            call = Call(orchestrator, who, mouth, Stage(tasks=tasks, sleep=time.sleep), disclosed=disclosed)
            tasks.start_soon(mouth.write, send)
            call.open()
            yield Tape(call, orchestrator, time, frames)
            await call.hang_up()
            tasks.cancel_scope.cancel()
