"""The prompts of a project: house style, agents, tones, the notes of a turn; Markdown with Jinja variables that are checked at load."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

from orchestrator.errors import Mistake
from orchestrator.project.replies import TemplateSyntaxError, sandbox, variables_of

PROMPT_VARIABLES = frozenset({"company", "agent", "purpose", "region", "channel", "tools", "handoffs"})
"""What every prompt is given: nothing that changes within a conversation, so that providers can cache it."""
TURN, ROUTE, SUMMARY = "turn", "route", "summary"
TURN_VARIABLES = frozenset({"today", "language", "customer", "facts", "cases", "packet", "summary", "looked_up", "passages", "request"})
"""What the template of the turn is given beside; it ends with the customer's message."""


@dataclass(frozen=True, kw_only=True)
class Prompts:
    """The texts by name: `house`, each agent, `tone.<region>`, `turn`, and those of routing and summaries."""

    texts: dict[str, str] = field(default_factory=dict[str, str])


def read_prompts(folder: Path, agents: Iterable[str], mistakes: list[Mistake]) -> Prompts:
    """The prompts of a project; a missing one, a syntax error or an unknown variable is noted."""
    found: dict[str, str] = {}
    for name in ("house", ROUTE, SUMMARY, TURN, *agents):
        path = folder / f"{name}.md"
        if path.exists():
            found[name] = _read(path, mistakes, TURN_VARIABLES if name == TURN else PROMPT_VARIABLES)
        else:
            mistakes.append(Mistake(path=path, line=1, text=f"the prompt of {name!r} is missing. Write it in Markdown"))
    for path in sorted((folder / "tone").glob("*.md")):
        found[f"tone.{path.stem}"] = _read(path, mistakes, PROMPT_VARIABLES)
    return Prompts(texts=found)


def _read(path: Path, mistakes: list[Mistake], provided: frozenset[str]) -> str:
    text = path.read_text(encoding="utf-8")
    try:
        unknown = variables_of(text, sandbox()) - provided
    except TemplateSyntaxError as error:
        mistakes.append(Mistake(path=path, line=error.lineno, text=f"not a valid template: {error.message}"))
        return text
    for name in sorted(unknown):
        line = next((number for number, row in enumerate(text.splitlines(), 1) if name in row), 1)
        remedy = f"Use one of {', '.join(sorted(provided))}"
        mistakes.append(Mistake(path=path, line=line, text=f"uses the variable {name!r}, which nothing provides. {remedy}"))
    return text
