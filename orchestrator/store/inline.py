"""SQLite on the event loop's own thread, where SQLAlchemy would otherwise use aiosqlite's.

aiosqlite hands each call to a thread and back, some eighty times per turn, for statements that take microseconds: that was most of
the cost of a turn. Here only what may wait goes to a thread: opening, taking the write lock, pragmas, committing to disk. The price: a
statement that reads a great many rows holds up the loop, so reports over a large store belong into a process of their own.
"""

import sqlite3
from collections.abc import Callable, Generator, Iterable, Sequence
from typing import Self

from anyio import to_thread

Scalar = str | int | float | bytes | None
Parameters = Sequence[Scalar]
_MAY_WAIT = ("BEGIN IMMEDIATE", "PRAGMA")


class InlineCursor:
    """A cursor as SQLAlchemy expects it of aiosqlite."""

    def __init__(self, cursor: sqlite3.Cursor) -> None:
        self._cursor = cursor
        self.arraysize = cursor.arraysize

    async def __aenter__(self) -> Self:
        return self

    async def execute(self, statement: str, parameters: Parameters = ()) -> Self:
        """Run one statement."""
        if statement.startswith(_MAY_WAIT):
            await to_thread.run_sync(self._cursor.execute, statement, parameters)
        else:
            self._cursor.execute(statement, parameters)
        return self

    async def executemany(self, statement: str, parameters: Iterable[Parameters]) -> Self:
        """Run one statement for each set of parameters."""
        self._cursor.executemany(statement, parameters)
        return self

    async def fetchall(self) -> list[object]:
        """The rows of the last statement."""
        return self._cursor.fetchall()

    async def close(self) -> None:
        """Let go of the statement."""
        self._cursor.close()

    @property
    def description(self) -> object:
        """The columns of the last statement, as DB-API says them."""
        return self._cursor.description

    @property
    def rowcount(self) -> int:
        """How many rows the last statement changed."""
        return self._cursor.rowcount

    @property
    def lastrowid(self) -> int | None:
        """The key of the last row inserted."""
        return self._cursor.lastrowid


class InlineConnection:
    """A connection as SQLAlchemy expects it of aiosqlite; await it to open it."""

    def __init__(self, path: str, **_: object) -> None:
        self._path = path
        # SQLAlchemy looks at this name of aiosqlite's to see whether the connection is open.
        self._connection: sqlite3.Connection | None = None

    def __await__(self) -> Generator[object, None, Self]:
        return self._open().__await__()

    async def _open(self) -> Self:
        self._connection = await to_thread.run_sync(self._connect)
        return self

    def _connect(self) -> sqlite3.Connection:
        # No isolation level: Python would begin transactions by itself, too late for a unit that reads before it writes.
        return sqlite3.connect(self._path, isolation_level=None, check_same_thread=False)

    @property
    def _opened(self) -> sqlite3.Connection:
        if self._connection is None:
            raise ValueError("no active connection")
        return self._connection

    def cursor(self) -> InlineCursor:
        """A new cursor."""
        return InlineCursor(self._opened.cursor())

    async def commit(self) -> None:
        """Write the transaction to disk."""
        await to_thread.run_sync(self._opened.commit)

    async def rollback(self) -> None:
        """Drop the transaction."""
        self._opened.rollback()

    async def create_function(self, name: str, arguments: int, function: Callable[..., Scalar], *, deterministic: bool = False) -> None:
        """Give SQL a function of Python's."""
        self._opened.create_function(name, arguments, function, deterministic=deterministic)

    async def close(self) -> None:
        """Close the file; once is enough."""
        connection, self._connection = self._connection, None
        if connection is not None:
            await to_thread.run_sync(connection.close)

    def stop(self) -> None:
        """Close without waiting for anything."""
        connection, self._connection = self._connection, None
        if connection is not None:
            connection.close()
