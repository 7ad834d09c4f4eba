from datetime import datetime

import anyio
import pytest

from orchestrator.errors import ConversationError
from orchestrator.memory import effects
from orchestrator.memory.effects import AlreadyDone, AlreadyRefused, Effect, Planned, PlanOutcome, Unresolved
from orchestrator.store import Database

from .given import NOW, later

pytestmark = pytest.mark.anyio

KEY = effects.business_key("c1", "m1", "open_return", "A-20417")
REFUND = Effect(key=KEY, conversation_id="c1", turn_id="t1", tool="open_return", arguments={"order_id": "A-20417", "items": ["pan"]})


async def _plan(database: Database, effect: Effect = REFUND, now: datetime = NOW) -> PlanOutcome:
    async with database.unit() as unit:
        return await effects.plan(unit, effect, now)


async def test_what_was_done_is_not_done_again_but_answered_with_its_result(database: Database) -> None:
    assert await _plan(database) == Planned()
    async with database.unit() as unit:
        await effects.done(unit, KEY, {"return_id": "R-30112", "label": None}, later(seconds=2))
    assert await _plan(database) == AlreadyDone(result={"return_id": "R-30112", "label": None})
    async with database.reading() as unit:
        assert await effects.unresolved(unit) == ()


async def test_what_was_refused_is_refused_again_by_the_same_code(database: Database) -> None:
    await _plan(database)
    async with database.unit() as unit:
        await effects.refused(unit, KEY, "window_passed", NOW)
    assert await _plan(database) == AlreadyRefused(code="window_passed")


async def test_after_a_crash_the_outcome_is_unknown_and_listed_for_look_up(database: Database) -> None:
    await _plan(database)
    assert await _plan(database, now=later(minutes=1)) == Unresolved(planned_at=NOW)
    async with database.reading() as unit:
        assert await effects.unresolved(unit) == (REFUND,)


async def test_what_certainly_failed_may_be_tried_again(database: Database) -> None:
    await _plan(database)
    async with database.unit() as unit:
        await effects.failed(unit, KEY, NOW)
    assert await _plan(database, now=later(minutes=1)) == Planned()
    assert await _plan(database, now=later(minutes=2)) == Unresolved(planned_at=later(minutes=1))


async def test_of_twenty_that_plan_the_same_at_once_one_may_do_it(database: Database) -> None:
    outcomes: list[PlanOutcome] = []

    async def plan() -> None:
        outcomes.append(await _plan(database))

    async with anyio.create_task_group() as group:
        for _ in range(20):
            group.start_soon(plan)
    assert outcomes.count(Planned()) == 1
    assert outcomes.count(Unresolved(planned_at=NOW)) == 19


async def test_a_plan_that_was_not_committed_was_never_made(database: Database) -> None:
    async def plan_and_fail() -> None:
        async with database.unit() as unit:
            await effects.plan(unit, REFUND, NOW)
            raise RuntimeError

    with pytest.raises(RuntimeError):
        await plan_and_fail()
    assert await _plan(database) == Planned()


async def test_only_what_is_planned_can_be_settled_and_only_once(database: Database) -> None:
    async with database.unit() as unit:
        with pytest.raises(ConversationError, match="never planned"):
            await effects.done(unit, KEY, {}, NOW)
    await _plan(database)
    async with database.unit() as unit:
        await effects.done(unit, KEY, {}, NOW)
        with pytest.raises(ConversationError, match="is done"):
            await effects.failed(unit, KEY, NOW)
        with pytest.raises(ConversationError, match="is done"):
            await effects.refused(unit, KEY, "window_passed", NOW)


def test_different_effects_never_share_a_key() -> None:
    parts = ["a", "b", "a/b", "a%2Fb", "", "é", "/", " "]
    keys = {effects.business_key(first, second, "x", "y") for first in parts for second in parts}
    assert len(keys) == len(parts) ** 2
