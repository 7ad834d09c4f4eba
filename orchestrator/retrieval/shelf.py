"""The articles of one language as they are searched: their passages, whom each is for, and how it reads in a region."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import lru_cache

from orchestrator.conversation import Language
from orchestrator.project.articles import Article, Audience
from orchestrator.retrieval.index import Matches, PassageIndex
from orchestrator.retrieval.passages import Passage, split_article
from orchestrator.retrieval.vectors import VectorIndex

HEADINGS = re.compile(r"^#{1,6} .*$", re.MULTILINE)


@dataclass(frozen=True, kw_only=True)
class Place:
    """Where a question comes from, who asks on which day, and where to look; without topics, everywhere but in `without`."""

    language: Language
    region: str | None
    topics: frozenset[str] | None
    day: date
    audience: Audience = "public"
    without: frozenset[str] = frozenset()


@dataclass(frozen=True, kw_only=True)
class _Placed:
    """An article with all its passages; `varies` when a region reads other headings than another."""

    article: Article
    passages: tuple[Passage, ...]
    varies: bool


class Shelf:
    """All articles of one language."""

    def __init__(self, articles: Sequence[Article], language: Language, regions: Sequence[str], before: Shelf | None = None) -> None:
        self.language: Language = language
        self.topics = frozenset(article.topic for article in articles)
        self.size = len(articles)
        self._regions = tuple(regions)
        known = before._placed if before else {}
        self._placed = {article.key: _place(article, regions, known.get(article.key)) for article in articles}
        self.passages = tuple(passage for placed in self._placed.values() for passage in placed.passages)
        self._index = self._across = PassageIndex.of(self.passages, language) if before is None else self._changed(before, known)
        self._rendered = lru_cache(maxsize=4096)(self._render)
        self._hidden = lru_cache(maxsize=256)(self._hide)

    def changed(self, articles: Sequence[Article]) -> Shelf:
        """The shelf with these articles instead; articles that are the same objects cost nothing. Its vectors are not connected yet."""
        return Shelf(articles, self.language, self._regions, self)

    def connect(self, vectors: VectorIndex, across: VectorIndex | None = None) -> None:
        """Adds the search by meaning: for questions in this language, and for those in another (the same by default)."""
        words = self._index
        self._index = words.with_vectors(vectors)
        self._across = words.with_vectors(across or vectors)

    def search(self, question: str, limit: int, place: Place) -> Matches:
        """The best passages among those the place allows."""
        index = self._index if place.language == self.language else self._across
        return index.search(question, limit, self._hidden(replace(place, language=self.language)))

    def passage(self, key: str, region: str | None) -> Passage | None:
        """A passage as it reads in a region; None when it is not there."""
        return self._rendered(key.partition("#")[0], region).get(key)

    def article(self, key: str) -> Article | None:
        """An article by key, or None."""
        return self._placed[key].article if key in self._placed else None

    def _changed(self, before: Shelf, known: Mapping[str, _Placed]) -> PassageIndex:
        left = [placed for key, placed in known.items() if self._placed.get(key) is not placed]
        new = [placed for key, placed in self._placed.items() if known.get(key) is not placed]
        gone = [passage.id for placed in left for passage in placed.passages]
        return before._index.changed(gone, [passage for placed in new for passage in placed.passages])

    def _render(self, key: str, region: str | None) -> dict[str, Passage]:
        placed = self._placed.get(key)
        return {passage.id: passage for passage in split_article(placed.article, region)} if placed else {}

    def _hide(self, place: Place) -> frozenset[str]:
        hidden = set[str]()
        for key, placed in self._placed.items():
            article = placed.article
            ids = {passage.id for passage in placed.passages}
            if key in place.without or not _may_read(article, place):
                hidden |= ids
            elif placed.varies:
                hidden |= ids - self._rendered(key, place.region).keys()
        return frozenset(hidden)


def _may_read(article: Article, place: Place) -> bool:
    return (
        article.serves(place.region)
        and article.is_open(place.day, place.audience)
        and (place.topics is None or article.topic in place.topics)
    )


def _place(article: Article, regions: Sequence[str], before: _Placed | None) -> _Placed:
    if before is not None and before.article is article:
        return before
    outlines = _headings(article, regions)
    return _Placed(article=article, passages=tuple(_all_passages(article, outlines.values())), varies=len(outlines) > 1)


def _headings(article: Article, regions: Sequence[str]) -> dict[tuple[str, ...], str | None]:
    """The article's different outlines, each with the first region that sees it, everyone (None) before the others."""
    found = dict[tuple[str, ...], str | None]()
    everyone: list[str | None] = [] if article.regions else [None]
    for region in everyone + [region for region in regions if article.serves(region)]:
        found.setdefault(tuple(HEADINGS.findall(article.render(region))), region)
    return found


def _all_passages(article: Article, regions: Iterable[str | None]) -> Iterable[Passage]:
    """The passages any region sees, each as the first to see it does.

    Texts that differ only in amounts have the same outline, so only other outlines are worth splitting again.
    """
    found = dict[str, Passage]()
    for region in regions:
        for passage in split_article(article, region):
            found.setdefault(passage.id, passage)
    return found.values()
