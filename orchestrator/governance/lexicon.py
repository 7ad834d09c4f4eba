"""The word lists next door (`lexicon/*.yaml`), read once and checked, and phrases of them found in a row of words."""

import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from functools import cache, lru_cache
from importlib.resources import files
from typing import Annotated, Generic, TypeVar, cast

import yaml
from pydantic import BaseModel, BeforeValidator, ConfigDict

Value = TypeVar("Value")
JOINTS = frozenset("-‑.")
LIGATURES = {"ß": "ss", "œ": "oe", "æ": "ae"}


def _split(written: object) -> object:
    return tuple(part.strip() for part in written.replace("\n", ";").split(";") if part.strip()) if isinstance(written, str) else written


Phrases = Annotated[tuple[str, ...], BeforeValidator(_split)]
"""Wordings as written in the lists: one text, parted by semicolons and line ends."""


class WordList(BaseModel):
    """The base of every word list: unknown keys are mistakes."""

    model_config = ConfigDict(extra="forbid", frozen=True)


Shape = TypeVar("Shape", bound=WordList)


def load_list(name: str, shape: type[Shape]) -> Shape:
    """The word list `lexicon/<name>.yaml` in its shape."""
    return cast(Shape, _checked(name, shape))


@cache
def _checked(name: str, shape: type[WordList]) -> WordList:
    text = (files("orchestrator.governance") / "lexicon" / f"{name}.yaml").read_text(encoding="utf-8")
    # The C loader where libyaml is there: the lists are long, and the first sentence waits for them.
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    return shape.model_validate(yaml.load(text, Loader=loader))  # noqa: S506  both loaders are the safe ones


@lru_cache(maxsize=16_384)
def fold(word: str) -> str:
    """Lower case without accents, ligatures opened. The length may change."""
    lowered = word.lower()
    if lowered.isascii():
        return lowered
    opened = "".join(LIGATURES.get(letter, letter) for letter in lowered)
    return "".join(letter for letter in unicodedata.normalize("NFKD", opened) if not unicodedata.combining(letter)).lower()


class Phrasebook(Generic[Value]):
    """Phrases of one or more words and what each stands for; the longest wins, hyphens and points between their words do not matter."""

    def __init__(self, phrases: Iterable[tuple[str, Value]]) -> None:
        self._by_first: dict[str, list[tuple[tuple[str, ...], Value]]] = {}
        for phrase, value in phrases:
            words = tuple(fold(phrase).split())
            if words:
                self._by_first.setdefault(words[0], []).append((words, value))
        for known in self._by_first.values():
            known.sort(key=lambda entry: -len(entry[0]))

    def at(self, words: Sequence[str], place: int) -> tuple[Value, int] | None:
        """What the phrase that begins at this place stands for, and the place after it."""
        for phrase, value in self._by_first.get(words[place], ()) if place < len(words) else ():
            end = _end(words, place, phrase)
            if end:
                return value, end
        return None


def _end(words: Sequence[str], place: int, phrase: tuple[str, ...]) -> int:
    """The place after the phrase, 0 when it does not stand here."""
    if len(phrase) == 1:
        return place + 1
    for word in phrase:
        if place < len(words) and words[place] in JOINTS:
            place += 1
        if place >= len(words) or words[place] != word:
            return 0
        place += 1
    return place


def phrases_of(table: Mapping[Value, Phrases]) -> list[tuple[str, Value]]:
    """A list's phrases by what they stand for, the other way round."""
    return [(phrase, value) for value, wordings in table.items() for phrase in wordings]
