import shutil
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import anyio
import pytest

from orchestrator.connectors.sample import SampleShop, open_sample_shop
from orchestrator.connectors.sample.database import ShopDatabase
from orchestrator.connectors.sample.goods_files import Goods, read_goods

AGENTS = Path(__file__).parents[2] / "agents"
NOW = datetime(2026, 11, 23, 9, 30, tzinfo=UTC)


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture(scope="session")
def goods() -> Goods:
    return read_goods(AGENTS)


@pytest.fixture(scope="session")
def shop_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("shop") / "shop.sqlite"

    async def make() -> None:
        (await open_sample_shop(path, agents=AGENTS, now=NOW)).close()

    anyio.run(make)
    return path


@pytest.fixture
def shop(shop_file: Path, goods: Goods, tmp_path: Path) -> Iterator[SampleShop]:
    copy = tmp_path / "shop.sqlite"
    shutil.copy(shop_file, copy)
    shop = SampleShop(goods, ShopDatabase(copy))
    yield shop
    shop.close()
