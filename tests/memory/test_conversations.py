from dataclasses import replace
from datetime import UTC, datetime

import anyio
import pytest
from hypothesis import given as forall
from hypothesis import settings
from hypothesis import strategies as st

from orchestrator.conversation import LANGUAGES, Choice, Citation, Conversation, Message, OpenForm
from orchestrator.errors import ConversationError, ConversationNotFound
from orchestrator.memory import conversations, inbox
from orchestrator.store import Database

from .given import CHOICES, NOW, conversation, inbound, later, message

pytestmark = pytest.mark.anyio

texts = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=20)
times = st.datetimes(min_value=datetime(1990, 1, 1), max_value=datetime(2100, 1, 1), timezones=st.just(UTC))
choices = st.lists(st.builds(Choice, label=texts, value=texts), max_size=3).map(tuple)
forms = st.builds(
    OpenForm,
    tool=texts,
    agent=texts,
    intent=texts,
    values=st.dictionaries(texts, texts, max_size=3),
    asked=texts,
    asks=st.dictionaries(texts, st.integers(0, 9), max_size=3),
    offered=choices,
    confirming_since=st.none() | times,
    started_by=texts,
)
states = st.builds(
    Conversation,
    id=st.uuids().map(str),
    channel=st.sampled_from(["web", "email", "voice", "whatsapp", "sms", "rcs", "api"]),
    language=st.sampled_from(LANGUAGES),
    region=texts,
    created_at=times,
    updated_at=times,
    sequence=st.just(0),
    owner=st.sampled_from(["agents", "human"]),
    customer_id=st.just(""),
    visitor_id=texts,
    agent=texts,
    intent=texts,
    form=st.none() | forms,
    suspended=st.lists(forms, max_size=2).map(tuple),
    offered=choices,
    queued=st.lists(texts, max_size=3).map(tuple),
    misunderstood=st.integers(0, 9),
    disclosed=st.booleans(),
    spoken=st.lists(texts, max_size=3).map(tuple),
)


@settings(max_examples=40, deadline=None)
@forall(first=states, second=states)
def test_whatever_state_a_conversation_is_in_comes_back_as_it_was_saved(first: Conversation, second: Conversation) -> None:
    saved = replace(second, id=first.id, created_at=first.created_at)

    async def run() -> None:
        async with await Database.open(":memory:") as database:
            async with database.unit() as unit:
                await conversations.create(unit, first)
            async with database.reading() as unit:
                assert await conversations.get(unit, first.id) == first
            async with database.unit() as unit:
                await conversations.save(unit, saved)
            async with database.reading() as unit:
                assert await conversations.get(unit, first.id) == saved

    anyio.run(run)


async def test_a_conversation_that_does_not_exist_is_none_and_cannot_be_saved(database: Database) -> None:
    async with database.unit() as unit:
        assert await conversations.get(unit, "../../x") is None
        with pytest.raises(ConversationNotFound):
            await conversations.save(unit, conversation())


async def test_an_id_is_used_once(database: Database) -> None:
    async with database.unit() as unit:
        await conversations.create(unit, conversation())
        with pytest.raises(ConversationError, match="exists"):
            await conversations.create(unit, conversation())


async def test_saving_a_turns_state_does_not_take_back_a_number_given_out_meanwhile(database: Database) -> None:
    async with database.unit() as unit:
        await conversations.create(unit, conversation())
    async with database.reading() as unit:
        before = await conversations.get(unit, "c1")
    assert before is not None
    async with database.unit() as unit:
        await inbox.accept(unit, inbound(), id="m1", now=NOW)
    async with database.unit() as unit:
        await conversations.save(unit, replace(before, agent="sales"))
        assert (await conversations.append(unit, message("m2"))).sequence == 2
    async with database.reading() as unit:
        after = await conversations.get(unit, "c1")
    assert after == replace(before, agent="sales", sequence=2)


async def test_messages_come_oldest_first_and_page_by_page(database: Database) -> None:
    async with database.unit() as unit:
        await conversations.create(unit, conversation())
        for number in range(1, 8):
            await conversations.append(unit, message(f"m{number}"))
    async with database.reading() as unit:
        last = await conversations.messages(unit, "c1", limit=3)
        earlier = await conversations.messages(unit, "c1", limit=3, before=last[0].sequence)
    assert [said.sequence for said in earlier + last] == [2, 3, 4, 5, 6, 7]


async def test_a_message_comes_back_with_its_citations_and_choices(database: Database) -> None:
    said = Message(
        id="m1",
        conversation_id="c1",
        sequence=1,
        role="agent",
        text="30 Tage. 🏔 “ça”",
        language="fr",
        channel="whatsapp",
        at=NOW,
        turn_id="t1",
        agent="returns",
        citations=(Citation(title="Retours", heading="Délai", url="/help/fr/returns#delai"),),
        choices=CHOICES,
    )
    async with database.unit() as unit:
        await conversations.create(unit, conversation())
        assert await conversations.append(unit, said) == said
    async with database.reading() as unit:
        assert await conversations.messages(unit, "c1") == (said,)


async def test_a_message_to_no_conversation_is_refused(database: Database) -> None:
    async with database.unit() as unit:
        with pytest.raises(ConversationNotFound):
            await conversations.append(unit, message("m1"))


async def test_a_visitors_conversations_are_found_newest_first_and_nobodys_are_not(database: Database) -> None:
    async with database.unit() as unit:
        await conversations.create(unit, conversation("c1", "v1"))
        await conversations.create(unit, replace(conversation("c2", "v1"), updated_at=later(hours=1)))
        await conversations.create(unit, conversation("c3"))
        assert [found.id for found in await conversations.of_visitor(unit, "v1")] == ["c2", "c1"]
        assert await conversations.of_visitor(unit, "") == ()
