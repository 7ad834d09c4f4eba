import anyio
import pytest

from orchestrator.conversation import Inbound
from orchestrator.dialogue.ahead import Ahead
from orchestrator.events import TextDelta
from orchestrator.graph.context import House
from orchestrator.memory import conversations, gaps, turns
from orchestrator.runtime import Orchestrator
from tests.projects.tiny_house import REPAIR, Clock, Workshop

pytestmark = pytest.mark.anyio


def inbound(text: str = REPAIR) -> Inbound:
    return Inbound(conversation_id="c1", text=text, channel="voice")


async def ask(orchestrator: Orchestrator, text: str = REPAIR) -> str:
    return "".join([event.text async for event in orchestrator.send(inbound(text)) if isinstance(event, TextDelta)])


async def test_a_look_up_made_while_the_caller_speaks_is_not_made_again(orchestrator: Orchestrator, workshop: Workshop) -> None:
    await ask(orchestrator, "Hello")
    orchestrator.anticipate(inbound())
    with anyio.fail_after(20):
        await workshop.called.wait()
    assert "new brakes" in await ask(orchestrator)
    assert workshop.calls == 1


async def test_a_turn_waits_for_a_look_up_that_is_under_way(orchestrator: Orchestrator, workshop: Workshop) -> None:
    await ask(orchestrator, "Hello")
    gate = workshop.hold()
    orchestrator.anticipate(inbound())
    with anyio.fail_after(20):
        await workshop.called.wait()
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(ask, orchestrator)
            await anyio.wait_all_tasks_blocked()
            gate.set()
    assert workshop.calls == 1


async def test_a_look_up_that_failed_is_made_again_by_the_turn(orchestrator: Orchestrator, workshop: Workshop) -> None:
    await ask(orchestrator, "Hello")
    workshop.error = TimeoutError()
    orchestrator.anticipate(inbound())
    with anyio.fail_after(20):
        await workshop.called.wait()
        await anyio.wait_all_tasks_blocked()
    workshop.error = None
    assert "new brakes" in await ask(orchestrator)
    assert workshop.calls == 2


async def test_words_still_being_spoken_change_nothing(orchestrator: Orchestrator, house: House, workshop: Workshop) -> None:
    await ask(orchestrator, "I would like to bring my bicycle in for a repair")
    await ask(orchestrator, "on the 30th of November")
    async with house.database.reading() as unit:
        before = await conversations.get(unit, "c1"), await turns.last_number(unit, "c1"), await gaps.most_asked(unit)
    for text in ("yes", "Do you repair spaceships on the moon?", "I want to talk to a human", "I will sue you"):
        orchestrator.anticipate(inbound(text))
        await anyio.wait_all_tasks_blocked()
    async with house.database.reading() as unit:
        after = await conversations.get(unit, "c1"), await turns.last_number(unit, "c1"), await gaps.most_asked(unit)
    assert after == before
    assert workshop.booked == []


async def test_what_was_found_grows_old(orchestrator: Orchestrator, workshop: Workshop, clock: Clock) -> None:
    await ask(orchestrator, "Hello")
    orchestrator.anticipate(inbound())
    with anyio.fail_after(20):
        await workshop.called.wait()
    clock.move(seconds=31)
    await ask(orchestrator)
    assert workshop.calls == 2


async def test_words_of_a_conversation_that_has_not_begun_are_harmless(orchestrator: Orchestrator) -> None:
    orchestrator.anticipate(inbound())
    await anyio.wait_all_tasks_blocked()
    assert "new brakes" in await ask(orchestrator)


async def test_a_failure_is_nobody_elses() -> None:
    ahead, calls = Ahead(), list[int]()

    async def fails() -> int:
        calls.append(1)
        raise TimeoutError

    async def works() -> int:
        calls.append(2)
        return 2

    with pytest.raises(TimeoutError):
        await ahead.once("key", fails)
    assert [await ahead.once("key", works), await ahead.once("key", works)] == [2, 2]
    ahead.forget()
    await ahead.once("key", works)
    assert calls == [1, 2, 2]
