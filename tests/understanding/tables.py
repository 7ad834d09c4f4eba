"""Reads the tables of wordings next door: one case a line, cells between bars."""

from pathlib import Path
from typing import cast

from orchestrator.conversation import Language

_FOLDER = Path(__file__).parent / "tables"


def lines(name: str) -> list[str]:
    """The lines of a table that is one column, blanks kept."""
    return [line for line in (_FOLDER / f"{name}.txt").read_text(encoding="utf-8").splitlines() if line and not line.startswith("# ")]


def rows(name: str) -> list[list[str]]:
    """The rows of a table, each cell stripped."""
    return [[cell.strip() for cell in line.split("|")] for line in lines(name)]


def language(code: str) -> Language:
    """A cell as a language."""
    return cast(Language, code)


def items(cell: str) -> set[str]:
    """A cell of names between commas."""
    return {item for item in cell.split(",") if item and item != "-"}
