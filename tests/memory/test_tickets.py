from dataclasses import replace

import anyio
import pytest

from orchestrator.errors import ConversationError
from orchestrator.memory import conversations, tickets
from orchestrator.store import Database

from .given import conversation, later, message, ticket

pytestmark = pytest.mark.anyio


async def test_tickets_are_numbered_from_1001_also_when_many_open_at_once(database: Database) -> None:
    async with database.unit() as unit:
        await conversations.create(unit, conversation())
    ids: list[str] = []

    async def open_one() -> None:
        async with database.unit() as unit:
            ids.append((await tickets.open(unit, ticket())).id)

    async with anyio.create_task_group() as group:
        for _ in range(10):
            group.start_soon(open_one)
    assert ids == [f"T-{number}" for number in range(1001, 1011)]


async def test_a_colleague_gets_the_whole_packet(database: Database) -> None:
    async with database.unit() as unit:
        await conversations.create(unit, conversation())
        opened = await tickets.open(unit, ticket("T-7"))
    async with database.reading() as unit:
        assert await tickets.get(unit, "T-7") == opened == ticket("T-7")
        assert await tickets.get(unit, "T-8") is None


async def test_a_ticket_goes_from_open_to_answered_to_returned(database: Database) -> None:
    async with database.unit() as unit:
        await conversations.create(unit, conversation())
        first = await tickets.open(unit, ticket())
        second = await tickets.open(unit, replace(ticket(), opened_at=later(minutes=5)))
        assert [found.id for found in await tickets.find(unit, "open")] == [first.id, second.id]
        human = replace(message("m1", text="Ich kümmere mich darum."), role="human", agent="Sophie", at=later(minutes=6))
        stored = await tickets.reply(unit, first.id, human)
        assert stored.sequence == 1
        assert await conversations.messages(unit, "c1") == (stored,)
        assert [found.id for found in await tickets.find(unit, "answered")] == [first.id]
        returned = await tickets.give_back(unit, second.id, later(minutes=9))
        assert (returned.status, returned.updated_at) == ("returned", later(minutes=9))
        current = await tickets.open_of(unit, "c1")
        assert current is not None
        assert current.id == first.id
        await tickets.give_back(unit, first.id, later(minutes=9))
        assert await tickets.open_of(unit, "c1") is None


async def test_a_reply_to_a_returned_missing_or_other_ticket_is_refused(database: Database) -> None:
    async with database.unit() as unit:
        await conversations.create(unit, conversation("c1"))
        await conversations.create(unit, conversation("c2"))
        opened = await tickets.open(unit, ticket())
        with pytest.raises(ConversationError, match="not about"):
            await tickets.reply(unit, opened.id, message("m1", conversation_id="c2"))
        await tickets.give_back(unit, opened.id, later(minutes=1))
        with pytest.raises(ConversationError, match="returned"):
            await tickets.reply(unit, opened.id, message("m1"))
        with pytest.raises(ConversationError, match="no ticket"):
            await tickets.reply(unit, "T-1", message("m1"))
        assert await conversations.messages(unit, "c1") == ()
