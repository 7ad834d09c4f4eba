import pytest

from orchestrator.errors import ConversationError
from orchestrator.memory import idempotency
from orchestrator.memory.idempotency import Claim, Finished, Fresh, InFlight, Mismatch
from orchestrator.store import Database

from .given import NOW, later

pytestmark = pytest.mark.anyio


async def _begin(database: Database, body_hash: str = "h1", minutes: float = 0) -> Claim:
    async with database.unit() as unit:
        return await idempotency.begin(unit, "caller:k1", body_hash, later(minutes=minutes))


async def test_the_same_request_is_done_once_and_answered_the_same(database: Database) -> None:
    assert await _begin(database) == Fresh()
    assert await _begin(database) == InFlight()
    async with database.unit() as unit:
        await idempotency.finish(unit, "caller:k1", 201, {"id": "c1", "messages": [1, 2]})
    assert await _begin(database, minutes=60) == Finished(status=201, body={"id": "c1", "messages": [1, 2]})


async def test_the_key_of_another_request_is_a_mismatch(database: Database) -> None:
    await _begin(database)
    assert await _begin(database, "h2") == Mismatch()
    async with database.unit() as unit:
        await idempotency.finish(unit, "caller:k1", 200, {})
    assert await _begin(database, "h2") == Mismatch()


async def test_a_request_whose_process_died_may_be_claimed_after_five_minutes_by_one(database: Database) -> None:
    await _begin(database)
    assert await _begin(database, minutes=4.9) == InFlight()
    assert await _begin(database, minutes=5) == Fresh()
    assert await _begin(database, minutes=5) == InFlight()


async def test_a_failed_request_frees_its_key_and_a_finished_one_keeps_it(database: Database) -> None:
    await _begin(database)
    async with database.unit() as unit:
        await idempotency.release(unit, "caller:k1")
    assert await _begin(database, "h2") == Fresh()
    async with database.unit() as unit:
        await idempotency.finish(unit, "caller:k1", 200, {})
        await idempotency.release(unit, "caller:k1")
    assert await _begin(database, "h2") == Finished(status=200, body={})


async def test_old_keys_are_purged(database: Database) -> None:
    await _begin(database)
    async with database.unit() as unit:
        await idempotency.purge(unit, NOW)
    assert await _begin(database) == InFlight()
    async with database.unit() as unit:
        await idempotency.purge(unit, later(seconds=1))
    assert await _begin(database) == Fresh()


async def test_an_unclaimed_key_cannot_be_finished(database: Database) -> None:
    async with database.unit() as unit:
        with pytest.raises(ConversationError, match="never claimed"):
            await idempotency.finish(unit, "caller:k1", 200, {})
