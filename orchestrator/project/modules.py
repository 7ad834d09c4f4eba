"""Loads a project's `agents/*.py` by path, never through `sys.path`: another installed `agents` package does not matter."""

import hashlib
import importlib
import sys
import traceback
from pathlib import Path
from types import ModuleType

from orchestrator.errors import Mistake
from orchestrator.project.agent import Agent


def load_agents(folder: Path, mistakes: list[Mistake]) -> dict[str, tuple[Agent, Path]]:
    """The agents of a project by name (the file's name), each with its file. What cannot be loaded is noted."""
    package = _package(folder)
    found: dict[str, tuple[Agent, Path]] = {}
    for path in sorted(folder.glob("*.py")):
        if path.stem.startswith("_"):
            continue
        module = _load(f"{package}.{path.stem}", path, mistakes)
        if module is None:
            continue
        agent: object = getattr(module, path.stem, None)
        if isinstance(agent, Agent):
            found[path.stem] = (agent, path)
        else:
            mistakes.append(Mistake(path=path, line=1, text=f"defines no agent. Write `{path.stem} = Agent(purpose=…, intents=[…])`"))
    return found


def _package(folder: Path) -> str:
    """A package of our own whose modules are the folder's files, made anew at each load so that edits are seen."""
    name = "filrouge_project_" + hashlib.sha256(str(folder.resolve()).encode()).hexdigest()[:12]
    for loaded in [key for key in sys.modules if key == name or key.startswith(name + ".")]:
        del sys.modules[loaded]
    package = ModuleType(name)
    package.__path__ = [str(folder)]
    sys.modules[name] = package
    importlib.invalidate_caches()
    return name


def _load(name: str, path: Path, mistakes: list[Mistake]) -> ModuleType | None:
    try:
        return importlib.import_module(name)
    except Exception as error:  # noqa: BLE001 a project's file may raise anything; it becomes a mistake with its place
        where, line = _place(error, path)
        mistakes.append(
            Mistake(
                path=where,
                line=line,
                text=f"cannot be loaded: {type(error).__name__}: {error}. Fix the file and run `filrouge check` again",
            )
        )
        return None


def _place(error: Exception, path: Path) -> tuple[Path, int]:
    if isinstance(error, SyntaxError) and error.filename:
        return Path(error.filename), error.lineno or 1
    inside = [frame for frame in traceback.extract_tb(error.__traceback__) if Path(frame.filename).is_relative_to(path.parent)]
    return (Path(inside[-1].filename), inside[-1].lineno or 1) if inside else (path, 1)
