"""Cross-checks of a project: every name that one file uses must exist in another. Each function notes mistakes and returns nothing."""

import dataclasses
import difflib
import typing
from collections.abc import Collection, Iterable, Iterator, Mapping
from pathlib import Path

from orchestrator.errors import Mistake
from orchestrator.project.agent import Agent, Intent
from orchestrator.project.examples import IntentTexts
from orchestrator.project.replies import COMMON_VARIABLES, ENGINE_REPLIES, FILTERS, Replies, TemplateSyntaxError, sandbox, variables_of
from orchestrator.project.tool import Tool

SHOWN = 12
"""Names listed in a remedy at most."""
Placed = tuple[Agent, Path]


def did_you_mean(name: str, known: Iterable[str]) -> str:
    """A remedy: the nearest known name, or the first of them."""
    names = sorted(known)
    near = difflib.get_close_matches(name, names, n=1)
    if near:
        return f"Did you mean {near[0]!r}?"
    return f"Known: {', '.join(names[:SHOWN]) or 'none'}{' …' if len(names) > SHOWN else ''}"


def line_of(path: Path, word: str) -> int:
    """The first line that holds the word in quotes, or 1."""
    rows = path.read_text(encoding="utf-8", errors="replace").splitlines() if path.exists() else []
    return next((number for number, row in enumerate(rows, 1) if f'"{word}"' in row or f"'{word}'" in row), 1)


def tools_of(agents: Mapping[str, Placed]) -> dict[str, Tool]:
    """Every tool that any agent uses, by name."""
    tools: dict[str, Tool] = {}
    for agent, _ in agents.values():
        for tool in (*[intent.action for intent in agent.intents if intent.action], *agent.tools):
            tools[tool.name] = tool
    return tools


def check_agents(
    agents: Mapping[str, Placed], intents: Mapping[str, tuple[IntentTexts, int]], topics: frozenset[str], mistakes: list[Mistake]
) -> None:
    """Handoffs, intents without examples, intents that nothing answers, topics without articles."""
    seen: dict[str, str] = {}
    for name, (agent, path) in agents.items():

        def note(text: str, word: str, path: Path = path) -> None:
            mistakes.append(Mistake(path=path, line=line_of(path, word), text=text))

        for target in agent.handoffs:
            if target not in agents:
                note(f"agent {name!r} hands off to {target!r}. {did_you_mean(target, agents.keys() - {name})}", target)
        for intent in agent.intents:
            if intent.name in seen:
                note(f"intent {intent.name!r} belongs to {seen[intent.name]!r} already. An intent has one agent", intent.name)
            seen[intent.name] = name
            if intent.name not in intents:
                note(f"intent {intent.name!r} has no examples. Write them in agents/intents/{name}.yaml", intent.name)
            for word, text in _unanswered(intent, intents, topics):
                note(text, word)


def _unanswered(intent: Intent, intents: Collection[str], topics: frozenset[str]) -> Iterator[tuple[str, str]]:
    """What an intent leans on and the project does not have: the word to look for, and the text of the mistake."""
    if intent.action is None and not intent.topics:
        yield intent.name, f"intent {intent.name!r} has neither an action nor topics. Give it one"
    for offered in set(intent.offers.values()) - set(intents):
        yield offered, f"intent {intent.name!r} offers {offered!r}, which no agent has. {did_you_mean(offered, intents)}"
    for topic in set(intent.topics) - topics:
        yield topic, f"intent {intent.name!r} leans on the topic {topic!r}, which has no article. {did_you_mean(topic, topics)}"


def check_intents(
    intents: Mapping[str, tuple[IntentTexts, int]], agents: Mapping[str, Placed], folder: Path, mistakes: list[Mistake]
) -> None:
    """Examples of intents that no agent has, and labels that are missing."""
    declared = {intent.name: name for name, (agent, _) in agents.items() for intent in agent.intents}
    for name, (texts, line) in intents.items():
        path = folder / f"{texts.agent}.yaml"
        if declared.get(name) != texts.agent and texts.agent in agents:
            own = {intent for intent, owner in declared.items() if owner == texts.agent}
            mistakes.append(Mistake(path=path, line=line, text=f"agent {texts.agent!r} has no intent {name!r}. {did_you_mean(name, own)}"))
        missing = [language for language in texts.examples if not texts.label.get(language)]
        if missing:
            mistakes.append(
                Mistake(path=path, line=line, text=f"intent {name!r} has no label in {', '.join(missing)}. Write what a button would say")
            )


def check_tools(tools: Mapping[str, Tool], mistakes: list[Mistake]) -> None:
    """What is wrong with each tool's own definition."""
    for tool in tools.values():
        problems = list(tool.problems)
        if tool.confirm and tool.preview_function is None:
            problems.append(f"tool {tool.name!r} needs a confirmation but has no preview. Add `@{tool.name}.preview`")
        for name in tool.options.keys() - {slot.name for slot in tool.slots}:
            problems.append(f"tool {tool.name!r} has options for {name!r}, which is not a parameter")
        mistakes.extend(Mistake(path=Path(tool.source), line=tool.line, text=problem) for problem in problems)


def expected_replies(tools: Mapping[str, Tool]) -> dict[str, frozenset[str]]:
    """Every reply key the project needs, with the variables its text may use beside the common ones."""
    keys = {f"engine.{name}": variables for name, variables in ENGINE_REPLIES.items()}
    for tool in tools.values():
        slots = frozenset(slot.name for slot in tool.slots)
        fields = frozenset(f.name for f in dataclasses.fields(tool.result)) if dataclasses.is_dataclass(tool.result) else frozenset[str]()
        keys |= {f"tools.{tool.name}.{outcome}": slots | fields for outcome in tool.outcomes}
        keys |= {f"refusals.{code}": frozenset({"*"}) for code in tool.refusals}
        if tool.confirm and tool.preview_function is not None:
            preview = typing.get_type_hints(tool.preview_function).get("return")
            shown = (
                frozenset(f.name for f in dataclasses.fields(preview))
                if isinstance(preview, type) and dataclasses.is_dataclass(preview)
                else frozenset[str]()
            )
            keys[f"tools.{tool.name}.confirm"] = slots | shown
        for slot in tool.slots:
            if slot.required:
                keys[f"slots.{slot.name}"] = slots
            if slot.kind == "choice":
                keys |= {f"choices.{slot.choice_type or slot.name}.{value}": frozenset[str]() for value in slot.choices}
    return keys


def check_replies(replies: Replies, expected: Mapping[str, frozenset[str]], mistakes: list[Mistake]) -> None:
    """Missing texts, unknown keys, and variables that nothing provides."""
    document, environment = replies.document, sandbox(dict.fromkeys(FILTERS, str))
    for key in expected.keys() - replies.variants.keys():
        section = key.split(".")[0]
        mistakes.append(document.mistake(f"the text {key!r} is missing. Write it in {replies.language}", section))
    for key, variants in replies.variants.items():
        path = _key_path(key)
        allowed = expected.get(key)
        if allowed is None and not _overrides(key, expected):
            mistakes.append(document.mistake(f"the text {key!r} is used by nothing. {did_you_mean(key, expected)}", *path))
            continue
        for text in variants:
            try:
                unknown = variables_of(text, environment) - COMMON_VARIABLES - (allowed or frozenset({"*"}))
            except TemplateSyntaxError as error:
                mistakes.append(document.mistake(f"{key}: not a valid template: {error.message}", *path))
                continue
            if unknown and "*" not in (allowed or {"*"}):
                options = ", ".join(sorted(COMMON_VARIABLES | (allowed or frozenset())))
                mistakes.append(document.mistake(f"{key}: nothing provides {', '.join(sorted(unknown))}. Use {options}", *path))


def _key_path(key: str) -> tuple[str, ...]:
    section, _, rest = key.partition(".")
    return (section, *rest.split(".", 1))


def _overrides(key: str, expected: Mapping[str, frozenset[str]]) -> bool:
    """`slots.<tool>.<slot>` and `tools.<tool>.<refusal>` word one tool's question or refusal its own way."""
    section, _, rest = key.partition(".")
    tool, _, name = rest.partition(".")
    if not name or not any(known.startswith(f"tools.{tool}.") for known in expected):
        return False
    return section == "slots" or (section == "tools" and f"refusals.{name}" in expected)
