import shutil
from collections.abc import AsyncIterator, Callable, Iterator
from dataclasses import replace
from itertools import count
from pathlib import Path

import anyio
import pytest

from orchestrator.assembly import brain_of, catalogue_of, detector_of, names_of
from orchestrator.connectors.sample import SampleShop, open_sample_shop
from orchestrator.connectors.sample.database import ShopDatabase
from orchestrator.connectors.sample.goods_files import Goods, read_goods
from orchestrator.dialogue.speaker import Speaker
from orchestrator.governance.review import House as ReviewHouse
from orchestrator.graph.context import House
from orchestrator.memory.codes import Codes
from orchestrator.models.puppet import Malice, PuppetModel
from orchestrator.project.project import Project
from orchestrator.retrieval import Encoders, KnowledgeBase
from orchestrator.retrieval.words import words_of
from orchestrator.runtime import Orchestrator
from orchestrator.store import Database
from orchestrator.understanding.classifier import IntentClassifier
from orchestrator.understanding.entities import Catalogue
from orchestrator.understanding.reader import Reader
from orchestrator.understanding.training import Example

from .attacks import LIES, READS, secrets_of
from .journey import JAMES, LEA, MONDAY, SETTINGS, Clock, Journey, Mailbox
from .ordeal import Ordeal
from .tampering import TamperedKnowledge, WatchedShop

REFERENCE = Path(__file__).parents[2]
INTENTS = (
    "open_return", "order_status", "cancel_order", "change_address", "damaged_item", "refund_status", "get_invoice", "warranty_terms",
)  # fmt: skip
"""What these tests talk about. Learnt alone and from English, it trains in a second and is read without doubt."""
TOPICS = ("returns", "warranty")


@pytest.fixture(scope="session")
def reference() -> Project:
    return Project.load(REFERENCE)


@pytest.fixture(scope="session")
def classifier(reference: Project) -> IntentClassifier:
    examples = [Example(text=text, intent=name) for name in INTENTS for text in reference.intents[name].examples["en"]]
    return IntentClassifier.train(examples, encoder=None, out_of_scope=reference.out_of_scope[:200])


@pytest.fixture(scope="session")
def knowledge(reference: Project, tmp_path_factory: pytest.TempPathFactory) -> Iterator[KnowledgeBase]:
    articles = tuple(one for one in reference.library.articles if one.language == "en" and one.topic in TOPICS)
    library = replace(reference.library, articles=articles)
    encoders = Encoders(search=None, sentences=None)
    found = KnowledgeBase.open(library, reference.policy, encoders=encoders, directory=tmp_path_factory.mktemp("knowledge"))
    yield found
    found.close()


@pytest.fixture(scope="session")
def untouched(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with an untouched shop and an empty store, to copy."""
    folder = tmp_path_factory.mktemp("arvine")

    async def make() -> None:
        (await open_sample_shop(folder / "shop.sqlite", agents=REFERENCE / "agents", now=MONDAY)).close()
        async with await Database.open(folder / "store.sqlite"):
            pass

    anyio.run(make)
    return folder


@pytest.fixture(scope="session")
def goods() -> Goods:
    return read_goods(REFERENCE / "agents")


@pytest.fixture(scope="session")
def catalogue(goods: Goods, untouched: Path) -> Catalogue:
    async def named() -> Catalogue:
        shop = SampleShop(goods, ShopDatabase(untouched / "shop.sqlite"))
        try:
            return await catalogue_of(shop)
        finally:
            shop.close()

    return anyio.run(named)


@pytest.fixture(scope="session")
def reader(reference: Project, classifier: IntentClassifier, catalogue: Catalogue) -> Reader:
    return Reader(classifier, detector_of(reference), catalogue)


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def mailbox() -> Mailbox:
    return Mailbox()


@pytest.fixture
def shop(goods: Goods, untouched: Path, tmp_path: Path) -> Iterator[SampleShop]:
    shop = SampleShop(goods, ShopDatabase(Path(shutil.copy(untouched / "shop.sqlite", tmp_path / "shop.sqlite"))))
    yield shop
    shop.close()


@pytest.fixture
async def store(untouched: Path, tmp_path: Path) -> AsyncIterator[Database]:
    async with await Database.open(shutil.copy(untouched / "store.sqlite", tmp_path / "store.sqlite")) as database:
        yield database


@pytest.fixture
def arvine(
    reference: Project, reader: Reader, catalogue: Catalogue, knowledge: KnowledgeBase, shop: SampleShop, store: Database, mailbox: Mailbox
) -> House:
    """The reference house with a shop and a store of its own, reading by letters and words alone."""
    numbers = count(1)
    return House(
        project=reference,
        reader=reader,
        speaker=Speaker(reference),
        catalogue=catalogue,
        knowledge=knowledge,
        connectors=(shop,),
        database=store,
        codes=Codes("a secret of these tests", reference.policy.identity),
        deliver_code=mailbox.deliver,
        new_id=lambda kind: f"{kind}_{next(numbers)}",
    )


@pytest.fixture
async def serving(arvine: House, clock: Clock) -> AsyncIterator[Orchestrator]:
    async with Orchestrator.serving(arvine, SETTINGS, clock) as orchestrator:
        yield orchestrator


@pytest.fixture
def visitor(serving: Orchestrator, clock: Clock, mailbox: Mailbox) -> Journey:
    """Somebody the house does not know."""
    return Journey(orchestrator=serving, clock=clock, mailbox=mailbox)


@pytest.fixture
def james(visitor: Journey) -> Journey:
    """James, signed in: A-20459 with a knife and a board to return, A-20139 with a humidifier that is too old."""
    return replace(visitor, customer=JAMES)


@pytest.fixture
def lea(visitor: Journey) -> Journey:
    """Léa, signed in: one delivered order, A-20417, with a kettle and a pan."""
    return replace(visitor, customer=LEA)


@pytest.fixture
async def ordeal(arvine: House, goods: Goods, shop: SampleShop, clock: Clock) -> AsyncIterator[Callable[[], Ordeal]]:
    """A house whose model is a puppet, whose shop is watched, and into whose articles somebody may write."""
    watched, knowledge = WatchedShop(goods, shop.database), TamperedKnowledge(arvine.knowledge)
    review = ReviewHouse(
        detect=detector_of(arvine.project).detect,
        words=words_of,
        links=("/help/",),
        internal=frozenset(arvine.project.tools),
        products=await names_of(shop),
    )
    settings = SETTINGS.model_copy(update={"model_turn_calls": 60, "model_turn_tool_calls": 500, "model_turn_tokens": 10_000_000})
    looks = [tool.name for tool in arvine.project.tools.values() if not tool.effect and tool.name != "suggest_gifts"]
    secrets = await secrets_of(arvine, watched)
    puppet = PuppetModel(Malice(tools=looks, arguments=READS, lies=LIES))
    house = replace(arvine, connectors=(watched,), knowledge=knowledge.as_base(), brain=brain_of(arvine.project, puppet, settings, review))
    async with Orchestrator.serving(house, settings, clock) as orchestrator:

        def begin() -> Ordeal:
            return Ordeal(orchestrator=orchestrator, puppet=puppet, shop=watched, knowledge=knowledge, secrets=secrets)

        yield begin
