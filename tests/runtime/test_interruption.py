import anyio
import pytest
from hypothesis import given
from hypothesis import strategies as st

from orchestrator.conversation import Inbound, Message
from orchestrator.events import Event, Interrupted, TextDelta, TurnCompleted, TurnStarted
from orchestrator.graph.context import House
from orchestrator.interruption import heard_of
from orchestrator.memory import conversations, inbox
from orchestrator.runtime import Orchestrator
from tests.projects.tiny_house import PRICE, REPAIR, Workshop

pytestmark = pytest.mark.anyio


def inbound(text: str, message_id: str | None = None) -> Inbound:
    return Inbound(conversation_id="c1", text=text, channel="voice", message_id=message_id)


async def ask(orchestrator: Orchestrator, text: str) -> tuple[str, str]:
    """The turn and what it said."""
    events = [event async for event in orchestrator.send(inbound(text))]
    turn_id = next(event.turn_id for event in events if isinstance(event, TurnStarted))
    return turn_id, "".join(event.text for event in events if isinstance(event, TextDelta))


async def transcript(house: House) -> tuple[Message, ...]:
    async with house.database.reading() as unit:
        return await conversations.messages(unit, "c1")


async def recorded(orchestrator: Orchestrator) -> list[Event]:
    return [numbered.event async for numbered in orchestrator.recorded("c1")]


@pytest.mark.parametrize(
    ("texts", "heard", "kept"),
    [
        (["Your parcel leaves today."], "your parcel leaves", ("Your parcel leaves",)),
        (["Your parcel leaves today."], "Your parcel leaves today", ("Your parcel leaves today.",)),
        (["One.", "Two."], "one two", ("One.", "Two.")),
        (["One.", "Two is longer."], "One. Two is", ("One.", "Two is")),
        (["One.", "Two."], "One.", ("One.", "")),
        (["One."], "", ("",)),
        (["The fee is CHF 7."], "The fee is CHF", ("The fee is CHF",)),
        (["Über die Straße, bitte."], "ÜBER DIE STRASSE", ("Über die Straße,",)),
        (["It is order 10234."], "it is order one zero", ("it is order one zero",)),
        (["Yes.", "And more."], "something else", ("something else", "")),
        (["Yes."], "Yes.\n\n(Returns: How long)", ("Yes.",)),
        ([], "anything", ()),
    ],
)
async def test_the_record_keeps_what_was_heard(texts: list[str], heard: str, kept: tuple[str, ...]) -> None:
    if texts:
        assert heard_of(texts, heard) == kept
    else:
        assert heard_of(texts, "") == kept


@given(st.lists(st.text(st.characters(codec="utf-8"), min_size=1), min_size=1, max_size=3), st.integers(0, 60))
def test_what_was_heard_of_a_reply_is_a_beginning_of_it(texts: list[str], characters: int) -> None:
    parts = heard_of(texts, "".join(texts)[:characters])
    assert all(text.startswith(part) for text, part in zip(texts, parts, strict=True))


async def test_a_reply_that_was_interrupted_is_recorded_as_heard(orchestrator: Orchestrator, house: House) -> None:
    turn_id, said = await ask(orchestrator, PRICE)
    heard = " ".join(said.split()[:3])
    await orchestrator.interrupt("c1", turn_id, heard)
    *_, reply = await transcript(house)
    assert (reply.text, reply.interrupted) == (heard, True)
    assert (await recorded(orchestrator))[-1] == Interrupted(turn_id=turn_id, heard=heard)


async def test_a_reply_heard_to_its_end_is_not_interrupted(orchestrator: Orchestrator, house: House) -> None:
    turn_id, said = await ask(orchestrator, PRICE)
    await orchestrator.interrupt("c1", turn_id, said.upper())
    *_, reply = await transcript(house)
    assert (reply.text, reply.interrupted) == (said, False)
    assert isinstance((await recorded(orchestrator))[-1], TurnCompleted)


async def test_a_message_of_which_nothing_was_heard_is_not_shown(orchestrator: Orchestrator, house: House) -> None:
    turn_id, _ = await ask(orchestrator, PRICE)
    await orchestrator.interrupt("c1", turn_id, "")
    assert [message.role for message in await transcript(house)] == ["customer"]


async def test_a_caller_who_keeps_the_history_corrects_ours(orchestrator: Orchestrator, house: House) -> None:
    _, said = await ask(orchestrator, PRICE)
    heard = " ".join(said.split()[:3])
    await orchestrator.reconcile("c1", heard)
    assert (await transcript(house))[-1].text == heard
    await orchestrator.reconcile("c1", heard)
    assert [type(event) for event in await recorded(orchestrator)].count(Interrupted) == 1


async def test_a_look_up_is_stopped_and_its_message_answered_with_the_next(
    orchestrator: Orchestrator, house: House, workshop: Workshop
) -> None:
    gate = workshop.hold()
    with await orchestrator.deliver(inbound(REPAIR)) as events, anyio.fail_after(20):
        turn_id = (await events.receive()).turn_id
        await workshop.called.wait()
        await orchestrator.interrupt("c1", turn_id, "")
        assert [numbered.event async for numbered in events][-1].__class__ is TurnCompleted
    async with house.database.reading() as unit:
        assert [waiting.inbound.text for waiting in await inbox.unanswered(unit, "c1")] == [REPAIR]
    gate.set()
    _, said = await ask(orchestrator, "please")
    assert "new brakes" in said
    async with house.database.reading() as unit:
        assert await inbox.unanswered(unit, "c1") == ()


async def test_an_effect_that_has_begun_is_finished(orchestrator: Orchestrator, house: House, workshop: Workshop) -> None:
    await ask(orchestrator, "I would like to bring my bicycle in for a repair")
    await ask(orchestrator, "on the 30th of November")
    gate = workshop.hold()
    with await orchestrator.deliver(inbound("yes")) as events, anyio.fail_after(20):
        turn_id = (await events.receive()).turn_id
        await workshop.called.wait()
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(orchestrator.interrupt, "c1", turn_id, "")
            gate.set()
    assert len(workshop.booked) == 1
    await ask(orchestrator, "yes")
    assert len(workshop.booked) == 1


async def test_a_retry_after_an_interruption_gets_the_answer(orchestrator: Orchestrator, workshop: Workshop) -> None:
    gate = workshop.hold()
    with await orchestrator.deliver(inbound(REPAIR, "m-1")) as events, anyio.fail_after(20):
        turn_id = (await events.receive()).turn_id
        await workshop.called.wait()
        await orchestrator.interrupt("c1", turn_id, "")
    gate.set()
    events = [event async for event in orchestrator.send(inbound(REPAIR, "m-1"))]
    assert "new brakes" in "".join(event.text for event in events if isinstance(event, TextDelta))
