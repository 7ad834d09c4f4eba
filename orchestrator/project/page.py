"""What the chat page says of a project: names of agents and suggestions for newcomers, from the optional `prompts/page.yaml`."""

from collections.abc import Collection
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field

from orchestrator.conversation import Language
from orchestrator.errors import Mistake
from orchestrator.project.source import read_yaml, validated


class Suggestion(BaseModel):
    """Something a newcomer may try: what the button says, and what is sent."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    title: str
    text: str


class PageTexts(BaseModel):
    """Agent names and suggestions by language; the page falls back to the agents' own names and no suggestions."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    agents: dict[str, dict[Language, str]] = Field(default_factory=dict[str, dict[Language, str]])
    suggestions: dict[Language, tuple[Suggestion, ...]] = Field(default_factory=dict[Language, tuple[Suggestion, ...]])


def read_page(path: Path, agents: Collection[str], mistakes: list[Mistake]) -> PageTexts:
    """The page's texts; an agent that the project does not have is noted."""
    document = read_yaml(path, mistakes) if path.exists() else None
    texts = validated(document, PageTexts, mistakes) if document else None
    if document is None or texts is None:
        return PageTexts()
    for name in texts.agents.keys() - set(agents):
        mistakes.append(document.mistake(f"names the agent {name!r}, which the project does not have", "agents", name))
    return texts
