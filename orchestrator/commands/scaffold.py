"""`filrouge init`: copies the reference project, whose four folders are everyone's starting point."""

import shutil
from pathlib import Path

from orchestrator.commands.running import console, fail
from orchestrator.project.project import FOLDERS

PACKAGED = Path(__file__).parents[1] / "reference"
CHECKOUT = Path(__file__).parents[2]


def reference_project() -> Path:
    """Where the reference project is: inside the installed package, or beside it in a checkout."""
    return PACKAGED if PACKAGED.is_dir() else CHECKOUT


def write(directory: Path) -> None:
    """Writes the four folders into a new or empty folder; refuses to touch anything that exists."""
    if directory.exists() and any((directory / folder).exists() for folder in FOLDERS):
        fail(f"{directory} already holds a project. Choose a new folder", 1)
    directory.mkdir(parents=True, exist_ok=True)
    for folder in FOLDERS:
        shutil.copytree(reference_project() / folder, directory / folder, ignore=shutil.ignore_patterns("__pycache__", "*.pyc"))
    console.print(f"A project is in {directory}. Next:\n  cd {directory}\n  filrouge check\n  filrouge serve", highlight=False)
