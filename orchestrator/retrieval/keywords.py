"""BM25 over stemmed words, forgiving of typing errors: the lexical half of the search."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import log1p

import numpy as np
from numpy.typing import NDArray

from orchestrator.retrieval.words import words_of

K1 = 1.2
B = 0.75
TYPO_LETTERS = 4
TYPO_LIKENESS = 0.5
"""Dice coefficient of letter trigrams from which an unknown word counts as a misspelt known one."""


Posting = tuple[NDArray[np.intp], NDArray[np.float64]]


@dataclass(frozen=True, kw_only=True)
class KeywordScores:
    """Per passage, in the order indexed: its BM25 score and the share of the question's words (by rarity) it holds."""

    scores: NDArray[np.float64]
    coverage: NDArray[np.float64]


class KeywordIndex:
    """An inverted index in memory; 1,000 passages are built in 0.3 s and searched in under 1 ms.

    Names and texts are two fields with their own word statistics, whose scores add up: a word in a title says more than one in a text,
    and a long text does not drown its title (StackFAQ R@1 .790, against .740 for both in one field).

    Args:
        names: What each passage is called, in a fixed order.
        texts: What each says, in the same order.
        language: Chooses stemmer and stopwords.
    """

    def __init__(self, names: Sequence[str], texts: Sequence[str], language: str) -> None:
        self._words = words_of(language)
        self._size = len(texts)
        fields = [[Counter(self._words.split(text)) for text in field] for field in (names, texts)]
        words = sorted({word for field in fields for count in field for word in count})
        self._stems = {stem: row for row, stem in enumerate(sorted({self._words.stem(word) for word in words}))}
        self._postings = self._weigh(fields)
        self._rarity = [rarity(len(places), self._size) for places, _ in self._postings]
        self._spelling = _Spelling(words)

    def search(self, question: str) -> KeywordScores:
        """Scores of all passages for a question."""
        scores, held = np.zeros(self._size), np.zeros(self._size)
        total = 0.0
        for term, likeness in self._terms(question).items():
            row = self._stems.get(term)
            if row is None:
                total += rarity(0, self._size)
                continue
            places, weights = self._postings[row]
            scores[places] += likeness * weights
            held[places] += likeness * self._rarity[row]
            total += self._rarity[row]
        return KeywordScores(scores=scores, coverage=held / total if total else held)

    def _terms(self, question: str) -> Mapping[str, float]:
        """The stems to look up and how sure each is: 1, or the likeness of the word it was taken for."""
        found = dict[str, float]()
        for word in self._words.split(question):
            stem, likeness = self._words.stem(word), 1.0
            if stem not in self._stems and (guess := self._spelling.nearest(word)):
                stem, likeness = self._words.stem(guess[0]), guess[1]
            found[stem] = max(likeness, found.get(stem, 0.0))
        return found

    def _weigh(self, fields: Sequence[Sequence[Mapping[str, int]]]) -> list[Posting]:
        """Per stem, the passages that hold it and its BM25 weight there, summed over the fields."""
        found = [dict[int, float]() for _ in self._stems]
        for counts in fields:
            lengths = [sum(count.values()) for count in counts]
            mean = sum(lengths) / len(lengths) if any(lengths) else 1.0
            stems = [self._stemmed(count) for count in counts]
            held = Counter(stem for count in stems for stem in count)
            for place, count in enumerate(stems):
                norm = K1 * (1 - B + B * lengths[place] / mean)
                for stem, times in count.items():
                    weight = rarity(held[stem], self._size) * times * (K1 + 1) / (times + norm)
                    row = found[self._stems[stem]]
                    row[place] = row.get(place, 0.0) + weight
        return [(np.array(list(row), dtype=np.intp), np.array(list(row.values()))) for row in found]

    def _stemmed(self, count: Mapping[str, int]) -> Counter[str]:
        stems = Counter[str]()
        for word, times in count.items():
            stems[self._words.stem(word)] += times
        return stems


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
