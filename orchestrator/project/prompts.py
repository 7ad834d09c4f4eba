"""The prompts of a project: house style, one per agent, tone per region; Markdown with Jinja variables that are checked at load."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

from orchestrator.errors import Mistake
from orchestrator.project.replies import TemplateSyntaxError, sandbox, variables_of

PROMPT_VARIABLES = frozenset({"company", "agent", "purpose", "language", "region", "channel", "today", "customer", "tools", "handoffs"})
"""What context assembly provides to every prompt."""


@dataclass(frozen=True, kw_only=True)
class Prompts:
    """The texts by name: `house`, each agent, and `tone.<region>`."""

    texts: dict[str, str] = field(default_factory=dict[str, str])


def read_prompts(folder: Path, agents: Iterable[str], mistakes: list[Mistake]) -> Prompts:
    """The prompts of a project; a missing one, a syntax error or an unknown variable is noted."""
    found: dict[str, str] = {}
    for name in ("house", *agents):
        path = folder / f"{name}.md"
        if path.exists():
            found[name] = _read(path, mistakes)
        else:
            mistakes.append(Mistake(path=path, line=1, text=f"the prompt of {name!r} is missing. Write it in Markdown"))
    for path in sorted((folder / "tone").glob("*.md")):
        found[f"tone.{path.stem}"] = _read(path, mistakes)
    return Prompts(texts=found)


def _read(path: Path, mistakes: list[Mistake]) -> str:
    text = path.read_text(encoding="utf-8")
    try:
        unknown = variables_of(text, sandbox()) - PROMPT_VARIABLES
    except TemplateSyntaxError as error:
        mistakes.append(Mistake(path=path, line=error.lineno, text=f"not a valid template: {error.message}"))
        return text
    for name in sorted(unknown):
        line = next((number for number, row in enumerate(text.splitlines(), 1) if name in row), 1)
        remedy = f"Use one of {', '.join(sorted(PROMPT_VARIABLES))}"
        mistakes.append(Mistake(path=path, line=line, text=f"uses the variable {name!r}, which nothing provides. {remedy}"))
    return text
