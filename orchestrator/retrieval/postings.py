"""Which passages hold which stem and how often, as flat arrays that can be changed in place of being built again."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Self

import numpy as np
from numpy.typing import NDArray

from orchestrator.retrieval.words import WORD, Words, fold

SKIPPED = -1


class Vocabulary(dict[str, int]):
    """Words as they stand in a text → the number of their stem, or `SKIPPED`; learns as it is asked, forgets nothing."""

    def __init__(self, words: Words) -> None:
        super().__init__()
        self.words = words
        self._stems: dict[str, int] = {}

    def __missing__(self, word: str) -> int:
        found = self.words.split(word)
        row = self._stems.setdefault(self.words.stem(found[0]), len(self._stems)) if len(found) == 1 else SKIPPED
        self[word] = row
        return row

    def row_of(self, stem: str) -> int:
        """The number of a stem; `SKIPPED` when no text ever held it."""
        return self._stems.get(stem, SKIPPED)

    def known_words(self) -> set[str]:
        """The folded words seen in texts."""
        return {fold(word) for word, row in self.items() if row != SKIPPED}


@dataclass(frozen=True, kw_only=True)
class Postings:
    """One field of all passages: rows of (stem, passage, count) sorted by stem, and each passage's length in words."""

    stems: NDArray[np.int32]
    places: NDArray[np.int32]
    counts: NDArray[np.float32]
    lengths: NDArray[np.float32]
    size: int

    @classmethod
    def of(cls, vocabulary: Vocabulary, texts: Sequence[str]) -> Self:
        """The postings of texts in a fixed order."""
        rows = [np.fromiter(map(vocabulary.__getitem__, WORD.findall(text.lower())), dtype=np.int64) for text in texts]
        rows = [row[row != SKIPPED] for row in rows]
        lengths = np.array([len(row) for row in rows], dtype=np.float32)
        flat = np.concatenate(rows) if rows else np.zeros(0, dtype=np.int64)
        places = np.repeat(np.arange(len(rows), dtype=np.int64), lengths.astype(np.intp))
        keys, counts = np.unique(flat * max(len(rows), 1) + places, return_counts=True)
        stems, held = np.divmod(keys, max(len(rows), 1))
        return cls(
            stems=stems.astype(np.int32), places=held.astype(np.int32), counts=counts.astype(np.float32), lengths=lengths, size=len(rows)
        )

    def changed(self, kept: NDArray[np.bool_], vocabulary: Vocabulary, texts: Sequence[str]) -> Postings:
        """The postings of the kept passages, renumbered in order, and of new texts after them."""
        alive = kept[self.places]
        numbers = np.cumsum(kept, dtype=np.int32) - 1
        stems, places, counts = self.stems[alive], numbers[self.places[alive]], self.counts[alive]
        added = Postings.of(vocabulary, texts)
        after = np.searchsorted(stems, added.stems, side="right")
        size = int(np.count_nonzero(kept))
        return Postings(
            stems=np.insert(stems, after, added.stems), places=np.insert(places, after, added.places + np.int32(size)),
            counts=np.insert(counts, after, added.counts), lengths=np.concatenate([self.lengths[kept], added.lengths]),
            size=size + added.size,
        )  # fmt: skip

    def of_stem(self, row: int) -> tuple[NDArray[np.int32], NDArray[np.float32]]:
        """The passages that hold a stem, and how often."""
        start, end = np.searchsorted(self.stems, np.array([row, row + 1], dtype=np.int32))
        return self.places[start:end], self.counts[start:end]

    @cached_property
    def mean(self) -> float:
        """The mean length, never 0."""
        return float(self.lengths.mean()) if self.size and self.lengths.any() else 1.0
