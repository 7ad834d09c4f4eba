from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import func, select

from orchestrator.events import TextDelta
from orchestrator.memory import cases, conversations, customers, effects, erasure, facts, gaps, idempotency, inbox, journal, tickets, turns
from orchestrator.memory.codes import CodeRequest, Codes
from orchestrator.memory.customers import Profile
from orchestrator.memory.effects import Effect
from orchestrator.memory.gaps import Gap
from orchestrator.memory.turns import Turn
from orchestrator.store import Database, Unit, tables

from .given import NOW, RULES, case, conversation, fact, inbound, message, ticket

pytestmark = pytest.mark.anyio


def _files_with(text: str, folder: Path) -> list[str]:
    return [file.name for file in folder.iterdir() if text.encode() in file.read_bytes()]


async def _live(unit: Unit, mark: str) -> str:
    """A customer who has done everything that leaves a trace, each with `mark` in it."""
    profile = Profile(shop_id=f"shop-{mark}", name=f"Name {mark}", email=f"{mark}@example.ch")
    customer = await customers.get_or_create(unit, profile, id=f"u-{mark}", now=NOW)
    thread = f"c-{mark}"
    await conversations.create(unit, replace(conversation(thread, f"v-{mark}"), spoken=(mark,), queued=(mark,)))
    await customers.attach(unit, thread, customer.id, NOW)
    await customers.seen(unit, f"v-{mark}", NOW)
    await inbox.accept(unit, inbound(f"I am {mark}", thread), id=f"m-{mark}", now=NOW)
    await conversations.append(unit, message(f"m-{mark}", 1, f"I am {mark}", thread))
    turn = Turn(id=f"t-{mark}", conversation_id=thread, message_ids=(f"m-{mark}",), started=NOW, route={"entities": [mark]})
    await turns.start(unit, turn)
    await turns.record(unit, turn, [TextDelta(message_id=f"r-{mark}", agent="sales", text=f"Hello {mark}")])
    await facts.learn(unit, fact(mark), conversation_id=thread)
    await facts.learn(unit, fact(mark, name="city"), conversation_id=thread, customer_id=customer.id)
    await cases.open(unit, replace(case(f"k-{mark}", customer.id, thread), summary=mark))
    await tickets.open(unit, ticket(conversation_id=thread, customer_id=customer.id))
    key = effects.business_key(thread, f"m-{mark}", "open_return", mark)
    await effects.plan(unit, Effect(key=key, conversation_id=thread, turn_id=turn.id, tool="open_return", arguments={"who": mark}), NOW)
    await effects.done(unit, key, {"label": mark}, NOW)
    await journal.record(unit, journal.Entry(conversation_id=thread, message_id=f"m-{mark}", digest="d", response=mark), NOW)
    await gaps.record(unit, Gap(question=f"Who is {mark}?", language="en", conversation_id=thread), NOW)
    await Codes("secret", RULES).issue(unit, CodeRequest(conversation_id=thread, customer_id=customer.id, address=profile.email), NOW)
    await idempotency.begin(unit, f"key-{mark}", "h", NOW, thread)
    await idempotency.finish(unit, f"key-{mark}", 200, {"text": mark})
    return customer.id


async def _rows(unit: Unit) -> dict[str, int]:
    tables_of_people = [table for name, table in tables.Base.metadata.tables.items() if name != "counters"]
    return {table.name: await unit.session.scalar(select(func.count()).select_from(table)) or 0 for table in tables_of_people}


async def test_a_forgotten_customer_leaves_no_byte_in_the_open_store_and_the_next_one_is_untouched(
    database: Database, tmp_path: Path
) -> None:
    gone, stays = "canary4711gone", "canary4711stays"
    async with database.unit() as unit:
        kept = await _live(unit, stays)
        alone = await _rows(unit)
        forgotten = await _live(unit, gone)
    async with database.unit() as unit:
        erased = await erasure.forget(unit, forgotten)
    assert await database.scrub()
    assert not _files_with(gone, tmp_path)
    async with database.unit() as unit:
        assert await _rows(unit) == {**alone, "effects": 2}
        assert (await customers.get(unit, kept)) is not None
        assert len(await conversations.messages(unit, f"c-{stays}")) == 1
    assert {name for name, count in erased.rows.items() if count == 0} == set()
    assert erased.rows["facts"] == 2


async def test_every_table_is_either_erased_or_holds_no_person(database: Database) -> None:
    async with database.unit() as unit:
        erased = await erasure.forget(unit, await _live(unit, "somebody"))
    assert {*erased.rows, "counters"} == set(tables.Base.metadata.tables)


async def test_forgetting_somebody_twice_or_nobody_erases_nothing(database: Database) -> None:
    async with database.unit() as unit:
        await _live(unit, "somebody")
        before = await _rows(unit)
        for nobody in ("", "*", "%", "u-nobody"):
            assert set((await erasure.forget(unit, nobody)).rows.values()) == {0}
        assert await _rows(unit) == before
        await erasure.forget(unit, "u-somebody")
        assert set((await erasure.forget(unit, "u-somebody")).rows.values()) == {0}
