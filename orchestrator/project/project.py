"""A project, loaded and checked: who answers, what they know, how they speak, how we know."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from orchestrator.conversation import LANGUAGES, Language
from orchestrator.errors import Mistake, ProjectError
from orchestrator.project import check
from orchestrator.project.agent import Agent, Intent
from orchestrator.project.articles import Library, read_articles
from orchestrator.project.examples import HUMAN, IntentTexts, read_intents, read_out_of_scope
from orchestrator.project.modules import load_agents
from orchestrator.project.page import PageTexts, read_page
from orchestrator.project.policy import Policy
from orchestrator.project.prompts import Prompts, read_prompts
from orchestrator.project.replies import Replies, read_replies
from orchestrator.project.source import mapping, read_yaml, validated
from orchestrator.project.suites import Suite, check_suite, read_suite
from orchestrator.project.tool import Tool

FOLDERS = ("agents", "knowledge", "prompts", "evals")


@dataclass(frozen=True, kw_only=True)
class Project:
    """Everything a deployment's four folders say. Use `Project.load`."""

    path: Path
    policy: Policy
    agents: Mapping[str, Agent]
    intents: Mapping[str, IntentTexts]
    out_of_scope: tuple[str, ...]
    replies: Mapping[Language, Replies]
    prompts: Prompts
    page: PageTexts
    library: Library
    suites: tuple[Suite, ...]

    @classmethod
    def load(cls, path: Path) -> "Project":
        """Loads and cross-checks the project at `path`.

        Raises:
            ProjectError: Something in it is wrong; carries all mistakes at once.
        """
        mistakes: list[Mistake] = []
        for folder in FOLDERS:
            if not (path / folder).is_dir():
                mistakes.append(
                    Mistake(path=path / folder, line=1, text=f"the folder {folder}/ is missing. Start from `filrouge init DIR`")
                )
        policy = _read_policy(path, mistakes)
        if policy is None:
            raise ProjectError(mistakes)
        project = _read(path, policy, mistakes)
        if mistakes:
            raise ProjectError(mistakes)
        return project

    @cached_property
    def tools(self) -> Mapping[str, Tool]:
        """Every tool by name."""
        return check.tools_of({name: (agent, self.path) for name, agent in self.agents.items()})

    @cached_property
    def owners(self) -> Mapping[str, str]:
        """The agent of each intent; `HUMAN` for those that a person answers."""
        owned = {intent.name: name for name, agent in self.agents.items() for intent in agent.intents}
        return owned | {name: HUMAN for name, texts in self.intents.items() if texts.agent == HUMAN}

    def intent(self, name: str) -> Intent:
        """The intent of that name (KeyError when there is none)."""
        for agent in self.agents.values():
            for intent in agent.intents:
                if intent.name == name:
                    return intent
        raise KeyError(name)

    def label(self, intent: str, language: Language) -> str:
        """What a customer calls the intent."""
        labels = self.intents[intent].label
        return labels.get(language) or labels.get(self.policy.company.default_language) or intent

    @cached_property
    def languages(self) -> tuple[Language, ...]:
        """The languages the project speaks, in the engine's order."""
        return tuple(language for language in LANGUAGES if language in self.replies)

    def fingerprint(self) -> str:
        """A hash of the folders' files, to tell two versions of a project apart."""
        digest = hashlib.sha256()
        for folder in FOLDERS:
            for file in sorted((self.path / folder).rglob("*")):
                if file.is_file() and "__pycache__" not in file.parts:
                    digest.update(str(file.relative_to(self.path)).encode() + b"\0" + file.read_bytes() + b"\0")
        return digest.hexdigest()


def _read_policy(path: Path, mistakes: list[Mistake]) -> Policy | None:
    document = read_yaml(path / "agents" / "policy.yaml", mistakes)
    return validated(document, Policy, mistakes) if document else None


def _read(path: Path, policy: Policy, mistakes: list[Mistake]) -> Project:
    agents = load_agents(path / "agents", mistakes)
    if mistakes:  # what names an agent that cannot be loaded would only repeat it
        raise ProjectError(mistakes)
    intents: dict[str, tuple[IntentTexts, int]] = {}
    for name in agents:
        intents |= read_intents(path / "agents" / "intents" / f"{name}.yaml", name, mistakes)
    intents |= _read_human_intents(path, mistakes)
    library = read_articles(path / "knowledge", policy, _read_words(path, mistakes))
    mistakes.extend(library.mistakes)
    replies = _read_replies(path, policy, check.tools_of(agents), mistakes)
    check.check_agents(agents, intents, library.topics, mistakes)
    check.check_intents(intents, agents, path / "agents" / "intents", mistakes)
    check.check_tools(check.tools_of(agents), mistakes)
    return Project(
        path=path,
        policy=policy,
        agents={name: agent for name, (agent, _) in agents.items()},
        intents={name: texts for name, (texts, _) in intents.items()},
        out_of_scope=read_out_of_scope(path / "agents" / "intents" / "out_of_scope.yaml", mistakes),
        replies=replies,
        prompts=read_prompts(path / "prompts", agents, mistakes),
        page=read_page(path / "prompts" / "page.yaml", agents, mistakes),
        library=library,
        suites=_read_suites(path, agents, mistakes),
    )


def _read_human_intents(path: Path, mistakes: list[Mistake]) -> dict[str, tuple[IntentTexts, int]]:
    """Intents that no agent answers because a person does: the optional `agents/intents/human.yaml`."""
    file = path / "agents" / "intents" / f"{HUMAN}.yaml"
    return read_intents(file, HUMAN, mistakes) if file.exists() else {}


def _read_words(path: Path, mistakes: list[Mistake]) -> dict[str, dict[str, str]]:
    """How values of the policy are called, from the optional `agents/words.yaml` (`section: {value: {language: name}}`)."""
    file = path / "agents" / "words.yaml"
    document = read_yaml(file, mistakes) if file.exists() else None
    sections = mapping(document.value).values() if document else ()
    named = {name: mapping(by_language) for section in sections for name, by_language in mapping(section).items()}
    return {name: {language: str(text) for language, text in by_language.items()} for name, by_language in named.items()}


def _read_replies(path: Path, policy: Policy, tools: Mapping[str, Tool], mistakes: list[Mistake]) -> dict[Language, Replies]:
    expected = check.expected_replies(tools)
    found: dict[Language, Replies] = {}
    for language in policy.company.languages:
        replies = read_replies(path / "prompts" / "replies" / f"{language}.yaml", language, mistakes)
        if replies is not None:
            check.check_replies(replies, expected, mistakes)
            found[language] = replies
    return found


def _read_suites(path: Path, agents: Mapping[str, check.Placed], mistakes: list[Mistake]) -> tuple[Suite, ...]:
    known = {
        "agent": frozenset(agents),
        "intent": frozenset(intent.name for agent, _ in agents.values() for intent in agent.intents),
        "tool": frozenset(check.tools_of(agents)),
    }
    suites: list[Suite] = []
    for file in sorted((path / "evals").glob("*.yaml")):
        suite = read_suite(file, mistakes)
        if suite is not None:
            check_suite(suite, known, mistakes)
            suites.append(suite)
    return tuple(suites)
