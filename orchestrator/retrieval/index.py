"""The passages of one language, searched by words and by meaning together."""

from __future__ import annotations

import logging
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Self

import numpy as np
from numpy.typing import NDArray

from orchestrator.errors import ModelError
from orchestrator.retrieval.fusion import fuse
from orchestrator.retrieval.keywords import KeywordIndex
from orchestrator.retrieval.passages import Passage
from orchestrator.retrieval.vectors import VectorIndex

_log = logging.getLogger(__name__)
POOL = 50
"""How many candidates each half of the search brings."""
KEYWORD_WEIGHT = 0.06
"""Beside similarity; .04 to .08 are a plateau (StackFAQ R@1 .925, .906 without keywords; DSTC11 .883, .886 without)."""
KEPT = 64
"""How many choices of hidden passages are remembered."""


@dataclass(frozen=True, kw_only=True)
class Match:
    """One passage as the search sees it.

    `score` is the fused one (0..1, only comparable within one search), `similarity` the dense one (-1..1; 0 without an encoder; the least
    of those near when only the keywords found the passage), `keywords` its BM25 score over the rarity of the words asked, and `coverage`
    the share of the question's words it holds, by rarity.
    """

    id: str
    score: float
    similarity: float
    keywords: float
    coverage: float


@dataclass(frozen=True, kw_only=True)
class Matches:
    """The best passages, the mean similarity of all that were near, and whose similarities these are (no encoder: empty)."""

    best: tuple[Match, ...]
    background: float
    encoder: str


class PassageIndex:
    """Keyword and vector index of the same passages; without `vectors`, keywords alone."""

    def __init__(self, ids: Sequence[str], keywords: KeywordIndex, vectors: VectorIndex | None) -> None:
        self._ids = tuple(ids)
        self._keywords = keywords
        self._vectors = vectors
        self._allowed = lru_cache(maxsize=KEPT)(self._allow)

    @classmethod
    def of(cls, passages: Sequence[Passage], language: str, vectors: VectorIndex | None = None) -> Self:
        """The index of these passages; `vectors` must hold the same."""
        names, texts = [passage.name for passage in passages], [passage.plain for passage in passages]
        return cls([passage.id for passage in passages], KeywordIndex.of(names, texts, language), vectors)

    def with_vectors(self, vectors: VectorIndex) -> PassageIndex:
        """The same passages and words with other vectors."""
        return PassageIndex(self._ids, self._keywords, vectors)

    def changed(self, gone: Collection[str], added: Sequence[Passage]) -> PassageIndex:
        """The index without some passages and with others; `vectors` must be brought up to date beside it."""
        left = frozenset(gone)
        kept = np.array([key not in left for key in self._ids], dtype=bool)
        ids = [key for key in self._ids if key not in left] + [passage.id for passage in added]
        keywords = self._keywords.changed(kept, [passage.name for passage in added], [passage.plain for passage in added])
        return PassageIndex(ids, keywords, self._vectors)

    def search(self, question: str, limit: int, hidden: Collection[str] = ()) -> Matches:
        """The best passages for a question, best first, ties by id; `hidden` ids are passed over."""
        shown, mask = self._allowed(frozenset(hidden)) if hidden else (None, None)
        similarities = self._similar(question, shown)
        lexical = self._keywords.search(question)
        held = {self._ids[place]: place for place in _highest(lexical.scores if mask is None else lexical.scores * mask)}
        found = fuse({key: float(lexical.scores[place]) for key, place in held.items()}, similarities, KEYWORD_WEIGHT)
        floor = min(similarities.values(), default=0.0)
        best = tuple(
            Match(
                id=key, score=score, similarity=similarities.get(key, floor),
                keywords=float(lexical.scores[held[key]]) if key in held else 0.0,
                coverage=float(lexical.coverage[held[key]]) if key in held else 0.0,
            )
            for key, score in list(found.items())[:limit]
        )  # fmt: skip
        background = sum(similarities.values()) / len(similarities) if similarities else 0.0
        return Matches(best=best, background=background, encoder=self._vectors.encoder if self._vectors else "")

    def _similar(self, question: str, shown: frozenset[str] | None) -> dict[str, float]:
        if self._vectors is None:
            return {}
        try:
            return self._vectors.nearest(question, POOL, shown)
        except ModelError as error:
            # An encoder over the network may be away for a while: then words alone find.
            _log.warning("searching by words alone: %s", error)
            return {}

    def _allow(self, hidden: frozenset[str]) -> tuple[frozenset[str], NDArray[np.bool_]]:
        mask = np.array([key not in hidden for key in self._ids], dtype=bool)
        return frozenset(key for key in self._ids if key not in hidden), mask


def _highest(scores: NDArray[np.float32]) -> list[int]:
    """The places of the highest scores above 0, highest first, ties in order."""
    places = np.flatnonzero(scores)
    if len(places) > POOL:
        least = np.partition(scores[places], -POOL)[-POOL]
        places = places[scores[places] >= least]
    return [int(place) for place in places[np.argsort(-scores[places], kind="stable")]][:POOL]
