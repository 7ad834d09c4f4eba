"""`filrouge knowledge`: documents from elsewhere made articles, and the articles looked through for what contradicts or repeats itself."""

import json
import sys
from datetime import date
from pathlib import Path
from typing import Annotated, Literal, cast
from urllib.parse import urlsplit

import typer

from orchestrator.assembly import detector_of
from orchestrator.commands.running import checked_project, console, fail
from orchestrator.conversation import LANGUAGES, Language
from orchestrator.project.project import Project
from orchestrator.retrieval.sources import Import, ImportReport, Labels, Limits, Refused, look_through
from orchestrator.retrieval.sources.fetching import Site
from orchestrator.retrieval.sources.importing import Detect, files_of
from orchestrator.retrieval.sources.reading import ENDINGS
from orchestrator.retrieval.sources.sitemap import addresses, live_pages, saved_pages
from orchestrator.runtime import utc_now
from orchestrator.settings import load_settings

app = typer.Typer(no_args_is_help=True, add_completion=False, rich_markup_mode=None)
SURE = 0.8
"""From this probability on, a document's language is taken as detected."""
Json = Annotated[Path | None, typer.Option("--json", help="Also write the report as JSON.")]
ProjectPath = Annotated[Path | None, typer.Option("--project", "-p", help="The project's folder (default: here).")]


@app.command(name="import")
def import_(  # noqa: PLR0913 each parameter is an option of the command
    paths: Annotated[list[Path], typer.Argument(help="HTML, PDF, DOCX, CSV or Markdown files, folders of them, or a sitemap.xml.")],
    project: ProjectPath = None,
    topic: Annotated[str, typer.Option(help="Folder for the articles that name no topic.")] = "imported",
    language: Annotated[str | None, typer.Option(help="en fr de it pt es (default: what the document says, else detected).")] = None,
    region: Annotated[list[str] | None, typer.Option(help="Only for this region; may be repeated.")] = None,
    audience: Annotated[str, typer.Option(help="public or staff.")] = "public",
    authority: Annotated[int, typer.Option(help="The higher is right where articles contradict each other.")] = 0,
    valid_from: Annotated[str | None, typer.Option(help="First day, as 2026-12-31.")] = None,
    valid_until: Annotated[str | None, typer.Option(help="Last day.")] = None,
    saved: Annotated[Path | None, typer.Option(help="Folder with the sitemap's pages; without it they are fetched.")] = None,
    prune: Annotated[bool, typer.Option("--prune", help="Remove earlier articles of these folders whose document is gone.")] = False,
    allow_personal: Annotated[bool, typer.Option("--allow-personal", help="Take documents with personal data too.")] = False,
    allow_private: Annotated[bool, typer.Option("--allow-private", help="Fetch from addresses that are not public too.")] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Report only.")] = False,
    json_file: Json = None,
) -> None:
    """Turn documents into articles of the project; exit 1 when one was refused or withheld."""
    loaded = checked_project(load_settings(), project)
    labels = Labels(
        topic=topic, language=_language(language), regions=_regions(region or [], loaded), audience=_audience(audience),
        authority=authority, valid_from=_day(valid_from), valid_until=_day(valid_until),
    )  # fmt: skip
    run = Import(
        folder=loaded.path / "knowledge",
        labels=labels,
        detect=_detect(loaded),
        today=utc_now().date(),
        personal=allow_personal,
        dry=dry_run,
    )
    report = _run(run, paths, _Pages(saved=saved, private=allow_private), prune=prune)
    library = loaded.library.reread()
    _show(report.with_doubts(look_through(library.articles, tuple(loaded.policy.regions))), json_file)
    sys.exit(bool(report.refused or report.withheld))


@app.command()
def check(project: ProjectPath = None, json_file: Json = None) -> None:
    """Report near-duplicates, contradictions and personal data in the articles; exit 1 when there is any."""
    loaded = checked_project(load_settings(), project)
    report = look_through(loaded.library.articles, tuple(loaded.policy.regions))
    _show(report, json_file)
    sys.exit(bool(report.withheld or report.duplicates or report.conflicts))


class _Pages:
    """Where the pages of a sitemap come from."""

    def __init__(self, *, saved: Path | None, private: bool) -> None:
        self.saved = saved
        self.private = private


def _run(run: Import, paths: list[Path], pages: _Pages, *, prune: bool) -> ImportReport:
    sitemaps = [path for path in paths if path.suffix.lower() in {".xml", ".gz"}]
    folders = [path for path in paths if path not in sitemaps]
    missing = [str(path) for path in paths if not path.exists()]
    if missing:
        fail(f"{', '.join(missing)}: there is no such file. Name files or folders that exist.", 2)
    report = run.run(files_of(folders, run.limits, ENDINGS), prune=tuple(f"{path.name}/" for path in folders if prune and path.is_dir()))
    for path in sitemaps:
        report += _run_sitemap(run, path, pages, prune=prune)
    return report


def _run_sitemap(run: Import, path: Path, pages: _Pages, *, prune: bool) -> ImportReport:
    try:
        places = addresses(run.limits.read(path), run.limits)
    except Refused as error:
        return ImportReport.refusing(path.name, str(error))
    site = urlsplit(places[0])
    gone = (f"{site.scheme}://{site.netloc}/",) if prune else ()
    if pages.saved:
        return run.run(saved_pages(places, pages.saved, run.limits), prune=gone)
    with Site(site.netloc, Limits(), private=pages.private) as fetching:
        return run.run(live_pages(places, fetching.fetch), prune=gone)


def _show(report: ImportReport, json_file: Path | None) -> None:
    for line in report.as_lines():
        console.print(line, markup=False, highlight=False, soft_wrap=True)
    if json_file:
        json_file.write_text(json.dumps(report.as_dict(), ensure_ascii=False, indent=1), encoding="utf-8")


def _detect(project: Project) -> Detect:
    detector = detector_of(project)

    def detect(text: str) -> Language | None:
        guess = detector.detect(text, None)
        return guess.language if guess.confidence >= SURE and guess.language in project.languages else None

    return detect


def _language(name: str | None) -> Language | None:
    if name is None:
        return None
    found: Language | None = next((known for known in LANGUAGES if known == name), None)
    return found or fail(f"--language {name!r}: choose one of {', '.join(LANGUAGES)}.", 2)


def _audience(name: str) -> Literal["public", "staff"]:
    if name not in {"public", "staff"}:
        fail(f"--audience {name!r}: choose public or staff.", 2)
    return cast("Literal['public', 'staff']", name)


def _regions(names: list[str], project: Project) -> tuple[str, ...]:
    unknown = [name for name in names if name not in project.policy.regions]
    if unknown:
        fail(f"--region {unknown[0]!r}: the policy knows {', '.join(project.policy.regions)}.", 2)
    return tuple(names)


def _day(text: str | None) -> date | None:
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        fail(f"{text!r} is no day. Write it as 2026-12-31.", 2)
