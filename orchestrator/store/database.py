"""Opening the store: engines, SQLite's settings, and who may write when."""

import json
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from functools import partial
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import anyio
from sqlalchemy import Connection, event
from sqlalchemy.engine import URL, make_url
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession, create_async_engine
from sqlalchemy.pool import ConnectionPoolEntry, StaticPool

from orchestrator.errors import Rehearsed
from orchestrator.store import migrations
from orchestrator.store.inline import InlineConnection
from orchestrator.store.unit import Unit

_PATIENCE = "busy_timeout = 5000"
_PRAGMAS = (
    _PATIENCE,
    "journal_mode = WAL",
    "synchronous = FULL",
    "secure_delete = ON",
    "foreign_keys = ON",
)
_READERS = 4


class Database:
    """The store of one process; made by `Database.open`.

    SQLite has one writer: writing units of this process queue, and each takes the file's write lock when it begins, so that
    it never has to give up half-way. Readers see the last commit and wait for nobody. PostgreSQL needs neither.
    """

    def __init__(self, writer: AsyncEngine, reader: AsyncEngine) -> None:
        self._writer = writer
        self._reader = reader
        self._turnstile = anyio.Lock() if writer.dialect.name == "sqlite" else None

    @classmethod
    async def open(cls, where: Path | str) -> Self:
        """The store at a file, at an SQLAlchemy URL, or in memory (`":memory:"`), migrated to this release.

        Raises:
            SettingsError: The store was written by a newer release.
        """
        url = _url(where)
        if url.get_backend_name() != "sqlite":
            engine = create_async_engine(url, json_serializer=_compact, pool_pre_ping=True)
            database = cls(engine, engine)
        elif url.database in (None, "", ":memory:"):
            engine = _sqlite_engine(url, writes=True, in_memory=True)
            database = cls(engine, engine)
        else:
            await anyio.Path(url.database).parent.mkdir(parents=True, exist_ok=True)
            database = cls(_sqlite_engine(url, writes=True), _sqlite_engine(url, writes=False))
        try:
            await database._migrate()
        except BaseException:
            with anyio.CancelScope(shield=True):
                await database.close()
            raise
        return database

    @asynccontextmanager
    async def unit(self) -> AsyncGenerator[Unit]:
        """One writing transaction: committed at the end, rolled back when anything is raised.

        Never wait on a model, a tool or a channel inside it: all other writers wait too. Units do not nest.
        """
        if self._turnstile is None:
            async with _transaction(self._writer) as unit:
                yield unit
            return
        async with self._turnstile, _transaction(self._writer) as unit:
            yield unit

    @asynccontextmanager
    async def reading(self) -> AsyncGenerator[Unit]:
        """A snapshot to read from, which waits for no writer. On an SQLite file a write in it fails."""
        if self._reader is self._writer and self._turnstile is not None:
            async with self.unit() as unit:
                yield unit
            return
        async with _transaction(self._reader) as unit:
            yield unit

    def for_reading(self) -> "Database":
        """The same store for somebody who must not change it: a writing unit raises `Rehearsed`."""
        return _Looking(self)

    async def scrub(self) -> bool:
        """Empty SQLite's write-ahead log, so that nothing deleted is left on disk; False while a reader is in the way."""
        if self._turnstile is None or self._writer is self._reader:
            return True
        async with self._turnstile, self._writer.connect() as connection:
            return await connection.run_sync(_empty_log)

    async def close(self) -> None:
        """Close every connection; the file is complete without its log."""
        await self._reader.dispose()
        await self._writer.dispose()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        await self.close()

    async def _migrate(self) -> None:
        async with self._writer.begin() as connection:
            await connection.run_sync(migrations.upgrade)


class _Looking(Database):
    """A store that can only be read."""

    def __init__(self, database: Database) -> None:
        self._database = database

    @asynccontextmanager
    async def unit(self) -> AsyncGenerator[Unit]:
        raise Rehearsed("something would be written")
        yield

    @asynccontextmanager
    async def reading(self) -> AsyncGenerator[Unit]:
        async with self._database.reading() as unit:
            yield unit


@asynccontextmanager
async def _transaction(engine: AsyncEngine) -> AsyncGenerator[Unit]:
    session = AsyncSession(engine, expire_on_commit=False)
    try:
        yield Unit(session)
        with anyio.CancelScope(shield=True):
            await session.commit()
    finally:
        # Closing rolls back what is not committed. Shielded, because a connection left half-way would block the next writer.
        with anyio.CancelScope(shield=True):
            await session.close()


def _url(where: Path | str) -> URL:
    if isinstance(where, str) and "://" in where:
        return make_url(where)
    return URL.create("sqlite+aiosqlite", database=str(where))


def _sqlite_engine(url: URL, *, writes: bool, in_memory: bool = False) -> AsyncEngine:
    options: dict[str, Any] = {"connect_args": {"async_creator_fn": InlineConnection}, "json_serializer": _compact}
    if in_memory:
        options["poolclass"] = StaticPool
    else:
        options |= {"pool_size": 1 if writes else _READERS, "max_overflow": 0}
    engine = create_async_engine(url, **options)
    event.listen(engine.sync_engine, "connect", partial(_configure, writes=writes))
    event.listen(engine.sync_engine, "begin", _begin_writing if writes else _begin_reading)
    return engine


def _configure(connection: DBAPIConnection, entry: ConnectionPoolEntry, *, writes: bool) -> None:  # noqa: ARG001 - SQLAlchemy's signature
    cursor = connection.cursor()
    try:
        for pragma in (*_PRAGMAS, f"query_only = {'OFF' if writes else 'ON'}"):
            cursor.execute(f"PRAGMA {pragma}")
    finally:
        cursor.close()


def _empty_log(connection: Connection) -> bool:
    # Past SQLAlchemy, which would begin a transaction, in which SQLite does not empty its log.
    cursor = connection.connection.cursor()
    try:
        # Not worth waiting for a reader while every writer waits for us.
        cursor.execute("PRAGMA busy_timeout = 0")
        cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        was_blocked = bool((cursor.fetchone() or (1,))[0])
        cursor.execute(f"PRAGMA {_PATIENCE}")
        return not was_blocked
    finally:
        cursor.close()


def _begin_writing(connection: Connection) -> None:
    connection.exec_driver_sql("BEGIN IMMEDIATE")


def _begin_reading(connection: Connection) -> None:
    connection.exec_driver_sql("BEGIN")


def _compact(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
