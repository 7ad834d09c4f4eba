from dataclasses import replace

import pytest

from orchestrator.errors import ConversationError, ConversationNotFound
from orchestrator.memory import cases, conversations, customers, facts, tickets
from orchestrator.memory.customers import Identity, IdentityKind
from orchestrator.store import Database

from .given import LENA, MARC, NOW, case, conversation, fact, later, ticket

pytestmark = pytest.mark.anyio


@pytest.mark.parametrize(
    ("kind", "value"),
    [
        ("shop", "C-1001"),
        ("email", "lena@example.ch"),
        ("email", " Lena@Example.CH "),
        ("phone", "+41795550102"),
        ("phone", "0041 79 555 01 02"),
    ],
)
async def test_a_customer_of_the_shop_is_found_by_all_the_shop_knows(database: Database, kind: IdentityKind, value: str) -> None:
    async with database.unit() as unit:
        lena = await customers.get_or_create(unit, LENA, id="u1", now=NOW)
        assert (lena.id, lena.name, lena.language) == ("u1", "Lena Brunner", "de")
        assert await customers.find(unit, kind, value) == lena
        assert await customers.get(unit, "u1") == lena


@pytest.mark.parametrize(
    ("kind", "value"), [("phone", "lena@example.ch"), ("email", ""), ("phone", ""), ("shop", "c-1001"), ("email", "%")]
)
async def test_nobody_is_found_by_something_else(database: Database, kind: IdentityKind, value: str) -> None:
    async with database.unit() as unit:
        await customers.get_or_create(unit, LENA, id="u1", now=NOW)
        await customers.get_or_create(unit, MARC, id="u2", now=NOW)
        assert await customers.find(unit, kind, value) is None


async def test_a_shop_record_makes_one_customer_however_often_it_comes_and_its_changes_are_taken_over(database: Database) -> None:
    async with database.unit() as unit:
        await customers.get_or_create(unit, LENA, id="u1", now=NOW)
        moved = await customers.get_or_create(unit, replace(LENA, email="lena@new.example", region="DE"), id="u2", now=later(days=1))
    assert (moved.id, moved.email, moved.region) == ("u1", "lena@new.example", "DE")


async def test_an_address_that_the_shop_has_replaced_identifies_nobody(database: Database) -> None:
    async with database.unit() as unit:
        await customers.get_or_create(unit, LENA, id="u1", now=NOW)
        await customers.get_or_create(unit, replace(LENA, email="lena@new.example"), id="u2", now=later(days=1))
        assert await customers.find(unit, "email", "lena@example.ch") is None
        assert await customers.find(unit, "email", "lena@new.example") is not None


async def test_a_proven_identity_is_linked_and_the_strongest_evidence_stays(database: Database) -> None:
    async with database.unit() as unit:
        await customers.get_or_create(unit, LENA, id="u1", now=NOW)
        strong = Identity(kind="whatsapp", value="+41 79 555 01 02", evidence="code", verified_at=later(hours=1))
        assert await customers.link(unit, "u1", replace(strong, evidence="phone", verified_at=NOW))
        assert await customers.link(unit, "u1", strong)
        assert await customers.link(unit, "u1", replace(strong, evidence="name", verified_at=later(hours=2)))
        found = [identity for identity in await customers.identities(unit, "u1") if identity.kind == "whatsapp"]
    assert found == [replace(strong, value="+41795550102")]


async def test_somebody_elses_identity_stays_theirs(database: Database) -> None:
    async with database.unit() as unit:
        await customers.get_or_create(unit, LENA, id="u1", now=NOW)
        await customers.get_or_create(unit, MARC, id="u2", now=NOW)
        assert not await customers.link(unit, "u2", Identity(kind="email", value=LENA.email, evidence="token", verified_at=NOW))
        owner = await customers.find(unit, "email", LENA.email)
    assert owner is not None
    assert owner.id == "u1"


async def test_an_empty_identity_is_not_linked(database: Database) -> None:
    async with database.unit() as unit:
        await customers.get_or_create(unit, MARC, id="u2", now=NOW)
        assert not await customers.link(unit, "u2", Identity(kind="phone", value=" n/a ", evidence="code", verified_at=NOW))
        assert [identity.kind for identity in await customers.identities(unit, "u2")] == ["email", "shop"]


async def test_an_anonymous_thread_becomes_the_customers_with_all_that_was_learnt_in_it(database: Database) -> None:
    async with database.unit() as unit:
        await customers.get_or_create(unit, LENA, id="u1", now=NOW)
        await conversations.create(unit, conversation("c1", "v1"))
        await facts.learn(unit, fact("A-20417"), conversation_id="c1")
        await cases.open(unit, case())
        await tickets.open(unit, ticket())
        attached = await customers.attach(unit, "c1", "u1", later(minutes=1))
        await conversations.create(unit, conversation("c2"))
    async with database.reading() as unit:
        assert attached == await conversations.get(unit, "c1")
        assert (attached.customer_id, attached.visitor_id) == ("u1", "v1")
        assert [found.id for found in await conversations.of_customer(unit, "u1")] == ["c1"]
        assert [known.value for known in await facts.known(unit, "c2", "u1")] == ["A-20417"]
        assert [found.customer_id for found in await cases.open_of(unit, "u1")] == ["u1"]
        assert [found.customer_id for found in await tickets.find(unit)] == ["u1"]


async def test_attaching_again_changes_nothing_and_saving_an_older_state_does_not_detach(database: Database) -> None:
    anonymous = conversation()
    async with database.unit() as unit:
        await customers.get_or_create(unit, LENA, id="u1", now=NOW)
        await conversations.create(unit, anonymous)
        first = await customers.attach(unit, "c1", "u1", NOW)
        assert await customers.attach(unit, "c1", "u1", later(days=1)) == first
        await conversations.save(unit, anonymous)
        assert await conversations.get(unit, "c1") == first


async def test_a_thread_is_never_given_to_a_second_customer(database: Database) -> None:
    async with database.unit() as unit:
        await customers.get_or_create(unit, LENA, id="u1", now=NOW)
        await customers.get_or_create(unit, MARC, id="u2", now=NOW)
        await conversations.create(unit, conversation())
        await customers.attach(unit, "c1", "u1", NOW)
        with pytest.raises(ConversationError, match="another customer"):
            await customers.attach(unit, "c1", "u2", NOW)
        with pytest.raises(ConversationError, match="attach"):
            await conversations.save(unit, replace(conversation(), customer_id="u2"))


async def test_a_missing_conversation_cannot_be_attached(database: Database) -> None:
    async with database.unit() as unit:
        await customers.get_or_create(unit, LENA, id="u1", now=NOW)
        with pytest.raises(ConversationNotFound):
            await customers.attach(unit, "c9", "u1", NOW)


async def test_a_visitor_may_come_back(database: Database) -> None:
    for day in range(3):
        async with database.unit() as unit:
            await customers.seen(unit, "v1", later(days=day))
