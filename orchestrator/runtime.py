"""The one door in: `Orchestrator.send` accepts a message durably, runs its turn, and streams what happens."""

from collections.abc import AsyncGenerator, AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, AbstractContextManager, asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime

import anyio
import structlog
from anyio.abc import TaskGroup
from anyio.streams.memory import MemoryObjectReceiveStream, MemoryObjectSendStream

from orchestrator.conversation import Inbound
from orchestrator.dialogue.ahead import Ahead
from orchestrator.errors import ConversationError
from orchestrator.events import Event, Interrupted, TurnCompleted
from orchestrator.graph.brain import Brain
from orchestrator.graph.context import Course, House, TurnContext
from orchestrator.intake import Intake
from orchestrator.interruption import cut, heard_of
from orchestrator.memory import conversations, inbox, turns
from orchestrator.memory.inbox import Accepted
from orchestrator.memory.turns import NumberedEvent
from orchestrator.queueing import Anticipations, Broadcast, Locks
from orchestrator.settings import Settings
from orchestrator.summarising import Summaries
from orchestrator.turn import TurnRunner

Clock = Callable[[], datetime]
FINISH_SECONDS = 8.0
"""How long a closing orchestrator waits for its running turns; what is cut off is answered by the next run."""
EVENTS_AT_ONCE = 500
log = structlog.get_logger()


def utc_now() -> datetime:
    """The time now, aware."""
    return datetime.now(UTC)


class Orchestrator:
    """Runs conversations of one project. Open it with `Orchestrator.serving`, send messages, read events.

    A turn runs in the orchestrator's own task group: a caller that goes away does not stop it. One conversation runs one turn
    at a time, in the order in which its messages were accepted.
    """

    def __init__(self, house: House, settings: Settings, tasks: TaskGroup, clock: Clock = utc_now) -> None:
        self.house = house
        self.clock = clock
        self._tasks = tasks
        self._intake = Intake(house, settings)
        self._turns = TurnRunner(house)
        self._locks = Locks()
        self._broadcast = Broadcast()
        self._courses: dict[str, Course] = {}
        self._ahead = Anticipations()

    @classmethod
    @asynccontextmanager
    async def serving(cls, house: House, settings: Settings, clock: Clock = utc_now) -> AsyncGenerator["Orchestrator", None]:
        """An orchestrator that takes up unanswered messages of an earlier run, and finishes its running turns before it closes."""
        async with anyio.create_task_group() as tasks:
            orchestrator = cls(house, settings, tasks, clock)
            await orchestrator._take_up()
            yield orchestrator
            tasks.cancel_scope.deadline = anyio.current_time() + FINISH_SECONDS

    async def send(self, inbound: Inbound) -> AsyncIterator[Event]:
        """Accepts a message and yields the events of its turn as they happen.

        Raises:
            MessageRefused: The message is empty, too long or malformed; nothing was stored.
            IdentityError: Its token is not valid; nothing was stored.
            ConversationNotFound: The conversation belongs to somebody else.
            ConversationError: The turn could not be stored; the message is kept.
        """
        numbered = None
        with await self.deliver(inbound) as events:
            async for numbered in events:
                yield numbered.event
        if numbered is None or not isinstance(numbered.event, TurnCompleted):
            raise ConversationError("the turn could not be stored. Its message is kept: send it again with its message id")

    async def deliver(self, inbound: Inbound) -> MemoryObjectReceiveStream[NumberedEvent]:
        """Accepts a message and returns the numbered events of its turn, for streams that can be resumed; refuses as `send` does.

        The stream ends without `TurnCompleted` when the turn could not be stored. A message sent again gets the events of the turn
        that answered it, or a new attempt when none did.
        """
        now = self.clock()
        inbound = self._intake.checked(inbound)
        accepted = await self._intake.accept(inbound, now)
        sending, receiving = anyio.create_memory_object_stream[NumberedEvent](1024)
        self._tasks.start_soon(self._turn, accepted, inbound, now, sending)
        return receiving

    def anticipate(self, inbound: Inbound) -> None:
        """Begins to read, look up and search on words that are still being spoken; their turn, when it comes, waits for none of it again.

        Nothing is stored or said. Words that come later take over from earlier ones; what cannot be found out is left to the turn.
        """
        self._tasks.start_soon(self._rehearse, inbound, self._ahead.of(inbound.conversation_id, self.clock()))

    async def interrupt(self, conversation_id: str, turn_id: str, heard: str) -> None:
        """Stops a turn that still runs, and cuts the record of its reply to what was heard.

        An effect that has begun is finished. A turn that is stopped before it said anything leaves its message to the next one.
        """
        course = self._courses.get(turn_id)
        if course is not None:
            course.stop()
            await course.ended.wait()
        if turn_id:
            await self._cut(conversation_id, turn_id, heard)

    async def reconcile(self, conversation_id: str, heard: str) -> None:
        """Cuts the record of the last reply to what a caller, who keeps the history, says was heard of it."""
        async with self.house.database.reading() as unit:
            last = [message for message in await conversations.messages(unit, conversation_id, limit=8) if message.role == "agent"]
        if last and heard_of([message.text for message in last if message.turn_id == last[-1].turn_id], heard)[-1] != last[-1].text:
            await self._cut(conversation_id, last[-1].turn_id, heard)

    def listen(self, conversation_id: str) -> AbstractContextManager[MemoryObjectReceiveStream[NumberedEvent]]:
        """The events of a conversation from now on, of whatever turn or colleague."""
        return self._broadcast.listen(conversation_id)

    def alone(self, conversation_id: str) -> AbstractAsyncContextManager[None]:
        """Holds a conversation still: no turn of it runs meanwhile. For changes that a running turn would overwrite."""
        return self._locks.of(conversation_id)

    async def recorded(self, conversation_id: str, after: int = 0) -> AsyncIterator[NumberedEvent]:
        """The stored events of a conversation after a number, in order."""
        while True:
            async with self.house.database.reading() as unit:
                page = await turns.events_after(unit, conversation_id, after, EVENTS_AT_ONCE)
            for numbered in page:
                yield numbered
            if len(page) < EVENTS_AT_ONCE:
                return
            after = page[-1].number

    async def tell(self, conversation_id: str, events: tuple[Event, ...]) -> None:
        """Records and broadcasts events that happen outside a customer's turn, such as a colleague's reply."""
        turn = turns.Turn(id=self.house.new_id("turn"), conversation_id=conversation_id, message_ids=(), started=self.clock())
        async with self._locks.of(conversation_id):
            async with self.house.database.unit() as unit:
                number = await turns.start(unit, turn)
                await turns.record(unit, turn, events)
                await turns.finish(unit, replace(turn, finished=self.clock()))
            for count, event in enumerate(events, 1):
                self._broadcast.send(conversation_id, NumberedEvent(number=number + count, turn_id=turn.id, event=event))

    async def _turn(
        self, accepted: Accepted, inbound: Inbound, now: datetime, stream: MemoryObjectSendStream[NumberedEvent] | None
    ) -> None:
        """One turn, alone on its conversation; its caller may have gone."""

        def publish(numbered: NumberedEvent) -> None:
            self._broadcast.send(accepted.conversation_id, numbered)
            if stream is not None:
                try:
                    stream.send_nowait(numbered)
                except (anyio.BrokenResourceError, anyio.WouldBlock):
                    log.info("nobody reads this stream any more", conversation=accepted.conversation_id)

        context = TurnContext(
            house=self.house,
            now=now,
            turn_id=self.house.new_id("turn"),
            message_id=accepted.message_id,
            language_fixed=inbound.language is not None,
            ahead=self._ahead.take(accepted.conversation_id, now),
        )
        self._courses[context.turn_id] = context.course
        try:
            async with self._locks.of(accepted.conversation_id):
                answered = await self._answered(accepted) if accepted.duplicate else None
                if answered is None:
                    await self._turns.run(context, accepted, inbound, publish)
                    if self.house.brain:
                        self._tasks.start_soon(self._summarised, accepted.conversation_id, self.house.brain)
                elif stream is not None:
                    async for numbered in self._recorded_turn(answered):
                        stream.send_nowait(numbered)
        except Exception:  # the edge of a turn that not even an apology could be stored for: the message waits, other turns go on
            log.exception("turn not stored", conversation=accepted.conversation_id, message=accepted.message_id)
        finally:
            del self._courses[context.turn_id]
            context.course.ended.set()
            if stream is not None:
                stream.close()

    async def _rehearse(self, inbound: Inbound, ahead: Ahead) -> None:
        context = TurnContext(
            house=self.house,
            now=self.clock(),
            turn_id="",
            message_id="",
            language_fixed=inbound.language is not None,
            ahead=ahead,
        )
        try:
            await self._turns.rehearse(context, self._intake.checked(inbound))
        except Exception as error:  # the edge of a rehearsal: the turn itself will meet the same, and answer for it
            log.info("rehearsal ended", conversation=inbound.conversation_id, exc_info=error)

    async def _cut(self, conversation_id: str, turn_id: str, heard: str) -> None:
        async with self._locks.of(conversation_id), self.house.database.unit() as unit:
            is_cut = await cut(unit, conversation_id, turn_id, heard)
        if is_cut:
            await self.tell(conversation_id, (Interrupted(turn_id=turn_id, heard=heard),))

    async def _summarised(self, conversation_id: str, brain: Brain) -> None:
        try:
            await Summaries(house=self.house, brain=brain).renew(conversation_id, self.clock())
        except Exception:  # the edge of work that nobody waits for: the next turn does without
            log.exception("no summary", conversation=conversation_id)

    async def _answered(self, accepted: Accepted) -> turns.Turn | None:
        """The turn that answered this message, if one has."""
        async with self.house.database.reading() as unit:
            found = await turns.of_conversation(unit, accepted.conversation_id)
        return next((turn for turn in found if turn.finished and accepted.message_id in turn.message_ids), None)

    async def _recorded_turn(self, turn: turns.Turn) -> AsyncIterator[NumberedEvent]:
        async for numbered in self.recorded(turn.conversation_id):
            if numbered.turn_id == turn.id:
                yield numbered

    async def _take_up(self) -> None:
        """Starts the turns of messages that an earlier run accepted and did not answer."""
        async with self.house.database.reading() as unit:
            pending = [row for name in await inbox.waiting(unit) for row in await inbox.unanswered(unit, name)]
        for row in pending:
            accepted = Accepted(
                message_id=row.message_id, conversation_id=row.inbound.conversation_id, sequence=row.sequence, duplicate=False
            )
            self._tasks.start_soon(self._turn, accepted, row.inbound, self.clock(), None)
