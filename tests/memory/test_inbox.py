from dataclasses import replace

import anyio
import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from orchestrator.errors import ConversationNotFound
from orchestrator.memory import conversations, inbox
from orchestrator.memory.inbox import Accepted
from orchestrator.store import Database

from .given import NOW, conversation, inbound, later

pytestmark = pytest.mark.anyio


async def _accept(database: Database, id: str, message_id: str | None = None, conversation_id: str = "c1") -> Accepted:
    async with database.unit() as unit:
        return await inbox.accept(unit, inbound(conversation_id=conversation_id, message_id=message_id), id=id, now=NOW)


async def test_fifty_messages_at_once_get_fifty_numbers_without_a_hole(database: Database) -> None:
    async with database.unit() as unit:
        await conversations.create(unit, conversation())
    accepted: list[Accepted] = []

    async def accept(number: int) -> None:
        accepted.append(await _accept(database, f"m{number}"))

    async with anyio.create_task_group() as group:
        for number in range(50):
            group.start_soon(accept, number)
    assert sorted(one.sequence for one in accepted) == list(range(1, 51))
    assert not any(one.duplicate for one in accepted)


async def test_fifty_deliveries_of_one_message_at_once_are_one_message(database: Database) -> None:
    async with database.unit() as unit:
        await conversations.create(unit, conversation())
    accepted: list[Accepted] = []

    async def accept(number: int) -> None:
        accepted.append(await _accept(database, f"m{number}", message_id="wamid.1"))

    async with anyio.create_task_group() as group:
        for number in range(50):
            group.start_soon(accept, number)
    assert [one.duplicate for one in accepted].count(False) == 1
    assert len({(one.message_id, one.sequence) for one in accepted}) == 1
    async with database.reading() as unit:
        assert len(await inbox.unanswered(unit, "c1")) == 1
        assert (await conversations.get(unit, "c1") or conversation()).sequence == 1


async def test_a_message_to_no_conversation_is_refused_and_nothing_is_stored(database: Database) -> None:
    with pytest.raises(ConversationNotFound):
        await _accept(database, "m1")
    async with database.reading() as unit:
        assert await inbox.waiting(unit) == ()


async def test_an_id_chosen_by_one_client_is_no_duplicate_in_anothers_conversation(database: Database) -> None:
    async with database.unit() as unit:
        await conversations.create(unit, conversation("c1"))
        await conversations.create(unit, conversation("c2"))
    assert not (await _accept(database, "m1", "same", "c1")).duplicate
    assert not (await _accept(database, "m2", "same", "c2")).duplicate


async def test_the_same_provider_id_on_another_account_or_channel_is_another_message(database: Database) -> None:
    async with database.unit() as unit:
        await conversations.create(unit, conversation())
        say = inbound(message_id="1")
        first = await inbox.accept(unit, say, id="m1", now=NOW, account="a")
        second = await inbox.accept(unit, say, id="m2", now=NOW, account="b")
        third = await inbox.accept(unit, replace(say, channel="sms"), id="m3", now=NOW, account="a")
        again = await inbox.accept(unit, say, id="m4", now=NOW, account="a")
    assert [first.duplicate, second.duplicate, third.duplicate, again.duplicate] == [False, False, False, True]
    assert again.message_id == "m1"


async def test_what_waits_comes_back_in_order_as_it_was_said_but_without_the_token(database: Database) -> None:
    async with database.unit() as unit:
        await conversations.create(unit, conversation())
        await inbox.accept(unit, inbound("eins", message_id="p1"), id="m1", now=NOW)
        await inbox.accept(unit, replace(inbound("zwei", message_id="p2"), language=None, region="AT"), id="m2", now=later(seconds=1))
    async with database.reading() as unit:
        first, second = await inbox.unanswered(unit, "c1")
    assert first.inbound == replace(inbound("eins", message_id="p1"), token=None)
    assert (second.inbound.language, second.inbound.region, second.sequence) == (None, "AT", 2)


async def test_answered_and_handed_over_messages_wait_no_more(database: Database) -> None:
    async with database.unit() as unit:
        for number, id in enumerate(["c1", "c2", "c3"]):
            await conversations.create(unit, conversation(id))
            await inbox.accept(unit, inbound(conversation_id=id), id=f"m-{id}", now=later(minutes=-number))
        assert await inbox.waiting(unit) == ("c3", "c2", "c1")
        await inbox.done(unit, "m-c3")
        await inbox.failed(unit, "m-c1")
        assert await inbox.waiting(unit) == ("c2",)


async def test_attempts_are_counted_for_good(database: Database) -> None:
    async with database.unit() as unit:
        await conversations.create(unit, conversation())
        await inbox.accept(unit, inbound(), id="m1", now=NOW)
    for expected in (1, 2, 3):
        async with database.unit() as unit:
            assert await inbox.attempt(unit, "m1") == expected
    async with database.reading() as unit:
        assert [pending.attempts for pending in await inbox.unanswered(unit, "c1")] == [3]


class Deliveries(RuleBasedStateMachine):
    """Any order of deliveries and repetitions leaves the same inbox as each message delivered once."""

    def __init__(self) -> None:
        super().__init__()
        self.runner = anyio.from_thread.start_blocking_portal("asyncio")
        self.portal = self.runner.__enter__()
        self.database = self.portal.call(Database.open, ":memory:")
        self.portal.call(self._prepare)
        self.first: dict[str, Accepted] = {}
        self.delivered = 0

    async def _prepare(self) -> None:
        async with self.database.unit() as unit:
            await conversations.create(unit, conversation())

    async def _unanswered(self) -> list[tuple[str, int]]:
        async with self.database.reading() as unit:
            return [(pending.message_id, pending.sequence) for pending in await inbox.unanswered(unit, "c1")]

    @rule(provider_id=st.sampled_from(["p1", "p2", "p3", "p4"]))
    def deliver(self, provider_id: str) -> None:
        self.delivered += 1
        accepted = self.portal.call(_accept, self.database, f"m{self.delivered}", provider_id)
        known = self.first.setdefault(provider_id, accepted)
        assert accepted.duplicate == (known is not accepted)
        assert (accepted.message_id, accepted.sequence) == (known.message_id, known.sequence)

    @invariant()
    def each_message_waits_once_in_the_order_of_first_delivery(self) -> None:
        expected = [(accepted.message_id, number) for number, accepted in enumerate(self.first.values(), 1)]
        assert self.portal.call(self._unanswered) == expected

    def teardown(self) -> None:
        self.portal.call(self.database.close)
        self.runner.__exit__(None, None, None)


TestDeliveries = Deliveries.TestCase
TestDeliveries.settings = settings(max_examples=15, stateful_step_count=15, deadline=None)
