"""Evaluation suites as files: conversations with what is expected of each turn. Read here, run in `evaluation/`."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field

from orchestrator.conversation import Channel, Language
from orchestrator.errors import Mistake
from orchestrator.events import DecisionKind
from orchestrator.project.source import Document, read_yaml, validated


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Expectation(_Strict):
    """What one turn must show. Texts in `says` and `never_says` are looked for without regard to case; `a|b` means either.

    `escalated` is the reason, or `no`; `asks` the slot asked for (`identity`, `confirmation`, `choice` too); `never_asks` slots that
    must not be asked for; `cites` is part of the address of a passage.
    """

    agent: str | None = None
    intent: str | None = None
    decision: DecisionKind | None = None
    language: Language | None = None
    calls: tuple[str, ...] | None = None
    says: tuple[str, ...] = ()
    never_says: tuple[str, ...] = ()
    cites: str | None = None
    asks: str | None = None
    never_asks: tuple[str, ...] = ()
    escalated: str | None = None


class SuiteTurn(_Strict):
    """One customer message, on the case's conversation or on another `conversation` of the same customer."""

    say: str
    conversation: str = "main"
    channel: Channel | None = None
    expect: Expectation = Expectation()


class SuiteCase(_Strict):
    """One situation. `customer` is the e-mail address of a customer who is signed in; none means an anonymous visitor."""

    name: str
    language: Language = "en"
    region: str | None = None
    channel: Channel = "web"
    customer: str | None = None
    turns: tuple[SuiteTurn, ...] = Field(min_length=1)


class SuiteFile(_Strict):
    """One file of cases."""

    cases: tuple[SuiteCase, ...] = Field(min_length=1)


@dataclass(frozen=True, kw_only=True)
class Suite:
    """The cases of one file under its name."""

    name: str
    path: Path
    cases: tuple[SuiteCase, ...]
    document: Document


def read_suite(path: Path, mistakes: list[Mistake]) -> Suite | None:
    """The suite of one file, or None after noting why it cannot be read."""
    document = read_yaml(path, mistakes)
    file = validated(document, SuiteFile, mistakes) if document else None
    if document is None or file is None:
        return None
    return Suite(name=path.stem, path=path, cases=file.cases, document=document)


def check_suite(suite: Suite, known: Mapping[str, frozenset[str]], mistakes: list[Mistake]) -> None:
    """Notes every agent, intent and tool that the suite names and the project does not have."""
    for c, case in enumerate(suite.cases):
        for t, turn in enumerate(case.turns):
            named = {"agent": [turn.expect.agent], "intent": [turn.expect.intent], "tool": list(turn.expect.calls or ())}
            for kind, names in named.items():
                for name in names:
                    if name and name not in known[kind]:
                        text = f"case {case.name!r} expects the {kind} {name!r}, which the project does not have"
                        mistakes.append(suite.document.mistake(text, "cases", c, "turns", t))
