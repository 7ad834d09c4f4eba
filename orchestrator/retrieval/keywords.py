"""BM25 over stemmed words, forgiving of typing errors: the lexical half of the search."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from math import log1p
from typing import Self

import numpy as np
from numpy.typing import NDArray

from orchestrator.retrieval.postings import Postings, Vocabulary
from orchestrator.retrieval.words import words_of

K1 = 1.2
B = 0.75
TYPO_LETTERS = 4
TYPO_LIKENESS = 0.5
"""Dice coefficient of letter trigrams from which an unknown word counts as a misspelt known one."""


@dataclass(frozen=True, kw_only=True)
class KeywordScores:
    """Per passage, in the order indexed: its BM25 score over the rarity of all words asked, and the share of them it holds, by rarity."""

    scores: NDArray[np.float32]
    coverage: NDArray[np.float32]


class KeywordIndex:
    """An inverted index in memory; 100,000 passages are built in some 8 s, changed by an article in 0.1 s and searched in 2 ms.

    Names and texts are two fields with their own word statistics, whose scores add up: a word in a title says more than one in a text,
    and a long text does not drown its title (StackFAQ R@1 .790, against .740 for both in one field).
    """

    def __init__(self, vocabulary: Vocabulary, fields: Sequence[Postings]) -> None:
        self._vocabulary = vocabulary
        self._fields = tuple(fields)
        self._size = fields[0].size
        self._words = vocabulary.words

    @classmethod
    def of(cls, names: Sequence[str], texts: Sequence[str], language: str) -> Self:
        """The index of passages in a fixed order.

        Args:
            names: What each passage is called.
            texts: What each says, in the same order.
            language: Chooses stemmer and stopwords.
        """
        vocabulary = Vocabulary(words_of(language))
        return cls(vocabulary, [Postings.of(vocabulary, field) for field in (names, texts)])

    def changed(self, kept: NDArray[np.bool_], names: Sequence[str], texts: Sequence[str]) -> KeywordIndex:
        """The index of the kept passages in their order, then of these."""
        fields = [field.changed(kept, self._vocabulary, added) for field, added in zip(self._fields, (names, texts), strict=True)]
        return KeywordIndex(self._vocabulary, fields)

    def search(self, question: str) -> KeywordScores:
        """Scores of all passages for a question."""
        scores, coverage = np.zeros(self._size, dtype=np.float32), np.zeros(self._size, dtype=np.float32)
        total = 0.0
        for row, likeness in self._terms(question).items():
            held = np.zeros(self._size, dtype=bool)
            for field in self._fields:
                places, counts = field.of_stem(row)
                norm = K1 * (1 - B + B * field.lengths[places] / field.mean)
                scores[places] += np.float32(likeness * rarity(len(places), self._size) * (K1 + 1)) * counts / (counts + norm)
                held[places] = True
            weight = rarity(int(np.count_nonzero(held)), self._size)
            coverage[held] += np.float32(likeness * weight)
            total += weight
        return KeywordScores(scores=scores / np.float32(total or 1.0), coverage=coverage / np.float32(total or 1.0))

    def _terms(self, question: str) -> Mapping[int, float]:
        """The stems to look up and how sure each is: 1, or the likeness of the word it was taken for; unknown ones are negative."""
        found = dict[int, float]()
        for word in self._words.split(question):
            row, likeness = self._vocabulary.row_of(self._words.stem(word)), 1.0
            if not self._holds(row):
                guess = self._spelling.nearest(word)
                row = self._vocabulary.row_of(self._words.stem(guess[0])) if guess else -1 - len(found)
                likeness = guess[1] if guess else 1.0
            found[row] = max(likeness, found.get(row, 0.0))
        return found

    def _holds(self, row: int) -> bool:
        return row >= 0 and any(len(field.of_stem(row)[0]) for field in self._fields)

    @cached_property
    def _spelling(self) -> _Spelling:
        return _Spelling(sorted(self._vocabulary.known_words()))


def rarity(held: int, size: int) -> float:
    """Inverse document frequency of a word that `held` of `size` passages hold, never negative."""
    return log1p((size - held + 0.5) / (held + 0.5))


class _Spelling:
    """Known words by letter trigrams."""

    def __init__(self, words: Sequence[str]) -> None:
        self._known = [word for word in words if len(word) >= TYPO_LETTERS and word.isalpha()]
        holders = defaultdict[str, list[int]](list)
        for row, word in enumerate(self._known):
            for part in _trigrams(word):
                holders[part].append(row)
        self._holders = {part: np.array(rows, dtype=np.intp) for part, rows in holders.items()}
        self._sizes = np.array([len(_trigrams(word)) for word in self._known], dtype=np.float64)

    def nearest(self, word: str) -> tuple[str, float] | None:
        """The known word most like it and how like, or None; ties go to the first in the alphabet."""
        parts = _trigrams(word)
        hits = [self._holders[part] for part in sorted(parts) if part in self._holders]
        if len(word) < TYPO_LETTERS or not word.isalpha() or not hits:
            return None
        shared = np.bincount(np.concatenate(hits), minlength=len(self._known))
        likeness = 2 * shared / (self._sizes + len(parts))
        best = int(likeness.argmax())
        return (self._known[best], float(likeness[best])) if likeness[best] >= TYPO_LIKENESS else None


def _trigrams(word: str) -> frozenset[str]:
    padded = f"^{word}$"
    return frozenset(padded[start : start + 3] for start in range(len(padded) - 2))
