import shutil
from collections.abc import AsyncIterator
from pathlib import Path

import anyio
import pytest

from orchestrator.store import Database


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture(scope="session")
def empty_store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("store") / "empty.db"

    async def make() -> None:
        async with await Database.open(path):
            pass

    anyio.run(make)
    return path


@pytest.fixture
async def database(empty_store: Path, tmp_path: Path) -> AsyncIterator[Database]:
    async with await Database.open(shutil.copy(empty_store, tmp_path / "store.db")) as database:
        yield database
