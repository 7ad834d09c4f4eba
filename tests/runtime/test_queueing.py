import anyio
import pytest

from orchestrator.events import AgentSelected
from orchestrator.memory.turns import NumberedEvent
from orchestrator.queueing import BUFFER, Broadcast, Locks

pytestmark = pytest.mark.anyio


def event(number: int) -> NumberedEvent:
    return NumberedEvent(number=number, turn_id="t", event=AgentSelected(agent="a", intent="i"))


async def test_who_comes_first_goes_first() -> None:
    locks, order = Locks(), list[int]()

    async def enter(number: int) -> None:
        async with locks.of("c1"):
            await anyio.lowlevel.checkpoint()
            order.append(number)

    async with anyio.create_task_group() as tasks:
        for number in range(5):
            tasks.start_soon(enter, number)
    assert order == list(range(5))


async def test_conversations_do_not_wait_for_one_another() -> None:
    locks = Locks()
    with anyio.fail_after(1):
        async with locks.of("c1"), locks.of("c2"):
            pass


async def test_one_who_gives_up_waiting_does_not_hold_up_the_others() -> None:
    locks, order = Locks(), list[str]()

    async def enter(name: str, scope: anyio.CancelScope) -> None:
        with scope:
            async with locks.of("c1"):
                order.append(name)

    async with anyio.create_task_group() as tasks:
        impatient = anyio.CancelScope()
        async with locks.of("c1"):
            tasks.start_soon(enter, "impatient", impatient)
            tasks.start_soon(enter, "patient", anyio.CancelScope())
            await anyio.wait_all_tasks_blocked()
            impatient.cancel()
    assert order == ["patient"]


async def test_all_listeners_of_a_conversation_hear_it_and_no_other() -> None:
    broadcast = Broadcast()
    with broadcast.listen("c1") as one, broadcast.listen("c1") as two, broadcast.listen("c2") as other:
        broadcast.send("c1", event(1))
        assert (one.receive_nowait().number, two.receive_nowait().number) == (1, 1)
        with pytest.raises(anyio.WouldBlock):
            other.receive_nowait()


async def test_a_listener_who_falls_behind_is_dropped_and_the_others_go_on() -> None:
    broadcast = Broadcast()
    with broadcast.listen("c1") as slow, broadcast.listen("c1") as quick:
        for number in range(BUFFER + 1):
            broadcast.send("c1", event(number))
            assert quick.receive_nowait().number == number
        assert len([numbered async for numbered in slow]) == BUFFER


async def test_a_listener_who_leaves_is_told_nothing_more() -> None:
    broadcast = Broadcast()
    with broadcast.listen("c1") as gone:
        pass
    broadcast.send("c1", event(1))
    with pytest.raises(anyio.ClosedResourceError):
        gone.receive_nowait()
