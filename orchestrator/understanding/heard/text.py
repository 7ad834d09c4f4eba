"""Words of a transcript with their places, and changes to it."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache

from orchestrator.understanding.normalise import fold, fold_aligned

# A hyphen joins "e-mail" and "x-ray" only: "dix-sept" is two words, as it may have been written.
_WORD = re.compile(r"\d+(?:[.,:/'’]\d+)*|[^\W\d_](?:['’][^\W\d_]+|-[^\W\d_]{3,})?(?![^\W\d_])|[^\W\d_]{2,}(?:['’][^\W\d_]+)*|[@_+]")
_FOLDED_WORD = re.compile(r"[a-z0-9]+(?:'[a-z0-9]+)*|[@_+]")


@dataclass(frozen=True)
class Word:
    """One word, number or sign. `gap` is what stands between it and the word before."""

    text: str
    folded: str
    start: int
    end: int
    gap: str


@dataclass(frozen=True)
class Change:
    """A stretch of the text and what is written instead."""

    start: int
    end: int
    text: str

    def overlaps(self, other: "Change") -> bool:
        """Whether both want the same characters."""
        return self.start < other.end and other.start < self.end


def words_of(text: str) -> list[Word]:
    """The words of a text in order."""
    folded = fold_aligned(text)
    words: list[Word] = []
    end = 0
    for match in _WORD.finditer(text):
        plain = folded[match.start() : match.end()] if match[0].isascii() else fold(match[0])
        words.append(Word(match[0], plain, match.start(), match.end(), text[end : match.start()]))
        end = match.end()
    return words


def changed(text: str, changes: Iterable[Change]) -> str:
    """The text after all changes, which must not overlap."""
    for change in sorted(changes, key=lambda change: change.start, reverse=True):
        text = f"{text[: change.start]}{change.text}{text[change.end :]}"
    return " ".join(text.split())


@lru_cache(maxsize=4096)
def phrase(written: str) -> tuple[str, ...]:
    """A wording of a list as folded words."""
    return tuple(_FOLDED_WORD.findall(fold(written)))


class Phrases:
    """Wordings to look for at a place, the longest first."""

    def __init__(self, wordings: Iterable[str]) -> None:
        self._by_first: dict[str, list[tuple[str, ...]]] = {}
        for wording in sorted({phrase(text) for text in wordings}, key=len, reverse=True):
            if wording:
                self._by_first.setdefault(wording[0], []).append(wording)

    def at(self, words: Sequence[Word], index: int) -> int:
        """How many words the longest wording at this place has; 0 when there is none."""
        if index >= len(words):
            return 0
        for wording in self._by_first.get(words[index].folded, ()):
            if index + len(wording) <= len(words) and all(words[index + at].folded == part for at, part in enumerate(wording)):
                return len(wording)
        return 0
