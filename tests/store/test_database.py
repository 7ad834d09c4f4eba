import subprocess
import sys
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import anyio
import pytest
from sqlalchemy import insert, select, text, update
from sqlalchemy.exc import IntegrityError, OperationalError, StatementError

from orchestrator.errors import SettingsError
from orchestrator.store import Database, Unit, migrations, tables

pytestmark = pytest.mark.anyio
NOW = datetime(2026, 3, 2, 9, 30, 0, 123456, tzinfo=UTC)


def _files_with(text: str, folder: Path) -> list[str]:
    return [file.name for file in folder.iterdir() if text.encode() in file.read_bytes()]


async def _count(unit: Unit) -> int:
    return await unit.session.scalar(select(tables.Counter.value).where(tables.Counter.name == "n")) or 0


async def _increment(database: Database) -> None:
    async with database.unit() as unit:
        value = await _count(unit)
        await anyio.lowlevel.checkpoint()
        if value == 0:
            await unit.add_if_new(tables.Counter, {"name": "n", "value": 0}, unique=("name",))
        await unit.session.execute(update(tables.Counter).values(value=value + 1))


async def test_the_store_is_opened_durable_and_leaves_no_deleted_bytes(database: Database) -> None:
    expected = {"journal_mode": "wal", "synchronous": 2, "secure_delete": 1, "busy_timeout": 5000, "foreign_keys": 1}
    async with database.unit() as unit:
        found = {name: (await unit.session.execute(text(f"PRAGMA {name}"))).scalar() for name in expected}
    assert found == expected


async def test_a_unit_is_stored_as_a_whole_or_not_at_all(database: Database) -> None:
    async def write_and_fail() -> None:
        async with database.unit() as unit:
            await unit.add(tables.Counter(name="n", value=1))
            raise RuntimeError

    with pytest.raises(RuntimeError):
        await write_and_fail()
    async with database.reading() as unit:
        assert await _count(unit) == 0


async def test_what_is_committed_is_there_after_opening_again(tmp_path: Path) -> None:
    path = tmp_path / "deep" / "store.db"
    async with await Database.open(path) as database:
        await _increment(database)
    async with await Database.open(f"sqlite+aiosqlite:///{path}") as database, database.reading() as unit:
        assert await _count(unit) == 1


@pytest.mark.parametrize("where", ["file", ":memory:"])
async def test_fifty_writers_at_once_lose_no_update_and_never_find_the_store_locked(tmp_path: Path, where: str) -> None:
    async with await Database.open(tmp_path / "store.db" if where == "file" else where) as database:
        async with anyio.create_task_group() as group:
            for _ in range(50):
                group.start_soon(_increment, database)
        async with database.reading() as unit:
            assert await _count(unit) == 50


async def test_a_reader_neither_waits_for_a_writer_nor_sees_what_is_not_committed(database: Database) -> None:
    with anyio.fail_after(5):
        async with database.unit() as writing:
            await writing.add(tables.Counter(name="n", value=7))
            async with database.reading() as unit:
                assert await _count(unit) == 0
    async with database.reading() as unit:
        assert await _count(unit) == 7


async def test_a_write_in_a_reading_unit_is_refused(database: Database) -> None:
    with pytest.raises(OperationalError, match="readonly"):
        async with database.reading() as unit:
            await unit.session.execute(insert(tables.Counter).values(name="n", value=1))


async def test_a_cancelled_unit_is_rolled_back_and_the_next_writer_goes_on(database: Database) -> None:
    async def write_for_ever() -> None:
        async with database.unit() as unit:
            await unit.add(tables.Counter(name="n", value=99))
            started.set()
            while True:
                await _count(unit)
                await anyio.lowlevel.checkpoint()

    for _ in range(5):
        started = anyio.Event()
        async with anyio.create_task_group() as group:
            group.start_soon(write_for_ever)
            await started.wait()
            group.cancel_scope.cancel()
    with anyio.fail_after(4):
        await _increment(database)
    async with database.reading() as unit:
        assert await _count(unit) == 1


async def test_units_cancelled_at_any_moment_leave_whole_transactions_and_no_lock(database: Database) -> None:
    async def write(number: int) -> None:
        async with database.unit() as unit:
            await unit.add(tables.Visitor(id=f"v{number}", first_seen_at=NOW, last_seen_at=NOW))
            await unit.add(tables.Counter(name=f"n{number}", value=1))

    for number in range(40):
        async with anyio.create_task_group() as group:
            group.start_soon(write, number)
            for _ in range(number // 4):
                await anyio.lowlevel.checkpoint()
            group.cancel_scope.cancel()
    with anyio.fail_after(4):
        await _increment(database)
    async with database.reading() as unit:
        visitors = {id.removeprefix("v") for id in await unit.session.scalars(select(tables.Visitor.id))}
        counters = {name.removeprefix("n") for name in await unit.session.scalars(select(tables.Counter.name))} - {""}
    assert visitors == counters


async def test_a_unit_within_a_unit_fails_instead_of_waiting_for_itself(database: Database) -> None:
    with pytest.raises(RuntimeError):
        async with database.unit(), database.unit():
            pass


async def test_a_row_that_refers_to_nothing_is_refused(database: Database) -> None:
    with pytest.raises(IntegrityError):
        async with database.unit() as unit:
            await unit.add(tables.Turn(id="t", conversation_id="none", message_ids=[], started=NOW, finished=None, route={}))


@pytest.mark.parametrize("hours", [-11, 0, 2, 14])
async def test_an_instant_comes_back_in_utc_whatever_zone_it_went_in_with(database: Database, hours: int) -> None:
    at = NOW.astimezone(timezone(timedelta(hours=hours)))
    async with database.unit() as unit:
        await unit.add(tables.Visitor(id="v", first_seen_at=at, last_seen_at=at))
    async with database.reading() as unit:
        found = (await unit.session.scalars(select(tables.Visitor.first_seen_at))).one()
    assert found == NOW
    assert found.utcoffset() == timedelta(0)


async def test_a_time_without_a_zone_is_refused(database: Database) -> None:
    naive = NOW.replace(tzinfo=None)
    with pytest.raises(StatementError, match="no time zone"):
        async with database.unit() as unit:
            await unit.add(tables.Visitor(id="v", first_seen_at=naive, last_seen_at=naive))


async def test_add_if_new_says_which_came_first_and_changes_nothing(database: Database) -> None:
    async with database.unit() as unit:
        assert await unit.add_if_new(tables.Counter, {"name": "n", "value": 1}, unique=("name",))
        assert not await unit.add_if_new(tables.Counter, {"name": "n", "value": 2}, unique=("name",))
        assert await _count(unit) == 1


async def test_a_store_of_a_newer_release_is_refused_with_the_remedy(tmp_path: Path) -> None:
    async with await Database.open(tmp_path / "store.db") as database, database.unit() as unit:
        await unit.session.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(SettingsError, match=r"'9999'.*newer release"):
        await Database.open(tmp_path / "store.db")


async def test_deleted_text_is_gone_from_disk_after_a_scrub_while_the_store_is_open(tmp_path: Path) -> None:
    canary = "canary-7f3a9c"
    async with await Database.open(tmp_path / "store.db") as database:
        async with database.unit() as unit:
            await unit.add(tables.Visitor(id=canary, first_seen_at=NOW, last_seen_at=NOW))
        async with database.unit() as unit:
            await unit.session.execute(text("DELETE FROM visitors"))
        assert await database.scrub()
        assert not _files_with(canary, tmp_path)


async def test_a_scrub_says_when_a_reader_is_in_the_way(database: Database) -> None:
    async with database.reading() as reader:
        await _count(reader)
        await _increment(database)
        with anyio.fail_after(10):
            assert not await database.scrub()
    assert await database.scrub()


_PROCESS = """
import asyncio, sys
from sqlalchemy import update
from orchestrator.store import Database, tables

async def main():
    async with await Database.open(sys.argv[1]) as database:
        for _ in range(15):
            async with database.unit() as unit:
                await unit.add_if_new(tables.Counter, {"name": "n", "value": 0}, unique=("name",))
                await unit.session.execute(update(tables.Counter).values(value=tables.Counter.value + 1))

asyncio.run(main())
"""


async def test_processes_that_open_and_write_a_new_file_together_do_not_get_into_each_others_way(tmp_path: Path) -> None:
    path = tmp_path / "store.db"
    root = Path(__file__).parents[2]
    running = [
        subprocess.Popen([sys.executable, "-c", _PROCESS, str(path)], cwd=root, stderr=subprocess.PIPE, text=True)  # noqa: ASYNC220
        for _ in range(3)
    ]
    errors = [process.communicate(timeout=60)[1] for process in running]
    assert [process.returncode for process in running] == [0, 0, 0], errors
    async with await Database.open(path) as database, database.reading() as unit:
        assert await _count(unit) == 45


def test_the_head_revision_is_the_newest_migration() -> None:
    from alembic.script import ScriptDirectory

    assert ScriptDirectory(str(Path(migrations.__file__).parent)).get_current_head() == migrations.HEAD


async def test_the_migrations_make_exactly_the_tables(tmp_path: Path) -> None:
    from alembic.autogenerate import compare_metadata
    from alembic.migration import MigrationContext
    from sqlalchemy import create_engine

    async with await Database.open(tmp_path / "store.db"):
        pass
    engine = create_engine(f"sqlite:///{tmp_path / 'store.db'}")
    with engine.connect() as connection:
        assert compare_metadata(MigrationContext.configure(connection), tables.Base.metadata) == []
    engine.dispose()
