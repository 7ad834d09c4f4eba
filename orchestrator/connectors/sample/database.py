"""The file of the sample shop: one connection, used in threads one at a time, and writes that happen once per key."""

import sqlite3
import threading
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TypeVar

from anyio import to_thread
from pydantic import TypeAdapter

from orchestrator.connectors.sample.schema import SCHEMA
from orchestrator.errors import ToolError

Result = TypeVar("Result")
Value = str | int
Row = tuple[Value, ...]


class ShopDatabase:
    """SQLite behind an async door. Every call runs in a thread and holds the connection for itself."""

    def __init__(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        self._connection = sqlite3.connect(path, isolation_level=None, check_same_thread=False, timeout=10)
        self._lock = threading.Lock()
        self._connection.execute("PRAGMA journal_mode=WAL")
        self._connection.execute("PRAGMA synchronous=FULL")
        self._connection.execute("PRAGMA foreign_keys=ON")

    async def read(self, work: Callable[["Transaction"], Result]) -> Result:
        """Runs `work` on a consistent state."""
        return await to_thread.run_sync(self._run, "BEGIN", work)

    async def write(self, work: Callable[["Transaction"], Result]) -> Result:
        """Runs `work` as one transaction: all of it or nothing.

        Raises:
            ToolError: It breaks a constraint of the shop.
        """
        return await to_thread.run_sync(self._run, "BEGIN IMMEDIATE", work)

    def close(self) -> None:
        """Closes the file."""
        with self._lock:
            self._connection.close()

    def _run(self, begin: str, work: Callable[["Transaction"], Result]) -> Result:
        with self._lock:
            self._connection.execute(begin)
            try:
                result = work(Transaction(self._connection))
                self._connection.execute("COMMIT")
            except sqlite3.IntegrityError as error:
                raise ToolError(f"the shop refuses: {error}") from error
            finally:
                if self._connection.in_transaction:
                    self._connection.execute("ROLLBACK")
        return result


class Transaction:
    """What can be done within one transaction."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection

    def create_tables(self) -> bool:
        """Makes the tables; False when they are there already."""
        if self.one("SELECT 1 FROM sqlite_master WHERE name = 'meta'"):
            return False
        for statement in _statements(SCHEMA):
            self._connection.execute(statement)
        return True

    def many(self, sql: str, *values: Value) -> list[Row]:
        """All rows of a query."""
        return self._connection.execute(sql, values).fetchall()

    def one(self, sql: str, *values: Value) -> Row | None:
        """The first row of a query."""
        return self._connection.execute(sql, values).fetchone()

    def change(self, sql: str, *values: Value) -> None:
        """One statement that writes."""
        self._connection.execute(sql, values)

    def insert(self, table: str, rows: Sequence[Row]) -> None:
        """Adds rows, values in the order of the table's columns."""
        if rows:
            marks = ", ".join("?" * len(rows[0]))
            self._connection.executemany(f"INSERT INTO {table} VALUES ({marks})", rows)  # noqa: S608 - table names are ours

    def next_number(self, name: str) -> int:
        """The next number of a counter."""
        row = self.one("UPDATE counters SET next = next + 1 WHERE name = ? RETURNING next - 1", name)
        if row is None:
            raise ToolError(f"the shop has no counter {name!r}")
        return int(row[0])

    def once(self, key: str, request: str, shape: TypeAdapter[Result], act: Callable[[], Result]) -> Result:
        """Does `act` the first time the key is seen, and answers the same ever after.

        Raises:
            ToolError: The key is empty, or was used for another request.
        """
        if not key:
            raise ToolError("an effect needs an idempotency key")
        done = self.one("SELECT request, answer FROM effects WHERE key = ?", key)
        if done is not None:
            if done[0] != request:
                raise ToolError(f"the key {key!r} was used for another request")
            return shape.validate_json(str(done[1]))
        answer = act()
        self.insert("effects", [(key, request, shape.dump_json(answer).decode())])
        return answer


def _statements(script: str) -> list[str]:
    statements: list[str] = []
    pending = ""
    for line in script.splitlines(keepends=True):
        pending += line
        if sqlite3.complete_statement(pending):
            statements.append(pending)
            pending = ""
    return statements
