"""Rows of evaluation files, read strictly: a mistake names file and line."""

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import cast

from orchestrator.errors import Mistake, ProjectError

Row = Mapping[str, object]


def mistake(path: Path, line: int, text: str) -> ProjectError:
    """The error for one wrong line."""
    return ProjectError([Mistake(path=path, line=line, text=text)])


def read_rows(path: Path) -> Iterator[tuple[int, Row]]:
    """Line number and object of each line that is not blank.

    Raises:
        ProjectError: The file can't be read, isn't UTF-8, or a line is no JSON object.
    """
    try:
        lines = path.read_text("utf-8-sig").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise mistake(path, 1, f"cannot be read: {error}. Give a UTF-8 file of JSON lines.") from error
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        try:
            row: object = json.loads(line)
        except ValueError as error:
            raise mistake(path, number, f"not JSON: {error}. Write one JSON object per line.") from error
        if not isinstance(row, dict):
            raise mistake(path, number, f"{line[:60]!r} is not an object. Write one JSON object per line.")
        yield number, cast("Row", row)


def text_of(path: Path, line: int, row: Row, *names: str) -> str:
    """The first of the named fields that is there, which must be a text and not blank."""
    for name in names:
        if name in row:
            found = row[name]
            if isinstance(found, str) and found.strip():
                return found
            raise mistake(path, line, f"{name} is {found!r}. Write a text that is not empty.")
    raise mistake(path, line, f"no field {' or '.join(repr(name) for name in names)}. It has {sorted(row)!r}.")
