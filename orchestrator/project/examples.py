"""What customers say: example utterances per intent and language, from `agents/intents/*.yaml`."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from orchestrator.conversation import LANGUAGES, Language
from orchestrator.errors import Mistake
from orchestrator.project.source import Document, mapping, read_yaml, texts

HUMAN = "human"
"""The owner of intents that no agent answers."""
AT_LEAST = 5


@dataclass(frozen=True, kw_only=True)
class IntentTexts:
    """An intent's examples and its label (a button a customer would press), by language."""

    name: str
    agent: str
    label: Mapping[Language, str]
    examples: Mapping[Language, tuple[str, ...]] = field(default_factory=dict[Language, tuple[str, ...]])

    def count(self) -> int:
        """How many examples there are in all languages."""
        return sum(len(rows) for rows in self.examples.values())


def read_intents(path: Path, agent: str, mistakes: list[Mistake]) -> dict[str, tuple[IntentTexts, int]]:
    """The intents of one agent with the line each begins at."""
    document = read_yaml(path, mistakes)
    if document is None:
        return {}
    found: dict[str, tuple[IntentTexts, int]] = {}
    for name, body in mapping(document.value).items():
        parts = mapping(body)
        for key in parts.keys() - {"label", "examples"}:
            mistakes.append(document.mistake(f"intent {name!r} has an unknown key {key!r}. Use `label` and `examples`", name, key))
        intent = IntentTexts(
            name=name,
            agent=agent,
            label={language: str(text) for language, text in _by_language(document, (name, "label"), parts.get("label"), mistakes).items()},
            examples={
                language: texts(rows)
                for language, rows in _by_language(document, (name, "examples"), parts.get("examples"), mistakes).items()
            },
        )
        if intent.count() < AT_LEAST:
            mistakes.append(document.mistake(f"intent {name!r} has {intent.count()} examples. Write at least {AT_LEAST}, better 15", name))
        found[name] = (intent, document.line(name))
    return found


def read_out_of_scope(path: Path, mistakes: list[Mistake]) -> tuple[str, ...]:
    """Messages that no agent answers, in all languages; the file is optional."""
    if not path.exists():
        return ()
    document = read_yaml(path, mistakes)
    if document is None:
        return ()
    by_language = mapping(mapping(document.value).get("examples"))
    return tuple(text for rows in by_language.values() for text in texts(rows))


def _by_language(document: Document, key: tuple[str, str], value: object, mistakes: list[Mistake]) -> dict[Language, object]:
    rows = mapping(value)
    for name in rows.keys() - set(LANGUAGES):
        mistakes.append(document.mistake(f"{key[0]}.{key[1]}: unknown language {name!r}. Use one of {', '.join(LANGUAGES)}", *key, name))
    return {language: rows[language] for language in LANGUAGES if language in rows}
