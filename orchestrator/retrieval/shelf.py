"""The articles of one language as they are searched: their passages, whom each is for, and how it reads in a region."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache

from orchestrator.conversation import Language
from orchestrator.project.articles import Article
from orchestrator.retrieval.index import Matches, PassageIndex
from orchestrator.retrieval.passages import Passage, split_article
from orchestrator.retrieval.vectors import VectorIndex

HEADINGS = re.compile(r"^#{1,6} .*$", re.MULTILINE)


@dataclass(frozen=True, kw_only=True)
class Place:
    """Where a question comes from and where to look; without topics, everywhere."""

    language: Language
    region: str | None
    topics: frozenset[str] | None


class Shelf:
    """All articles of one language."""

    def __init__(self, articles: Sequence[Article], language: Language, regions: Sequence[str]) -> None:
        self.language: Language = language
        self.topics = frozenset(article.topic for article in articles)
        self.size = len(articles)
        self._varying = frozenset(article.key for article in articles if len(_headings(article, regions)) > 1)
        self.passages = tuple(passage for article in articles for passage in _all_passages(article, regions))
        self._articles = {article.key: article for article in articles}
        self._index = self._across = PassageIndex.of(self.passages, language)
        self._rendered = lru_cache(maxsize=4096)(self._render)
        self._hidden = lru_cache(maxsize=256)(self._hide)

    def connect(self, vectors: VectorIndex, across: VectorIndex | None = None) -> None:
        """Adds the search by meaning: for questions in this language, and for those in another (the same by default)."""
        self._index = self._index.with_vectors(vectors)
        self._across = self._index.with_vectors(across) if across else self._index

    def search(self, question: str, limit: int, place: Place) -> Matches:
        """The best passages among those the place allows."""
        index = self._index if place.language == self.language else self._across
        return index.search(question, limit, self._hidden(place.region, place.topics))

    def passage(self, key: str, region: str | None) -> Passage | None:
        """A passage as it reads in a region; None when it is not there."""
        return self._rendered(key.partition("#")[0], region).get(key)

    def _render(self, key: str, region: str | None) -> dict[str, Passage]:
        return {passage.id: passage for passage in split_article(self._articles[key], region)}

    def _hide(self, region: str | None, topics: frozenset[str] | None) -> frozenset[str]:
        closed = {
            key for key, article in self._articles.items()
            if not article.serves(region) or (topics is not None and article.topic not in topics)
        }  # fmt: skip
        shown = {passage for key in self._varying - closed for passage in self._rendered(key, region)}
        return frozenset(
            passage.id
            for passage in self.passages
            if passage.article in closed or (passage.article in self._varying and passage.id not in shown)
        )


def _headings(article: Article, regions: Sequence[str]) -> dict[tuple[str, ...], str | None]:
    """The article's different outlines, each with the first region that sees it, everyone (None) before the others."""
    found = dict[tuple[str, ...], str | None]()
    everyone: list[str | None] = [] if article.regions else [None]
    for region in everyone + [region for region in regions if article.serves(region)]:
        found.setdefault(tuple(HEADINGS.findall(article.render(region))), region)
    return found


def _all_passages(article: Article, regions: Sequence[str]) -> Iterable[Passage]:
    """The passages any region sees, each as the first to see it does.

    Texts that differ only in amounts have the same outline, so only other outlines are worth splitting again.
    """
    found = dict[str, Passage]()
    for region in _headings(article, regions).values():
        for passage in split_article(article, region):
            found.setdefault(passage.id, passage)
    return found.values()
