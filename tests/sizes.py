"""The size limits of the house: modules of at most 300 lines, functions of at most 40 (complexity and parameters are ruff's).

Run with `python -m tests.sizes`; prints what is too long and exits 1.
"""

import ast
import sys
from collections.abc import Iterator
from pathlib import Path

MODULE_LINES = 300
FUNCTION_LINES = 40
ROOT = Path(__file__).parents[1]
INSTALLED = frozenset({".venv", "node_modules"})
"""Folders of installs, which hold no code of ours."""
FOLDERS = ("orchestrator", "agents", "tests", "bench", "tools")


def too_long(path: Path) -> Iterator[str]:
    """What is too long in one file, one line each."""
    source = path.read_text(encoding="utf-8")
    count = source.count("\n")
    name = path.relative_to(ROOT)
    if count > MODULE_LINES:
        yield f"{name}:1: {count} lines. A module has at most {MODULE_LINES}: split it by noun"
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            length = (node.end_lineno or node.lineno) - node.lineno + 1
            if length > FUNCTION_LINES:
                yield f"{name}:{node.lineno}: {node.name} has {length} lines. A function has at most {FUNCTION_LINES}"


def main() -> int:
    """Prints every excess."""
    paths = [path for folder in FOLDERS for path in sorted((ROOT / folder).rglob("*.py"))]
    files = [path for path in paths if INSTALLED.isdisjoint(path.relative_to(ROOT).parts)]
    found = [line for path in files for line in too_long(path)]
    for line in found:
        print(line)  # noqa: T201 this is its output
    return int(bool(found))


if __name__ == "__main__":
    sys.exit(main())
