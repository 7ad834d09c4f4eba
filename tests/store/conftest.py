from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from orchestrator.store import Database


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture
async def database(tmp_path: Path) -> AsyncIterator[Database]:
    async with await Database.open(tmp_path / "store.db") as database:
        yield database
