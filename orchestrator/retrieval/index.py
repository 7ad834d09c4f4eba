"""The passages of one language, searched by words and by meaning together."""

from __future__ import annotations

import logging
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Self

import numpy as np

from orchestrator.errors import ModelError
from orchestrator.retrieval.fusion import fuse
from orchestrator.retrieval.keywords import KeywordIndex
from orchestrator.retrieval.passages import Passage
from orchestrator.retrieval.vectors import VectorIndex

_log = logging.getLogger(__name__)
POOL = 50
"""How many candidates each half of the search brings."""
KEYWORD_WEIGHT = 0.3
"""Of the fused score; .25 to .35 are a plateau (StackFAQ R@1 .903 with multilingual-e5-small, .892 without keywords)."""


@dataclass(frozen=True, kw_only=True)
class Match:
    """One passage as the search sees it.

    `score` is the fused one (0..1, only comparable within one search), `similarity` the dense one (-1..1; 0 without an encoder; the least
    of those near when only the keywords found the passage), `keywords` its BM25 score, and `coverage` the share of the question's words
    it holds, by rarity.
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
        self._ids: Sequence[str] = ids
        self._keywords = keywords
        self._vectors = vectors

    @classmethod
    def of(cls, passages: Sequence[Passage], language: str, vectors: VectorIndex | None = None) -> Self:
        """The index of these passages; `vectors` must hold the same."""
        names, texts = [passage.name for passage in passages], [passage.plain for passage in passages]
        return cls([passage.id for passage in passages], KeywordIndex(names, texts, language), vectors)

    def with_vectors(self, vectors: VectorIndex) -> PassageIndex:
        """The same passages and words with other vectors."""
        return PassageIndex(self._ids, self._keywords, vectors)

    def search(self, question: str, limit: int, hidden: Collection[str] = ()) -> Matches:
        """The best passages for a question, best first, ties by id; `hidden` ids are passed over."""
        similarities = self._near(question, hidden)
        lexical = self._keywords.search(question)
        order = np.argsort(-lexical.scores, kind="stable")[: POOL + len(hidden)]
        held = {self._ids[int(place)]: int(place) for place in order if lexical.scores[place] > 0 and self._ids[int(place)] not in hidden}
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

    def _near(self, question: str, hidden: Collection[str]) -> dict[str, float]:
        if self._vectors is None:
            return {}
        try:
            if len(hidden) <= POOL:
                near = self._vectors.nearest(question, POOL + len(hidden))
            else:
                near = self._vectors.nearest(question, POOL, [key for key in self._ids if key not in hidden])
        except ModelError as error:
            # An encoder over the network may be away for a while: then words alone find.
            _log.warning("searching by words alone: %s", error)
            return {}
        visible = [(key, similarity) for key, similarity in near.items() if key not in hidden]
        return dict(visible[:POOL])
