from collections.abc import Sequence
from dataclasses import replace

import anyio
import pytest
from hypothesis import given as forall
from hypothesis import settings
from hypothesis import strategies as st
from sqlalchemy import func, select

from orchestrator import events as kinds
from orchestrator.conversation import Citation
from orchestrator.errors import ConversationError
from orchestrator.events import Candidate, Event, TextDelta
from orchestrator.memory import conversations, turns
from orchestrator.memory.turns import Turn
from orchestrator.store import Database, tables

from .given import CHOICES, NOW, conversation, later

pytestmark = pytest.mark.anyio

TURN = Turn(id="t1", conversation_id="c1", message_ids=("m1",), started=NOW)
ONE_OF_EACH: list[Event] = [
    kinds.TurnStarted(conversation_id="c1", turn_id="t1", message_id="m1"),
    kinds.IntentDetected(
        intent="order_status",
        agent="support",
        confidence=0.93,
        candidates=(Candidate(intent="order_status", agent="support", probability=0.93),),
        decision="route",
        language="de",
        out_of_scope=0.01,
        acts=("greet",),
        entities=(("order_id", "A-20417"),),
    ),
    kinds.AgentSelected(agent="support", intent="order_status"),
    kinds.ToolCalled(tool="order_status", arguments=(("order_id", "A-20417"),), outcome="done", effect=False),
    TextDelta(message_id="m2", agent="support", text="Ihre Bestellung "),
    TextDelta(message_id="m2", agent="support", text="ist unterwegs. 🚚"),
    TextDelta(message_id="m3", agent="support", text="Noch etwas?"),
    kinds.Cited(message_id="m2", citation=Citation(title="Lieferung", heading="Dauer", url="/help/de/delivery#dauer")),
    kinds.ChoicesOffered(message_id="m2", choices=CHOICES),
    kinds.FactLearnt(name="order_id", value="A-20417", trust="stated"),
    kinds.HandedOff(source="sales", target="support", reason="order_status"),
    kinds.Escalated(reason="customer_request", ticket_id="T-1001"),
    kinds.TurnCompleted(conversation_id="c1", turn_id="t1", language="de"),
]


@pytest.mark.parametrize("event", ONE_OF_EACH, ids=lambda event: type(event).__name__)
def test_an_event_comes_back_from_its_document_as_it_was(event: Event) -> None:
    assert turns.decode(*turns.encode(event)) == event


async def test_a_turn_is_recorded_with_its_events_and_its_route(database: Database) -> None:
    finished = replace(
        TURN, finished=later(seconds=1), message_ids=("m1", "m2"), route={"intent": "order_status", "candidates": [0.9, 0.1]}
    )
    async with database.unit() as unit:
        await conversations.create(unit, conversation())
        assert await turns.start(unit, TURN) == 0
        assert await turns.record(unit, TURN, ONE_OF_EACH) == len(ONE_OF_EACH)
        await turns.finish(unit, finished)
    async with database.reading() as unit:
        assert await turns.get(unit, "t1") == finished
        assert await turns.of_conversation(unit, "c1") == (finished,)
        found = await turns.events_after(unit, "c1", 0)
    assert [event.event for event in found] == ONE_OF_EACH
    assert [event.number for event in found] == list(range(1, len(ONE_OF_EACH) + 1))
    assert {event.turn_id for event in found} == {"t1"}


async def test_a_turn_that_was_never_started_cannot_be_finished(database: Database) -> None:
    async with database.unit() as unit:
        with pytest.raises(ConversationError, match="'t1'"):
            await turns.finish(unit, TURN)


async def test_the_numbers_of_the_next_turn_go_on(database: Database) -> None:
    second = replace(TURN, id="t2")
    async with database.unit() as unit:
        await conversations.create(unit, conversation())
        await turns.start(unit, TURN)
        await turns.record(unit, TURN, ONE_OF_EACH[:5])
        assert await turns.start(unit, second) == 5
        assert await turns.record(unit, second, ONE_OF_EACH[:1]) == 6
        assert [(event.number, event.turn_id) for event in await turns.events_after(unit, "c1", 4)] == [(5, "t1"), (6, "t2")]


async def test_a_reader_that_stopped_within_a_reply_goes_on_there(database: Database) -> None:
    words = [TextDelta(message_id="m2", agent="support", text=word) for word in ("Ihre ", "Bestellung ", "", "ist ", "da.")]
    async with database.unit() as unit:
        await conversations.create(unit, conversation())
        await turns.start(unit, TURN)
        await turns.record(unit, TURN, words)
        found = await turns.events_after(unit, "c1", 2)
    assert [(event.number, event.event) for event in found] == [(3, words[2]), (4, words[3]), (5, words[4])]


async def test_the_deltas_of_a_reply_are_one_row(database: Database) -> None:
    async with database.unit() as unit:
        await conversations.create(unit, conversation())
        await turns.start(unit, TURN)
        await turns.record(unit, TURN, [TextDelta(message_id="m2", agent="support", text=f"word{n} ") for n in range(200)])
        assert await unit.session.scalar(select(func.count()).select_from(tables.Event)) == 1


deltas = st.builds(
    TextDelta,
    message_id=st.sampled_from(["m2", "m3"]),
    agent=st.sampled_from(["sales", "support"]),
    text=st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=5),
)
others = st.sampled_from([event for event in ONE_OF_EACH if not isinstance(event, TextDelta)])


@settings(max_examples=60, deadline=None)
@forall(batches=st.lists(st.lists(deltas | others, max_size=12), max_size=3), cut=st.integers(0, 12), limit=st.integers(1, 12))
def test_a_reader_that_goes_on_anywhere_gets_each_event_once(batches: list[list[Event]], cut: int, limit: int) -> None:
    expected = list(enumerate((event for batch in batches for event in batch), 1))

    async def read() -> Sequence[tuple[int, Event]]:
        async with await Database.open(":memory:") as database, database.unit() as unit:
            await conversations.create(unit, conversation())
            await turns.start(unit, TURN)
            for batch in batches:
                await turns.record(unit, TURN, batch)
            return [(event.number, event.event) for event in await turns.events_after(unit, "c1", cut, limit)]

    assert anyio.run(read) == expected[cut : cut + limit]
