import anyio
import pytest
from sqlalchemy import text as sql

from orchestrator import runtime
from orchestrator.conversation import Inbound
from orchestrator.errors import ConversationError, ConversationNotFound, IdentityError, MessageRefused
from orchestrator.events import Escalated, Event, HumanReplied, TextDelta, TurnCompleted, TurnStarted
from orchestrator.graph.context import House
from orchestrator.intake import Intake
from orchestrator.memory import conversations, inbox, tickets, turns
from orchestrator.runtime import Orchestrator
from orchestrator.settings import Settings
from orchestrator.turn import ATTEMPTS
from tests.projects.tiny_house import PRICE, REPAIR, Clock, Workshop, host_token

pytestmark = pytest.mark.anyio


def inbound(text: str = PRICE, conversation: str = "c1", **more: str) -> Inbound:
    return Inbound(conversation_id=conversation, text=text, **more)  # pyright: ignore[reportArgumentType]  # literals as texts


async def ask(orchestrator: Orchestrator, message: Inbound) -> list[Event]:
    return [event async for event in orchestrator.send(message)]


def said(events: list[Event]) -> str:
    return "".join(event.text for event in events if isinstance(event, TextDelta))


async def roles(house: House, conversation: str = "c1") -> list[str]:
    async with house.database.reading() as unit:
        return [message.role for message in await conversations.messages(unit, conversation)]


async def test_a_turn_begins_and_ends_with_its_events(orchestrator: Orchestrator) -> None:
    events = await ask(orchestrator, inbound())
    assert events[0] == TurnStarted(conversation_id="c1", turn_id="turn_1", message_id="message_1")
    assert events[-1] == TurnCompleted(conversation_id="c1", turn_id="turn_1", language="en")


@pytest.mark.parametrize(
    ("message", "error"),
    [
        (inbound(" "), MessageRefused),
        (inbound("x" * 4001), MessageRefused),
        (inbound("\ud800"), MessageRefused),
        (inbound(token="x"), IdentityError),
    ],
    ids=["blank", "long", "surrogate", "token"],
)
async def test_a_refusal_stores_nothing(orchestrator: Orchestrator, house: House, message: Inbound, error: type[Exception]) -> None:
    with pytest.raises(error):
        await ask(orchestrator, message)
    async with house.database.reading() as unit:
        assert await conversations.get(unit, "c1") is None


async def test_a_visitor_does_not_write_into_anothers_conversation(orchestrator: Orchestrator) -> None:
    await ask(orchestrator, inbound(visitor_id="visitor-one"))
    with pytest.raises(ConversationNotFound):
        await ask(orchestrator, inbound(visitor_id="visitor-two"))


async def test_a_known_customer_goes_on_elsewhere_with_the_same_identity(orchestrator: Orchestrator, house: House) -> None:
    await ask(orchestrator, inbound("Hello", token=host_token()))
    await ask(orchestrator, inbound("Hello", "c2", token=host_token(), channel="whatsapp"))
    async with house.database.reading() as unit:
        first, second = await conversations.get(unit, "c1"), await conversations.get(unit, "c2")
    assert first is not None
    assert second is not None
    assert first.customer_id == second.customer_id != ""


async def test_a_message_delivered_twice_is_answered_once(orchestrator: Orchestrator, house: House, workshop: Workshop) -> None:
    first = await ask(orchestrator, inbound(REPAIR, message_id="m-1"))
    assert await ask(orchestrator, inbound(REPAIR, message_id="m-1")) == first
    assert workshop.calls == 1
    assert await roles(house) == ["customer", "agent"]


async def test_a_duplicate_of_a_running_message_waits_for_its_answer(orchestrator: Orchestrator, workshop: Workshop) -> None:
    gate, heard = workshop.hold(), list[list[Event]]()

    async def deliver() -> None:
        heard.append(await ask(orchestrator, inbound(REPAIR, message_id="m-1")))

    async with anyio.create_task_group() as tasks:
        tasks.start_soon(deliver)
        tasks.start_soon(deliver)
        await workshop.called.wait()
        gate.set()
    assert heard[0] == heard[1]
    assert workshop.calls == 1


async def test_a_caller_who_goes_away_does_not_stop_the_turn(orchestrator: Orchestrator, house: House, workshop: Workshop) -> None:
    gate = workshop.hold()
    with anyio.CancelScope() as caller:
        async for _ in orchestrator.send(inbound(REPAIR)):
            await workshop.called.wait()
            caller.cancel()
    gate.set()
    async with orchestrator.alone("c1"):
        assert await roles(house) == ["customer", "agent"]


async def test_conversations_run_side_by_side(orchestrator: Orchestrator, workshop: Workshop) -> None:
    gate = workshop.hold()
    async with anyio.create_task_group() as tasks:
        tasks.start_soon(ask, orchestrator, inbound(REPAIR, "c1"))
        await workshop.called.wait()
        assert "for one day" in said(await ask(orchestrator, inbound(PRICE, "c2")))
        gate.set()


async def test_a_closing_orchestrator_finishes_its_turns(house: House, settings: Settings, clock: Clock, workshop: Workshop) -> None:
    gate = workshop.hold()
    async with Orchestrator.serving(house, settings, clock) as orchestrator:
        with await orchestrator.deliver(inbound(REPAIR)):
            await workshop.called.wait()
            gate.set()
    assert await roles(house) == ["customer", "agent"]


async def test_a_turn_that_is_cut_off_is_taken_up_by_the_next_run(
    house: House, settings: Settings, clock: Clock, workshop: Workshop, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(runtime, "FINISH_SECONDS", 0.01)
    gate = workshop.hold()
    async with Orchestrator.serving(house, settings, clock) as orchestrator:
        with await orchestrator.deliver(inbound(REPAIR)) as first, await orchestrator.deliver(inbound(PRICE)) as second:
            del first, second
            await workshop.called.wait()
    assert await roles(house) == ["customer", "customer"]
    monkeypatch.undo()
    gate.set()
    async with Orchestrator.serving(house, settings, clock):
        pass
    async with house.database.reading() as unit:
        messages = await conversations.messages(unit, "c1")
        assert await inbox.waiting(unit) == ()
    assert [message.role for message in messages] == ["customer", "customer", "agent", "agent"]
    assert "new brakes" in messages[2].text
    assert "for one day" in messages[3].text


async def test_a_message_that_fails_again_and_again_ends_at_a_human(house: House, settings: Settings, clock: Clock) -> None:
    async with Orchestrator.serving(house, settings, clock) as orchestrator:
        await _accepted_only(orchestrator, house)
    async with house.database.unit() as unit:
        for _ in range(ATTEMPTS):
            await inbox.attempt(unit, "message_1")
    async with Orchestrator.serving(house, settings, clock):
        pass
    async with house.database.reading() as unit:
        assert await inbox.waiting(unit) == ()
        assert [ticket.reason for ticket in await tickets.find(unit)] == ["tool_failure"]


async def test_what_was_said_before_a_failure_stays_said(orchestrator: Orchestrator, house: House, workshop: Workshop) -> None:
    workshop.error = RuntimeError("down")
    events = await ask(orchestrator, inbound(f"{PRICE} And what is the status of my repair A-20417?"))
    async with house.database.reading() as unit:
        replies = [message.text for message in await conversations.messages(unit, "c1") if message.role == "agent"]
    assert "".join(replies) == said(events)
    assert [event.reason for event in events if isinstance(event, Escalated)] == ["tool_failure"]
    assert len(replies) == 2


async def test_a_turn_that_cannot_be_stored_harms_no_other(orchestrator: Orchestrator, house: House, workshop: Workshop) -> None:
    gate = workshop.hold()
    with await orchestrator.deliver(inbound(REPAIR, message_id="m-1")) as stream:
        await workshop.called.wait()
        await _store(house, "ALTER TABLE facts RENAME TO facts_away")
        await _store(house, "ALTER TABLE tickets RENAME TO tickets_away")
        gate.set()
        events = [numbered.event async for numbered in stream]
    assert not isinstance(events[-1], TurnCompleted)
    await _store(house, "ALTER TABLE facts_away RENAME TO facts")
    await _store(house, "ALTER TABLE tickets_away RENAME TO tickets")
    assert "for one day" in said(await ask(orchestrator, inbound(PRICE, "c2")))
    assert "new brakes" in said(await ask(orchestrator, inbound(REPAIR, message_id="m-1")))


async def test_send_says_when_a_turn_could_not_be_stored(orchestrator: Orchestrator, house: House, workshop: Workshop) -> None:
    gate = workshop.hold()

    async def break_the_store() -> None:
        await workshop.called.wait()
        await _store(house, "DROP TABLE tickets")
        await _store(house, "DROP TABLE messages")
        gate.set()

    async with anyio.create_task_group() as tasks:
        tasks.start_soon(break_the_store)
        with pytest.raises(ConversationError, match="Its message is kept"):
            await ask(orchestrator, inbound(REPAIR))


async def test_something_that_cannot_be_stored_ends_at_a_human(orchestrator: Orchestrator, house: House) -> None:
    await ask(orchestrator, inbound("Hello"))
    await _store(house, "ALTER TABLE facts RENAME TO facts_away")
    await _store(house, "CREATE TABLE facts AS SELECT * FROM facts_away")
    await _store(house, "CREATE TRIGGER no_facts BEFORE INSERT ON facts BEGIN SELECT RAISE(ABORT, 'no'); END")
    events = await ask(orchestrator, inbound(REPAIR))
    assert [event.reason for event in events if isinstance(event, Escalated)] == ["tool_failure"]
    assert await roles(house) == ["customer", "agent", "customer", "agent", "agent"]


async def test_a_colleagues_words_are_recorded_and_heard(orchestrator: Orchestrator, house: House) -> None:
    await ask(orchestrator, inbound())
    replied = HumanReplied(message_id="m-9", ticket_id="T-1001", text="Hello, Mia here")
    with orchestrator.listen("c1") as live:
        await orchestrator.tell("c1", (replied,))
        heard = await live.receive()
    recorded = [numbered async for numbered in orchestrator.recorded("c1")]
    assert heard == recorded[-1]
    assert heard.event == replied


async def test_the_order_of_acceptance_is_the_order_of_answers(orchestrator: Orchestrator, house: House) -> None:
    streams = [await orchestrator.deliver(inbound(text)) for text in (PRICE, "Where can I park my car?", "When are you open?")]
    for stream in streams:
        with stream:
            assert [numbered async for numbered in stream]
    async with house.database.reading() as unit:
        answered = await turns.of_conversation(unit, "c1")
        messages = await conversations.messages(unit, "c1")
    assert [turn.message_ids for turn in answered] == [(message.id,) for message in messages if message.role == "customer"]
    agents = [message.text for message in messages if message.role == "agent"]
    assert ["for one day" in agents[0], "parking" in agents[1], "except Sunday" in agents[2]] == [True, True, True]


async def _accepted_only(orchestrator: Orchestrator, house: House) -> None:
    """A message that was accepted and whose process died before its turn."""
    intake = Intake(house, Settings())
    await intake.accept(intake.checked(inbound(REPAIR)), orchestrator.clock())


async def _store(house: House, statement: str) -> None:
    async with house.database.unit() as unit:
        await unit.session.execute(sql(statement))
