"""The unit of work: one transaction, and the two statements that differ between databases."""

from collections.abc import Mapping, Sequence

from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncSession

from orchestrator.store.tables import Base


class Unit:
    """One transaction on the store; made by `Database.unit()` and `Database.reading()`.

    Attributes:
        session: SQLAlchemy's session, for the queries of `memory/` and `insights/`.
    """

    def __init__(self, session: AsyncSession) -> None:
        self.session = session

    async def add(self, row: Base) -> None:
        """Insert a row now, so that the rows that refer to it may follow in any order."""
        self.session.add(row)
        await self.session.flush()

    async def add_if_new(self, kind: type[Base], values: Mapping[str, object], *, unique: Sequence[str]) -> bool:
        """Insert a row unless one with the same `unique` columns exists, without a race; False when it does."""
        connection = await self.session.connection()
        insert = postgresql.insert if connection.dialect.name == "postgresql" else sqlite.insert
        inserted = await connection.execute(insert(kind).values(dict(values)).on_conflict_do_nothing(index_elements=unique))
        return inserted.rowcount == 1
