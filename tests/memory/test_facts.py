import pytest

from orchestrator.conversation import Fact
from orchestrator.memory import facts
from orchestrator.store import Database

from .given import LENA, MARC, NOW, customer_with_conversation, fact, later

pytestmark = pytest.mark.anyio


async def _known(database: Database, *learnt: Fact) -> dict[str, str]:
    async with database.unit() as unit:
        await customer_with_conversation(unit)
        for one in learnt:
            await facts.learn(unit, one, conversation_id="c1")
    async with database.reading() as unit:
        return {known.name: known.value for known in await facts.known(unit, "c1")}


async def test_the_newest_of_a_name_is_known(database: Database) -> None:
    newer, older = fact("A-2", at=later(minutes=1)), fact("A-1")
    assert await _known(database, newer, older, fact("red", name="colour")) == {"colour": "red", "order_id": "A-2"}


async def test_what_is_proven_is_not_overridden_by_what_is_said_later(database: Database) -> None:
    system = fact("gold", name="tier", trust="system")
    verified = fact("silver", name="tier", trust="verified", at=later(hours=1))
    stated = fact("platinum", name="tier", trust="stated", at=later(hours=2))
    assert await _known(database, verified, stated) == {"tier": "silver"}
    async with database.unit() as unit:
        await facts.learn(unit, system, conversation_id="c1")
        assert [known.value for known in await facts.known(unit, "c1")] == ["gold"]
        assert await facts.history(unit, "tier", conversation_id="c1") == (stated, verified, system)


async def test_the_same_said_again_is_one_fact_made_fresher(database: Database) -> None:
    async with database.unit() as unit:
        await customer_with_conversation(unit)
        assert await facts.learn(unit, fact("A-1"), conversation_id="c1")
        assert not await facts.learn(unit, fact("A-1", at=later(hours=1)), conversation_id="c1")
        assert await facts.history(unit, "order_id", conversation_id="c1") == (fact("A-1", at=later(hours=1)),)
        assert await facts.learn(unit, fact("A-2", at=later(hours=2)), conversation_id="c1")
        assert await facts.learn(unit, fact("A-1", at=later(hours=3)), conversation_id="c1")
        assert [known.value for known in await facts.known(unit, "c1")] == ["A-1"]


async def test_a_customers_facts_are_known_in_all_their_conversations_and_in_nobody_elses(database: Database) -> None:
    async with database.unit() as unit:
        lena = await customer_with_conversation(unit, LENA, conversation_id="c1")
        await customer_with_conversation(unit, MARC, conversation_id="c2")
        await facts.learn(unit, fact("A-1"), conversation_id="c1", customer_id=lena)
        await facts.learn(unit, fact("blue", name="colour"), conversation_id="c2")
        assert [known.value for known in await facts.known(unit, "c3", lena)] == ["A-1"]
        assert [known.value for known in await facts.known(unit, "c2", "u-C-1002")] == ["blue"]
        assert await facts.known(unit, "c1") == ()


async def test_a_fact_comes_back_as_it_was_learnt(database: Database) -> None:
    learnt = Fact(name="délai", value="30 días — «ja»", source="tool order_status", at=NOW, trust="system")
    async with database.unit() as unit:
        await customer_with_conversation(unit)
        await facts.learn(unit, learnt, conversation_id="c1")
        assert await facts.known(unit, "c1") == (learnt,)
