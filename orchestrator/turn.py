"""Runs one turn: loads the context, lets the graph work, and commits everything it leaves in one transaction."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, cast

import structlog

from orchestrator.conversation import Case, Conversation, Customer, Fact, HandoffPacket, Inbound, Message, Ticket
from orchestrator.errors import ConversationNotFound, Rehearsed
from orchestrator.events import Escalated, Event, IntentDetected, TextDelta, TurnCompleted, TurnStarted
from orchestrator.graph.build import build
from orchestrator.graph.context import House, TurnContext
from orchestrator.graph.speaking import Speaking
from orchestrator.graph.state import Reply, TurnState
from orchestrator.memory import cases, conversations, customers, facts, inbox, journal, tickets, turns
from orchestrator.memory.inbox import Accepted
from orchestrator.memory.turns import NumberedEvent
from orchestrator.store import Unit
from orchestrator.understanding.letters import letter_body

HISTORY = 12
ATTEMPTS = 5
log = structlog.get_logger()


@dataclass(kw_only=True)
class Recording:
    """The events of a turn as they are published, numbered, and the state that the graph has reached."""

    turn: turns.Turn
    number: int
    publish: Callable[[NumberedEvent], None]
    state: TurnState
    events: list[Event] = field(default_factory=list[Event])

    @property
    def has_spoken(self) -> bool:
        """Whether the customer has been told anything."""
        return any(isinstance(event, TextDelta) for event in self.events)

    def whole_state(self) -> TurnState:
        """The state with what was told by a node that was stopped before it could say so."""
        known = {reply.id for reply in self.state["sent"]}
        told: dict[str, Reply] = {}
        for event in self.events:
            if isinstance(event, TextDelta) and event.message_id not in known:
                before = told[event.message_id].text if event.message_id in told else ""
                told[event.message_id] = Reply(id=event.message_id, agent=event.agent, text=before + event.text)
        return {**self.state, "sent": (*self.state["sent"], *told.values())} if told else self.state

    def add(self, event: Event) -> None:
        """Publishes an event under the conversation's next number."""
        self.events.append(event)
        self.publish(NumberedEvent(number=self.number + len(self.events), turn_id=self.turn.id, event=event))


class TurnRunner:
    """Runs turns of one house; the compiled graph serves all of them."""

    def __init__(self, house: House) -> None:
        self._house = house
        self._graph = build()

    async def run(self, context: TurnContext, accepted: Accepted, inbound: Inbound, publish: Callable[[NumberedEvent], None]) -> None:
        """One turn from first event to commit.

        Whatever goes wrong inside, the customer gets an apology and a human, never an error text.
        """
        async with self._house.database.unit() as unit:
            attempts = await inbox.attempt(unit, accepted.message_id)
            before = await _left_over(unit, accepted)
            answers = (*(message.message_id for message in before), accepted.message_id)
            turn = turns.Turn(id=context.turn_id, conversation_id=accepted.conversation_id, message_ids=answers, started=context.now)
            number = await turns.start(unit, turn)
        loaded = await self._loaded(inbound, accepted.sequence, tuple(message.inbound.text for message in before))
        recording = Recording(turn=turn, number=number, publish=publish, state=loaded)
        recording.add(TurnStarted(conversation_id=turn.conversation_id, turn_id=turn.id, message_id=accepted.message_id))
        try:
            if attempts > ATTEMPTS:
                raise RuntimeError(f"the turn failed {ATTEMPTS} times before")
            with context.course.scope:
                await self._work(context, recording)
            if context.course.scope.cancelled_caught and not recording.has_spoken:
                await self._left(context, recording)
                return
            await self._commit(context, recording)
        except Exception:  # the edge of a turn: logged with its conversation, and handed to a human
            log.exception("turn failed", conversation=turn.conversation_id, turn=turn.id)
            recording.state = await self._apologised(context, recording, loaded)
            await self._commit(context, recording)

    async def rehearse(self, context: TurnContext, inbound: Inbound) -> None:
        """The turn on words that may yet change, up to where it would change anything: what it finds stays in `context.ahead`."""
        looking = replace(context, house=replace(self._house, database=self._house.database.for_reading()), is_rehearsal=True)
        try:
            state = await self._loaded(inbound)
            async for _ in self._graph.astream(state, context=looking, stream_mode="custom"):
                pass
        except (Rehearsed, ConversationNotFound):
            return

    async def _work(self, context: TurnContext, recording: Recording) -> None:
        async for mode, chunk in self._graph.astream(recording.state, context=context, stream_mode=["custom", "values"]):
            if mode == "custom":
                recording.add(cast("Event", chunk))
            else:
                recording.state = cast("TurnState", chunk)

    async def _loaded(self, inbound: Inbound, sequence: int | None = None, before: tuple[str, ...] = ()) -> TurnState:
        """The state of a turn on a message, its number (None: not stored yet), and on messages before it that nobody answered."""
        async with self._house.database.reading() as unit:
            conversation = await conversations.get(unit, inbound.conversation_id)
            if conversation is None:
                raise ConversationNotFound(f"there is no conversation {inbound.conversation_id!r}")
            customer = await customers.get(unit, conversation.customer_id) if conversation.customer_id else None
            known = await facts.known(unit, conversation.id, conversation.customer_id)
            open_cases = await (cases.of_customer(unit, customer.id) if customer else cases.of_conversation(unit, conversation.id))
            history = await conversations.messages(unit, conversation.id, limit=HISTORY, before=None if sequence is None else sequence + 1)
        here = replace(conversation, channel=inbound.channel, language=inbound.language or conversation.language)
        request = letter_body(inbound.text) if inbound.channel == "email" else inbound.text
        joint = " " if inbound.channel == "voice" else "\n"
        return _state(joint.join((*before, request)), here, customer, (known, open_cases, history))

    async def _apologised(self, context: TurnContext, recording: Recording, loaded: TurnState) -> TurnState:
        """The state after a failure: as before the turn, with what was said already, an apology, and a ticket for a human."""
        state = recording.state
        conversation, customer = state["conversation"], state["customer"]
        packet = HandoffPacket(
            goal=state["request"][:200], reason="tool_failure", language=conversation.language, channel=conversation.channel,
            customer_id=conversation.customer_id, customer_name=customer.name if customer else "", case_id="", facts=state["facts"],
            tried=(), promises=(), open_forms=(), sentiment="neutral", next_step="answer the last message",
            last_messages=tuple(f"{message.role}: {message.text}" for message in state["history"]),
        )  # fmt: skip
        ticket = Ticket(
            id="", conversation_id=conversation.id, customer_id=conversation.customer_id, reason="tool_failure", status="open",
            packet=packet, opened_at=context.now, updated_at=context.now,
        )  # fmt: skip
        async with self._house.database.unit() as unit:
            opened = await tickets.open(unit, ticket)
        told = recording.whole_state()["sent"]
        reply = Speaking(context, conversation, customer).say("engine.apology")
        reply = replace(reply, id=self._house.new_id("message"))
        recording.add(TextDelta(message_id=reply.id, agent="", text=reply.text))
        recording.add(Escalated(reason="tool_failure", ticket_id=opened.id))
        before = replace(
            loaded["conversation"],
            owner="human",
            form=None,
            suspended=(),
            offered=(),
            language=conversation.language,
            region=conversation.region,
            disclosed=conversation.disclosed,
        )
        return {**loaded, "conversation": before, "sent": (*told, reply)}

    async def _left(self, context: TurnContext, recording: Recording) -> None:
        """After an interruption before anything was said: nothing has changed, and the message is left to the next turn."""
        conversation = recording.state["conversation"]
        done = TurnCompleted(conversation_id=conversation.id, turn_id=context.turn_id, language=conversation.language)
        async with self._house.database.unit() as unit:
            await turns.record(unit, recording.turn, (*recording.events, done))
            await turns.finish(unit, replace(recording.turn, finished=context.now, message_ids=()))
        recording.add(done)

    async def _commit(self, context: TurnContext, recording: Recording) -> None:
        state = recording.whole_state()
        conversation = replace(state["conversation"], updated_at=context.now)
        done = TurnCompleted(conversation_id=conversation.id, turn_id=context.turn_id, language=conversation.language)
        async with self._house.database.unit() as unit:
            await conversations.save(unit, conversation)
            for reply in state["sent"]:
                await conversations.append(unit, _message(reply, conversation, context))
            for fact in state["learnt"]:
                await facts.learn(unit, fact, conversation_id=conversation.id, customer_id=conversation.customer_id)
            for case in state["touched"]:
                await _store_case(unit, case, conversation)
            await turns.record(unit, recording.turn, (*recording.events, done))
            await turns.finish(unit, replace(recording.turn, finished=context.now, route=_route(recording.events)))
            for message_id in recording.turn.message_ids:
                await inbox.done(unit, message_id)
            await journal.forget(unit, recording.turn.message_ids)
        recording.add(done)


async def _left_over(unit: Unit, accepted: Accepted) -> tuple[inbox.Pending, ...]:
    """Earlier messages whose turns were begun and came to nothing, as when the customer went on speaking: this turn answers them too."""
    waiting = await inbox.unanswered(unit, accepted.conversation_id)
    return tuple(message for message in waiting if message.sequence < accepted.sequence and 0 < message.attempts <= ATTEMPTS)


def _state(
    text: str, conversation: Conversation, customer: Customer | None, known: tuple[tuple[Fact, ...], tuple[Case, ...], tuple[Message, ...]]
) -> TurnState:
    return TurnState(
        request=text,
        queue=conversation.queued,
        conversation=replace(conversation, queued=()),
        customer=customer,
        facts=known[0],
        cases=known[1],
        history=known[2],
        reading=None,
        decision=None,
        escalation=None,
        replies=(),
        sent=(),
        learnt=(),
        touched=(),
        tried=(),
        lead=None,
        hops=0,
    )


def _message(reply: Reply, conversation: Conversation, context: TurnContext) -> Message:
    return Message(
        id=reply.id,
        conversation_id=conversation.id,
        sequence=0,
        role="agent",
        text=reply.text,
        language=conversation.language,
        channel=conversation.channel,
        at=context.now,
        turn_id=context.turn_id,
        agent=reply.agent,
        citations=reply.citations,
        choices=reply.choices,
    )


async def _store_case(unit: Unit, case: Case, conversation: Conversation) -> None:
    if await cases.get(unit, case.id) is None:
        await cases.open(unit, replace(case, customer_id=conversation.customer_id))
        return
    change = cases.CaseChange(at=case.updated_at, status=case.status, summary=case.summary, agent=case.agent, facts=case.facts)
    await cases.update(unit, case.id, change)


def _route(events: list[Event]) -> Mapping[str, Any]:
    """The first routing decision of a turn, as the API shows it."""
    for event in events:
        if isinstance(event, IntentDetected):
            return {
                "agent": event.agent,
                "intent": event.intent,
                "confidence": event.confidence,
                "decision": event.decision,
                "candidates": [{"intent": c.intent, "agent": c.agent, "probability": c.probability} for c in event.candidates],
            }
    return {}
