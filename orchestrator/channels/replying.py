"""Carries one message in and its reply out, for every wire format alike: frames, fillers, interruption, and an honest end."""

import math
from collections.abc import AsyncGenerator, Iterable
from dataclasses import dataclass, field

import anyio
from anyio.streams.memory import MemoryObjectReceiveStream

from orchestrator.channels.channel import Capabilities, Rendering
from orchestrator.conversation import Inbound, Language
from orchestrator.dialogue.speaker import Voice
from orchestrator.events import Event, IntentDetected, TextDelta, TurnCompleted, TurnStarted
from orchestrator.memory import conversations
from orchestrator.memory.turns import NumberedEvent
from orchestrator.runtime import Orchestrator

FILLER_SECONDS = 1.2
"""How long a caller hears nothing before something is said."""
STOPPING_SECONDS = 10.0


@dataclass(kw_only=True)
class Said:
    """What of a turn has left the house: `text` is what the other side has been given of its messages."""

    turn_id: str = ""
    text: str = ""
    complete: bool = False
    language: Language | None = None

    def take(self, event: Event) -> None:
        """Notes an event that was sent."""
        if isinstance(event, TurnStarted):
            self.turn_id = event.turn_id
        elif isinstance(event, IntentDetected):
            self.language = event.language
        elif isinstance(event, TextDelta):
            self.text += event.text
        elif isinstance(event, TurnCompleted):
            self.complete = True


@dataclass(frozen=True, kw_only=True)
class Answering:
    """One delivered message and the way its reply goes out; `said` is what of it has been sent.

    `goes_on`: on surfaces where a page is reloaded and comes back for the rest, a reader who leaves interrupts nothing.
    """

    orchestrator: Orchestrator
    inbound: Inbound
    events: MemoryObjectReceiveStream[NumberedEvent]
    rendering: Rendering
    can: Capabilities
    said: Said = field(default_factory=Said)
    goes_on: bool = False

    async def frames(self) -> AsyncGenerator[bytes, None]:
        """The reply's frames. Closing the generator early interrupts the turn: the record keeps what had been taken of it."""
        try:
            for frame in self.rendering.opening():
                yield frame
            with self.events:
                async for frame in self._told():
                    yield frame
            for frame in self.rendering.closing() if self.said.complete else self.rendering.failure():
                yield frame
        except (GeneratorExit, anyio.get_cancelled_exc_class()):
            if self.goes_on:
                raise
            with anyio.CancelScope(shield=True), anyio.move_on_after(STOPPING_SECONDS):
                await self.orchestrator.interrupt(self.inbound.conversation_id, self.said.turn_id, self.said.text)
            raise

    async def _told(self) -> AsyncGenerator[bytes, None]:
        patience = FILLER_SECONDS if self.can.speech else math.inf
        while True:
            event = None
            with anyio.move_on_after(patience):
                try:
                    event = (await self.events.receive()).event
                except anyio.EndOfStream:
                    return
            if event is None or isinstance(event, TextDelta):
                patience = math.inf
            if isinstance(event, TurnStarted | IntentDetected):
                self.said.take(event)
            for frame in self.rendering.event(event) if event is not None else await self._filled():
                yield frame
            if event is not None:
                self.said.take(event)

    async def _filled(self) -> Iterable[bytes]:
        words = await self._filler()
        return self.rendering.filler(words) if words else ()

    async def _filler(self) -> str:
        """A few words, or none while the caller has not been told yet that a machine is speaking: that must come first."""
        house = self.orchestrator.house
        async with house.database.reading() as unit:
            conversation = await conversations.get(unit, self.inbound.conversation_id)
        if conversation is None or not conversation.disclosed:
            return ""
        language = self.said.language or self.inbound.language or house.policy.company.default_language
        region = self.inbound.region or house.policy.region_for(language)
        voice = Voice(language=language, region=region, channel=self.inbound.channel, now=self.orchestrator.clock(), seed=self.said.turn_id)
        return house.speaker.say("engine.filler", voice)


async def answering(
    orchestrator: Orchestrator, inbound: Inbound, rendering: Rendering, can: Capabilities, *, goes_on: bool = False
) -> Answering:
    """Delivers a message; what comes back yields its reply. Raises as `Orchestrator.deliver` does, before anything is sent."""
    events = await orchestrator.deliver(inbound)
    return Answering(orchestrator=orchestrator, inbound=inbound, events=events, rendering=rendering, can=can, goes_on=goes_on)


async def whole(orchestrator: Orchestrator, inbound: Inbound) -> tuple[Event, ...]:
    """All events of the reply to one message, for formats that answer at once.

    Raises:
        ConversationError: The turn could not be stored; the message is kept.
    """
    return tuple([event async for event in orchestrator.send(inbound)])
