"""Texts that say the same twice, and texts that answer the same question with other numbers."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import combinations, pairwise
from zlib import crc32

from orchestrator.conversation import Language
from orchestrator.retrieval.passages import Passage
from orchestrator.retrieval.values import disagree, values_in
from orchestrator.retrieval.words import words_of

SAME_TEXT = 0.8
"""Share of two texts' word pairs that both hold, from which they are one text written twice."""
SAME_QUESTION = 0.75
"""The same of two headings' words."""
SKETCH = 12
CROWD = 60
"""A word pair in more texts than this is a formula, not a copy."""
TEXT_WORDS = 12
"""Shorter texts are alike by chance."""


@dataclass(frozen=True, kw_only=True)
class Pair:
    """Two passages by id and how alike they are (0..1)."""

    left: str
    right: str
    likeness: float


@dataclass(frozen=True, kw_only=True)
class Conflict:
    """Two passages that answer one question with other numbers, and in which units."""

    left: str
    right: str
    question: str
    units: tuple[str, ...]


def near_duplicates(passages: Sequence[Passage], language: Language) -> tuple[Pair, ...]:
    """Passages of different articles whose texts are nearly the same, by id."""
    words = words_of(language)
    shingles = list[frozenset[int]]()
    for passage in passages:
        stems = [words.stem(word) for word in words.split(passage.plain)]
        pairs = pairwise(stems)
        shingles.append(frozenset(crc32(f"{a} {b}".encode()) for a, b in pairs) if len(stems) >= TEXT_WORDS else frozenset())
    return tuple(
        Pair(left=passages[a].id, right=passages[b].id, likeness=round(likeness, 2))
        for a, b in _candidates(shingles)
        if passages[a].article != passages[b].article and (likeness := _jaccard(shingles[a], shingles[b])) >= SAME_TEXT
    )


def conflicts(passages: Sequence[Passage], language: Language) -> tuple[Conflict, ...]:
    """Passages of different articles under (nearly) the same heading that name other amounts or periods, by id."""
    words = words_of(language)
    stems = [frozenset(crc32(words.stem(word).encode()) for word in words.split(passage.heading)) for passage in passages]
    found = list[Conflict]()
    for a, b in _candidates(stems):
        left, right = passages[a], passages[b]
        if left.article == right.article or _jaccard(stems[a], stems[b]) < SAME_QUESTION:
            continue
        if units := disagree(values_in(left.plain), values_in(right.plain)):
            found.append(Conflict(left=left.id, right=right.id, question=left.heading, units=units))
    return tuple(found)


def _candidates(features: Sequence[frozenset[int]]) -> Iterable[tuple[int, int]]:
    """Pairs that share one of their smallest features (a bottom-k sketch), in order."""
    holders = defaultdict[int, list[int]](list)
    for place, held in enumerate(features):
        for feature in sorted(held)[:SKETCH]:
            holders[feature].append(place)
    pairs = Counter[tuple[int, int]]()
    for places in holders.values():
        if 2 <= len(places) <= CROWD:
            pairs.update(combinations(places, 2))
    return sorted(pairs)


def _jaccard(left: frozenset[int], right: frozenset[int]) -> float:
    return len(left & right) / len(left | right) if left and right else 0.0
