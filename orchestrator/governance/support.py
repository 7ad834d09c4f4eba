"""Whether a passage carries what a sentence promises or grants: the same content words, and the same yes or no."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Protocol

from orchestrator.conversation import Language
from orchestrator.governance.evidence import sentences
from orchestrator.governance.figures import figures_of
from orchestrator.governance.lexicon import Phrases, WordList, fold, load_list

ENOUGH = 0.6
"""The share of a sentence's content words that a passage must have, near each other."""
AROUND = 0.75
"""What a word counts that stands in the headings or the sentence before."""
EXACT = frozenset(("duration", "percentage"))
FEWEST = 2
WORD = re.compile(r"[^\W_]+")


class Words(Protocol):
    """The content words of one language."""

    def split(self, text: str) -> list[str]:
        """The folded content words of a text."""
        ...

    def stem(self, word: str) -> str:
        """The stem of a folded word."""
        ...


class Passage(Protocol):
    """What is cited."""

    @property
    def id(self) -> str:
        """Its key."""
        ...

    @property
    def name(self) -> str:
        """Title and headings."""
        ...

    @property
    def plain(self) -> str:
        """Its text without mark-up."""
        ...


@dataclass(frozen=True, kw_only=True)
class Support:
    """The passage that carries a sentence, and the share of the sentence's words it has."""

    passage: str
    score: float


class LanguageSupport(WordList):
    """What counts as no, as free, and as one word with several names."""

    negations: Phrases
    neutral: Phrases
    free: Phrases
    same: tuple[Phrases, ...]
    empty: Phrases


class SupportLists(WordList):
    """The list `support`."""

    languages: dict[Language, LanguageSupport]


def supports(sentence: str, passages: Sequence[Passage], words: Words, language: Language) -> Support | None:
    """The passage that says what the sentence says; None when none does, or one says the contrary."""
    said, is_denied = _read(words, language, sentence)
    if len(said) < FEWEST:
        return None
    exact = _exact(sentence, language)
    # The nearest sentence decides, also when it says no where this one says yes.
    nearest: tuple[float, bool, str] = (0.0, False, "")
    for passage in passages:
        if not exact <= _exact(passage.plain, language):
            continue
        for window in _windows(words, language, passage.name, passage.plain):
            score = len(said & window.stems) / len(said) + len(said & window.around) / len(said) * AROUND
            nearest = max(nearest, (round(min(score, 1.0), 3), is_denied == window.is_denied, passage.id))
    score, agrees, id = nearest
    return Support(passage=id, score=score) if agrees and score >= ENOUGH else None


def _exact(text: str, language: Language) -> frozenset[str]:
    """The lengths of time and shares of a text, which the passage itself must have: other passages have other ones."""
    return frozenset(value for figure in figures_of(text, language) if figure.kind in EXACT for value in figure.values)


@dataclass(frozen=True)
class _Window:
    stems: frozenset[str]
    around: frozenset[str]
    is_denied: bool


def _read(words: Words, language: Language, text: str) -> tuple[frozenset[str], bool]:
    """The stems of a text, and whether it says no."""
    free, neutral, negations, same, empty = _rules(language)
    plain = f" {' '.join(fold(word) for word in WORD.findall(text))} "
    opened = neutral.sub(" ", free.sub(" gratis ", plain))
    stems = {same.get(word, words.stem(word)) for word in words.split(opened) if word not in empty}
    return frozenset(same.get(stem, stem) for stem in stems), negations.search(opened) is not None


@lru_cache(maxsize=512)
def _windows(words: Words, language: Language, name: str, plain: str) -> tuple[_Window, ...]:
    """A passage sentence by sentence, each with the words of its headings and of the sentence before it."""
    heading, _ = _read(words, language, name)
    found, before = list[_Window](), frozenset[str]()
    for piece in sentences(plain):
        stems, is_denied = _read(words, language, piece)
        found.append(_Window(stems, (before | heading) - stems, is_denied))
        before = stems
    return tuple(found)


@cache
def _rules(language: Language) -> tuple[re.Pattern[str], re.Pattern[str], re.Pattern[str], dict[str, str], frozenset[str]]:
    lists = load_list("support", SupportLists).languages[language]
    same = {fold(word): fold(group[0]) for group in lists.same for word in group}
    return _any_of(lists.free), _any_of(lists.neutral), _any_of(lists.negations), same, frozenset(map(fold, lists.empty))


def _any_of(phrases: tuple[str, ...]) -> re.Pattern[str]:
    return re.compile(r" (?:" + "|".join(sorted(map(fold, phrases), key=len, reverse=True)) + r")(?= )")
