"""`filrouge eval`: the reference suites, and three measuring commands that take any data in JSON lines."""

import json
import sys
import tempfile
from collections.abc import AsyncGenerator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Annotated, Protocol

import anyio
import jwt
import typer

from orchestrator.assembly import catalogue_of, detector_of, encoder_for, knowledge_encoders, new_id, open_classifier, open_house
from orchestrator.commands.chat import show_code
from orchestrator.commands.running import checked_project, console, progress
from orchestrator.connectors.sample import open_sample_shop
from orchestrator.errors import Mistake, ProjectError
from orchestrator.evaluation import report as reporting
from orchestrator.evaluation.intents import IntentFiles, measure_files
from orchestrator.evaluation.retrieval import load_docs, load_qrels, load_queries, measure_retrieval
from orchestrator.evaluation.routing import load_routed, measure_routing
from orchestrator.evaluation.suite import CaseResult, run_suites
from orchestrator.graph.context import House
from orchestrator.project.project import Project
from orchestrator.project.suites import Suite, read_suite
from orchestrator.retrieval import Document, index_documents
from orchestrator.runtime import Orchestrator, utc_now
from orchestrator.settings import Settings, load_settings
from orchestrator.store import Database
from orchestrator.understanding.reader import Reader

app = typer.Typer(no_args_is_help=True, add_completion=False, rich_markup_mode=None)
Json = Annotated[Path | None, typer.Option("--json", help="Also write the report as JSON.")]
ProjectPath = Annotated[Path | None, typer.Option("--project", "-p", help="The project's folder (default: here).")]


class Report(Protocol):
    """What a measurement returns."""

    def as_rows(self) -> list[tuple[str, str]]:
        """Lines of a table."""
        ...

    def as_dict(self) -> object:
        """JSON values."""
        ...


@app.command()
def run(
    files: Annotated[list[Path] | None, typer.Argument(help="Suites (default: all of evals/).")] = None,
    project: ProjectPath = None,
    json_file: Json = None,
    junit: Annotated[Path | None, typer.Option("--junit", help="Also write JUnit XML.")] = None,
) -> None:
    """Run suites of conversations; exit 1 when an expectation is missed."""
    settings = load_settings()
    loaded = checked_project(settings, project)
    results = anyio.run(_run, loaded, _suites(loaded, files or []), settings)
    console.print(reporting.table(results))
    for text in reporting.failures(results):
        console.print("\n" + text, markup=False, highlight=False)
    if json_file:
        json_file.write_text(json.dumps(reporting.as_dict(results), ensure_ascii=False, indent=1), encoding="utf-8")
    if junit:
        reporting.write_junit(results, junit)
    sys.exit(any(not result.passed for result in results))


@app.command()
def intents(  # noqa: PLR0913 each parameter is an option of the command
    train: Annotated[Path, typer.Option(help='Rows {"text", "intent"} to learn from.')],
    test: Annotated[Path | None, typer.Option(help="Rows to test on; without it, cross-validation on --train.")] = None,
    oos_train: Annotated[Path | None, typer.Option("--oos-train", help="Out-of-scope rows to learn from.")] = None,
    oos_test: Annotated[Path | None, typer.Option("--oos-test", help="Out-of-scope rows to test on.")] = None,
    folds: Annotated[int, typer.Option(min=2, help="Folds of the cross-validation.")] = 5,
    json_file: Json = None,
) -> None:
    """Measure intent detection: accuracy, rejection, calibration, conformal coverage, speed."""
    files = IntentFiles(train=train, test=test, oos_train=oos_train, oos_test=oos_test)
    with progress("Training") as told:
        found = measure_files(files, encoder=encoder_for(load_settings()), folds=folds, progress=told)
    _show(found, json_file)


@app.command()
def routing(
    file: Annotated[Path, typer.Argument(help='Rows {"text", "team"}.')], project: ProjectPath = None, json_file: Json = None
) -> None:
    """Measure which team the project's supervisor gives messages to."""
    settings = load_settings()
    loaded = checked_project(settings, project)
    rows = load_routed(file)
    _show(measure_routing(rows, anyio.run(_reader, loaded, settings), loaded, utc_now()), json_file)


@app.command()
def retrieval(
    docs: Annotated[Path, typer.Option(help='Rows {"id", "title", "text"}.')],
    queries: Annotated[Path, typer.Option(help='Rows {"id", "text"}.')],
    qrels: Annotated[Path, typer.Option(help="TSV: query id, document id, relevance.")],
    language: Annotated[str, typer.Option(help="Language of the documents.")] = "en",
    json_file: Json = None,
) -> None:
    """Measure how well the knowledge base finds documents."""
    settings = load_settings()
    documents = [Document(id=row.id, title=row.question, text=row.text) for row in load_docs(docs)]
    asked, judged = load_queries(queries), load_qrels(qrels)
    with (
        progress("Indexing") as told,
        index_documents(documents, encoder=knowledge_encoders(settings).search, language=language, progress=told) as index,
    ):
        found = measure_retrieval(lambda query, limit: [name for name, _ in index.search(query, limit)], asked, judged)
    _show(found, json_file)


def host_token(email: str, settings: Settings) -> str:
    """A token as the host site would sign it for a signed-in customer."""
    now = utc_now()
    claims = {"sub": email, "email": email, "iat": now, "exp": now + timedelta(minutes=30), "aud": settings.token_audience}
    return jwt.encode(claims, settings.token_key, algorithm="HS256")


def _show(found: Report, json_file: Path | None) -> None:
    for name, value in found.as_rows():
        console.print(f"{name:<48}{value}", markup=False, highlight=False)
    if json_file:
        json_file.write_text(json.dumps(found.as_dict(), ensure_ascii=False, indent=1), encoding="utf-8")


def _suites(project: Project, files: list[Path]) -> tuple[Suite, ...]:
    if not files:
        return project.suites
    mistakes: list[Mistake] = []
    suites = [suite for file in files if (suite := read_suite(file, mistakes))]
    if mistakes:
        raise ProjectError(mistakes)
    return tuple(suites)


async def _run(project: Project, suites: tuple[Suite, ...], settings: Settings) -> list[CaseResult]:
    """Runs on fresh data, with the models and the index of the data directory."""
    own = settings.model_copy(update={"token_key": "the host site of the evaluation signs with this", "token_algorithm": "HS256"})
    total = sum(len(suite.cases) for suite in suites)
    with tempfile.TemporaryDirectory() as folder:
        async with AsyncExitStack() as stack:
            with progress("Preparing") as told:
                opening = open_house(project, own, now=utc_now(), deliver_code=show_code, progress=told)
                house = await stack.enter_async_context(opening)
            with progress("Suites") as told:
                count = 0

                def heard(result: CaseResult) -> None:
                    nonlocal count
                    count += 1
                    told(count / max(total, 1), result.name)

                return await run_suites(suites, lambda: staged(house, own, Path(folder)), lambda email: host_token(email, own), heard)


@asynccontextmanager
async def staged(house: House, settings: Settings, folder: Path) -> AsyncGenerator[Orchestrator, None]:
    """The house with a shop and a database of its own."""
    place = folder / new_id("case")
    place.mkdir()
    shop = await open_sample_shop(place / "shop.sqlite", agents=house.project.path / "agents", now=utc_now())
    try:
        async with await Database.open(place / "filrouge.sqlite") as database:
            own = replace(house, connectors=(shop,), database=database)
            async with Orchestrator.serving(own, settings, utc_now) as orchestrator:
                yield orchestrator
    finally:
        shop.close()


async def _reader(project: Project, settings: Settings) -> Reader:
    settings.data_dir.mkdir(parents=True, exist_ok=True)
    with progress("Training") as told:
        classifier = open_classifier(project, settings, told)
    shop = await open_sample_shop(settings.data_dir / "shop.sqlite", agents=project.path / "agents", now=utc_now())
    try:
        return Reader(classifier, detector_of(project), await catalogue_of(shop))
    finally:
        shop.close()
