"""What all commands share: errors as one clear line, a checked project, progress on long work."""

import sys
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import NoReturn

from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

from orchestrator.assembly import Progress as Report
from orchestrator.errors import OrchestratorError, ProjectError
from orchestrator.project.project import Project
from orchestrator.settings import Settings

console = Console()
errors = Console(stderr=True)


class Failing:
    """Turns the engine's own errors into text and an exit code: 2 for content, 1 for the rest."""

    def __enter__(self) -> None:
        """Begins to watch."""

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        """Prints what was wrong, without a traceback."""
        if isinstance(error, ProjectError):
            fail("\n".join(str(mistake) for mistake in error.mistakes) + f"\n{len(error.mistakes)} to mend", 2)
        if isinstance(error, OrchestratorError):
            fail(str(error), 1)


def fail(text: str, code: int) -> NoReturn:
    """Prints to standard error and ends the process."""
    errors.print(text, markup=False, highlight=False, soft_wrap=True)
    sys.exit(code)


def checked_project(settings: Settings, path: Path | None = None, *, report: bool = False) -> Project:
    """The project at `path`, or at the settings' place.

    Raises:
        ProjectError: It cannot be used; carries all mistakes.
    """
    project = Project.load(path or settings.project)
    if report:
        parts = {
            "agents": project.agents,
            "intents": project.intents,
            "tools": project.tools,
            "articles": project.library.articles,
            "suites": project.suites,
            "languages": project.languages,
        }
        counts = ", ".join(f"{len(found)} {name}" for name, found in parts.items())
        console.print(f"{project.path}: no mistakes. {counts}.", highlight=False)
    return project


@contextmanager
def progress(title: str) -> Generator[Report, None, None]:
    """A progress bar for work that reports `(done 0..1, what)`; nothing is shown when there is nothing to do."""
    columns = (TextColumn("{task.description}"), BarColumn(), TextColumn("{task.percentage:>3.0f} %"), TimeElapsedColumn())
    with Progress(*columns, console=errors, transient=True) as bar:
        task = bar.add_task(title, total=1.0, visible=False)

        def report(done: float, what: str) -> None:
            bar.update(task, completed=done, description=f"{title}: {what}" if what else title, visible=True)

        yield report
