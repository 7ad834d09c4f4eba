"""Fixtures of the whole house: a small project that trains in a second, and an orchestrator over it with a store of its own."""

import shutil
from collections.abc import AsyncIterator, Iterator
from dataclasses import replace
from pathlib import Path

import anyio
import httpx
import pytest
import structlog
from anyio.from_thread import start_blocking_portal

from orchestrator.assembly import open_house
from orchestrator.connectors.sample import SampleShop, open_sample_shop
from orchestrator.connectors.sample.database import ShopDatabase
from orchestrator.connectors.sample.goods_files import Goods, read_goods
from orchestrator.graph.context import House
from orchestrator.project.project import Project
from orchestrator.runtime import Orchestrator
from orchestrator.settings import Settings
from orchestrator.store import Database
from tests.projects.tiny_house import NOW, SECRET, TOKEN_KEY, Clock, Codes, NumberedIds, Workshop, copy_of_tiny
from tests.server.service import Service, running


@pytest.fixture(scope="session")
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture(autouse=True)
def quiet_log() -> Iterator[None]:
    with structlog.testing.capture_logs():
        yield


@pytest.fixture(scope="session")
def tiny_path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the project `tests/projects/tiny` and the goods that the sample shop needs."""
    return copy_of_tiny(tmp_path_factory.mktemp("tiny") / "project")


@pytest.fixture(scope="session")
def tiny_project(tiny_path: Path) -> Project:
    return Project.load(tiny_path)


@pytest.fixture(scope="session")
def fresh(tiny_path: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a shop and an empty store as they are at the beginning, to be copied."""
    folder = tmp_path_factory.mktemp("fresh")

    async def make() -> None:
        (await open_sample_shop(folder / "shop.sqlite", agents=tiny_path / "agents", now=NOW)).close()
        await (await Database.open(folder / "filrouge.sqlite")).close()

    anyio.run(make)
    return folder


@pytest.fixture(scope="session")
def tiny_house(tiny_project: Project, tiny_path: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """The trained and indexed house of the session; `house` is the one for a test."""
    data = tmp_path_factory.mktemp("tiny-data")
    settings = Settings(project=tiny_path, data_dir=data, encoder="none", secret=SECRET)
    with start_blocking_portal() as portal:
        opening = open_house(tiny_project, settings, now=NOW, deliver_code=Codes())
        with portal.wrap_async_context_manager(opening) as house:
            yield house


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def workshop() -> Workshop:
    """The connector behind the tiny project's tools."""
    return Workshop()


@pytest.fixture
def codes() -> Codes:
    """Where one-time codes are delivered."""
    return Codes()


@pytest.fixture
def settings(tiny_path: Path, tmp_path: Path) -> Settings:
    return Settings(project=tiny_path, data_dir=tmp_path, encoder="none", secret=SECRET, token_key=TOKEN_KEY)


@pytest.fixture(scope="session")
def tiny_goods(tiny_path: Path) -> Goods:
    return read_goods(tiny_path / "agents")


@pytest.fixture
def tiny_shop(tiny_goods: Goods, fresh: Path, tmp_path: Path) -> Iterator[SampleShop]:
    """The sample shop, for this test alone."""
    shop = SampleShop(tiny_goods, ShopDatabase(Path(shutil.copy(fresh / "shop.sqlite", tmp_path))))
    yield shop
    shop.close()


@pytest.fixture
async def house(
    tiny_house: House, tiny_shop: SampleShop, fresh: Path, tmp_path: Path, workshop: Workshop, codes: Codes
) -> AsyncIterator[House]:
    """The tiny project's house with a store and a shop of its own; tools reach `workshop`."""
    async with await Database.open(shutil.copy(fresh / "filrouge.sqlite", tmp_path)) as database:
        yield replace(tiny_house, connectors=(workshop, tiny_shop), database=database, deliver_code=codes, new_id=NumberedIds())


@pytest.fixture
async def orchestrator(house: House, settings: Settings, clock: Clock) -> AsyncIterator[Orchestrator]:
    async with Orchestrator.serving(house, settings, clock) as orchestrator:
        yield orchestrator


@pytest.fixture
async def service(orchestrator: Orchestrator) -> AsyncIterator[Service]:
    """The service of the tiny project, without keys: open to this machine."""
    async with running(orchestrator) as service:
        yield service


@pytest.fixture
async def api(service: Service) -> AsyncIterator[httpx.AsyncClient]:
    """A trusted caller on this machine."""
    async with service.client() as client:
        yield client
