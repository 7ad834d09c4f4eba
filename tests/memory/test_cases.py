from dataclasses import replace

import pytest

from orchestrator.errors import ConversationError
from orchestrator.memory import cases
from orchestrator.memory.cases import CaseChange
from orchestrator.store import Database

from .given import LENA, MARC, case, customer_with_conversation, later

pytestmark = pytest.mark.anyio


async def test_a_case_opened_in_web_chat_is_there_when_the_customer_writes_an_email(database: Database) -> None:
    async with database.unit() as unit:
        lena = await customer_with_conversation(unit, LENA)
        await customer_with_conversation(unit, MARC, conversation_id="c2")
        await cases.open(unit, case("k1", lena))
        await cases.open(unit, replace(case("k2", lena, "c-mail"), channel="email", opened_at=later(days=1), updated_at=later(days=1)))
        await cases.open(unit, case("k3", "u-C-1002", "c2"))
    async with database.reading() as unit:
        assert [(found.id, found.channel) for found in await cases.open_of(unit, lena)] == [("k2", "email"), ("k1", "web")]
        assert await cases.get(unit, "k1") == case("k1", lena)
        assert [found.id for found in await cases.of_conversation(unit, "c-mail")] == ["k2"]


async def test_a_change_adds_facts_and_leaves_the_rest(database: Database) -> None:
    async with database.unit() as unit:
        lena = await customer_with_conversation(unit)
        await cases.open(unit, case("k1", lena))
        changed = await cases.update(unit, "k1", CaseChange(at=later(hours=1), status="waiting", facts={"return_id": "R-30112"}))
    async with database.reading() as unit:
        assert changed == await cases.get(unit, "k1")
    expected = replace(case("k1", lena), status="waiting", updated_at=later(hours=1))
    assert changed == replace(expected, facts={"order_id": "A-20417", "return_id": "R-30112"})


async def test_a_closed_case_is_history(database: Database) -> None:
    async with database.unit() as unit:
        lena = await customer_with_conversation(unit)
        await cases.open(unit, case("k1", lena))
        await cases.update(unit, "k1", CaseChange(at=later(hours=1), status="closed", summary="Paket kam an", agent="returns"))
        assert await cases.open_of(unit, lena) == ()
        assert [(found.summary, found.agent) for found in await cases.of_customer(unit, lena)] == [("Paket kam an", "returns")]


async def test_a_missing_case_cannot_be_changed(database: Database) -> None:
    async with database.unit() as unit:
        assert await cases.get(unit, "k9") is None
        with pytest.raises(ConversationError, match="'k9'"):
            await cases.update(unit, "k9", CaseChange(at=later(hours=1)))
