"""Opens everything a house needs, in the order in which one part needs another, and closes it again."""

import secrets
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import datetime
from pathlib import Path

import anyio

from orchestrator.connectors.commerce import Catalogue as GoodsCatalogue
from orchestrator.connectors.sample import open_sample_shop
from orchestrator.conversation import Language
from orchestrator.dialogue.speaker import Speaker
from orchestrator.encoders import Encoder, load_first
from orchestrator.governance.review import House as ReviewHouse
from orchestrator.governance.review import prepare
from orchestrator.graph.brain import TRANSFER, Brain, kits_of
from orchestrator.graph.context import House
from orchestrator.memory.codes import Codes
from orchestrator.models import ChatModel, Prices, limits_of, open_models
from orchestrator.project.project import Project
from orchestrator.retrieval import Blend, Encoders, KnowledgeBase
from orchestrator.retrieval.words import words_of
from orchestrator.settings import Settings
from orchestrator.store import Database
from orchestrator.understanding.cache import train_or_load
from orchestrator.understanding.classifier import IntentClassifier
from orchestrator.understanding.entities import Catalogue, CatalogueEntry
from orchestrator.understanding.language import LanguageDetector
from orchestrator.understanding.reader import Reader
from orchestrator.understanding.training import Example

CHECK_SECONDS = 20.0
"""How long the start waits for models to show how they take tools; a model that is slower is asked when it is first needed."""
Progress = Callable[[float, str], None]
DeliverCode = Callable[[str, str], Awaitable[None]]


@asynccontextmanager
async def open_house(
    project: Project, settings: Settings, *, now: datetime, deliver_code: DeliverCode, progress: Progress | None = None
) -> AsyncGenerator[House, None]:
    """The house of a project: trained reader, indexed knowledge, open database and shop.

    The first time it trains and indexes (up to a minute); afterwards it loads what the data directory holds.
    """
    settings.data_dir.mkdir(parents=True, exist_ok=True)
    async with AsyncExitStack() as stack:
        classifier = open_classifier(project, settings, progress)
        shop = await open_sample_shop(settings.data_dir / "shop.sqlite", agents=project.path / "agents", now=now)
        stack.callback(shop.close)
        knowledge = open_knowledge(project, settings, progress)
        stack.callback(knowledge.close)
        database = await stack.enter_async_context(await Database.open(settings.data_dir / "filrouge.sqlite"))
        catalogue = await catalogue_of(shop)
        detector = detector_of(project)
        reader = Reader(classifier, detector, catalogue)
        reader.warm(now)
        brain = await stack.enter_async_context(open_brain(project, settings, detector, shop))
        yield House(
            project=project,
            reader=reader,
            speaker=Speaker(project),
            catalogue=catalogue,
            knowledge=knowledge,
            connectors=(shop,),
            database=database,
            codes=Codes(settings.secret or stored_secret(settings.data_dir), project.policy.identity),
            deliver_code=deliver_code,
            new_id=new_id,
            brain=brain,
        )


@asynccontextmanager
async def open_brain(
    project: Project, settings: Settings, detector: LanguageDetector, shop: GoodsCatalogue
) -> AsyncGenerator[Brain | None, None]:
    """The language-model brain, if the settings name a model; each endpoint is asked once how it takes tools."""
    async with open_models(settings) as models:
        if models is None:
            yield None
            return
        prepare(project.languages)
        review = ReviewHouse(
            detect=detector.detect,
            words=words_of,
            links=("/help/", *((settings.public_url.rstrip("/") + "/",) if settings.public_url else ())),
            internal=frozenset({*(name for name in project.tools if "_" in name), *(TRANSFER + name for name in project.agents)}),
            products=await names_of(shop),
        )
        with anyio.move_on_after(CHECK_SECONDS):
            await models.decide()
        yield brain_of(project, models, settings, review)


def brain_of(project: Project, model: ChatModel, settings: Settings, review: ReviewHouse) -> Brain:
    """The language-model brain of a project."""
    return Brain(model=model, kits=kits_of(project), review=review, limits=limits_of(settings), prices=Prices.read(settings.model_prices))


async def names_of(shop: GoodsCatalogue) -> dict[str, tuple[str, ...]]:
    """What each product is called, in all languages."""
    return {product.id: tuple(product.names.values()) for product in (await shop.products()).values()}


def open_classifier(project: Project, settings: Settings, progress: Progress | None = None) -> IntentClassifier:
    """The intent classifier of a project, trained or from the cache of the data directory."""
    examples = [
        Example(text=text, intent=intent.name) for intent in project.intents.values() for rows in intent.examples.values() for text in rows
    ]
    encoder = encoder_for(settings)
    models = settings.data_dir / "models"
    return train_or_load(examples, encoder=encoder, directory=models, out_of_scope=project.out_of_scope, progress=progress)


def encoder_for(settings: Settings) -> Encoder | None:
    """The encoder of understanding: ours, else the plain one; None means letters and words alone."""
    return None if settings.encoder == "none" else load_first("tuned", "use", data_dir=settings.data_dir)


def open_knowledge(project: Project, settings: Settings, progress: Progress | None = None) -> KnowledgeBase:
    """The knowledge base of a project; only what changed since the last time is encoded."""
    directory = settings.data_dir / "knowledge"
    return KnowledgeBase.open(
        project.library, project.policy, encoders=knowledge_encoders(settings), directory=directory, progress=progress
    )


def knowledge_encoders(settings: Settings) -> Encoders:
    """The encoders of retrieval: e5 where it runs, else the Universal Sentence Encoder, else words alone; or the endpoint's, if so set."""
    use = None if settings.encoder == "none" else load_first("use", data_dir=settings.data_dir)
    if settings.encoder.startswith("openai:"):
        from orchestrator.encoders.openai import OpenAIEncoder

        model = settings.encoder.removeprefix("openai:")
        return Encoders(search=OpenAIEncoder(model, base_url=settings.openai_base_url, key=settings.openai_api_key), sentences=use)
    e5 = load_first("e5", data_dir=settings.data_dir) if settings.encoder == "use+e5" else None
    if use and e5:
        return Encoders(search=e5, across=Blend((use, 0.5), (e5, 0.5)), sentences=use)
    return Encoders(search=use, sentences=use)


def detector_of(project: Project) -> LanguageDetector:
    """The language detector, taught by the project's own examples too."""
    rows: dict[Language, list[str]] = {
        language: [text for intent in project.intents.values() for text in intent.examples.get(language, ())]
        for language in project.languages
    }
    return LanguageDetector.trained(rows)


async def catalogue_of(shop: GoodsCatalogue) -> Catalogue:
    """The shop's products and categories as names that can be found in a message."""
    products = [
        CatalogueEntry(
            id=product.id, kind="product", names={language: (name,) for language, name in product.names.items()}, category=product.category
        )
        for product in (await shop.products()).values()
    ]
    categories = [
        CatalogueEntry(
            id=category.id,
            kind="category",
            names={language: (name, *category.aliases.get(language, ())) for language, name in category.names.items()},
        )
        for category in (await shop.categories()).values()
    ]
    return Catalogue([*products, *categories])


def stored_secret(directory: Path) -> str:
    """The data directory's own secret, made on first use; only its owner may read it."""
    path = directory / "secret"
    if not path.exists():
        path.touch(mode=0o600)
        path.write_text(secrets.token_urlsafe(48), encoding="utf-8")
    return path.read_text(encoding="utf-8").strip()


def new_id(kind: str) -> str:
    """A new id that cannot be guessed: the kind's first letters and 128 random bits."""
    return f"{kind[:4]}_{secrets.token_hex(16)}"
