import shutil
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import anyio
import pytest
import yaml

from orchestrator import ToolContext
from orchestrator.connectors.sample import SampleShop, open_sample_shop
from orchestrator.connectors.sample.database import ShopDatabase
from orchestrator.connectors.sample.goods_files import Goods, read_goods
from orchestrator.conversation import Customer, Language
from orchestrator.project.policy import Policy

AGENTS = Path(__file__).parents[2] / "agents"
NOW = datetime(2026, 11, 23, 9, 30, tzinfo=UTC)
KNOWN: dict[str, tuple[str, str, Language, str]] = {
    "lea": ("c-0001", "lea.rochat@example.ch", "fr", "CH"),
    "jonas": ("c-0002", "jonas.keller@example.ch", "de", "CH"),
    "marie": ("c-0003", "marie.dupont@example.fr", "fr", "FR"),
    "giulia": ("c-0004", "giulia.ferri@example.it", "it", "IT"),
    "ana": ("c-0005", "ana.souza@example.com.br", "pt", "BR"),
    "james": ("c-0006", "james.walker@example.co.uk", "en", "GB"),
    "emily": ("c-0007", "emily.clark@example.com", "en", "US"),
    "lukas": ("c-0008", "lukas.weber@example.de", "de", "DE"),
    "lucia": ("c-0009", "lucia.gomez@example.es", "es", "ES"),
}
Asker = Callable[..., ToolContext]


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture(scope="session")
def policy() -> Policy:
    return Policy.model_validate(yaml.safe_load((AGENTS / "policy.yaml").read_text(encoding="utf-8")))


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


@pytest.fixture
def asks(shop: SampleShop, policy: Policy) -> Asker:
    """Makes the context in which a known customer (or, with '', a visitor from a region) asks."""

    def make(who: str = "", *, key: str = "key", now: datetime = NOW, language: Language | None = None, region: str = "CH") -> ToolContext:
        if who:
            shop_id, email, spoken, region = KNOWN[who]
            customer = Customer(id=f"p-{who}", shop_id=shop_id, name=who.title(), email=email, language=spoken, region=region)
        else:
            customer, spoken = None, "en"
        return ToolContext(
            customer=customer,
            language=language or spoken,
            region=region,
            now=now,
            conversation_id="conversation",
            turn_id="turn",
            policy=policy,
            connectors=(shop,),
            effect_key=key,
        )

    return make
