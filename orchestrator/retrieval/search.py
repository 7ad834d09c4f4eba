"""The knowledge base: finds passages and answers questions from them, in the customer's language and region."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Self

from orchestrator.conversation import Language
from orchestrator.encoders import Encoder
from orchestrator.project.articles import Library
from orchestrator.retrieval.answerability import ANSWERABLE, DECLARED, answerability
from orchestrator.retrieval.answers import Answer, Extractor
from orchestrator.retrieval.gaps import Gap, redact
from orchestrator.retrieval.index import Match, Matches
from orchestrator.retrieval.passages import Passage
from orchestrator.retrieval.shelf import Place, Shelf
from orchestrator.retrieval.vectors import IndexReport, Progress, VectorIndex, open_store

if TYPE_CHECKING:
    from chromadb.api import ClientAPI

    from orchestrator.project.policy import Policy

FEW = 3
"""A language with fewer than one article for every `FEW` of the default language's is answered from the default language's."""
CONSIDERED = 5
"""How many passages an answer may be taken from."""


@dataclass(frozen=True, kw_only=True)
class Encoders:
    """Which encoder does what; without `search`, the search is by keywords alone.

    Args:
        search: Within a language (multilingual-e5-small finds best).
        across: From one language to another (a blend with the Universal Sentence Encoder finds best); `search` by default.
        sentences: To choose sentences out of a passage: as fast as possible; word overlap alone by default.
    """

    search: Encoder | None = None
    across: Encoder | None = None
    sentences: Encoder | None = None


@dataclass(frozen=True, kw_only=True)
class Hit:
    """A passage found, as it reads in the region, and how well it fits."""

    passage: Passage
    language: Language
    match: Match

    @property
    def score(self) -> float:
        """0..1, comparable within one search."""
        return self.match.score


@dataclass(frozen=True, kw_only=True)
class _Found:
    hits: tuple[Hit, ...]
    matches: Matches
    across: bool


OWN_ARTICLE = 0.8
"""From this share of the best score, a passage of an article that declares the intent comes first."""


class KnowledgeBase:
    """All articles of a project, searchable; make it with `open`.

    Calls are synchronous and may come from several threads; a search costs 1–3 ms and what the encoder takes.
    """

    def __init__(self, shelves: Mapping[Language, Shelf], default: Language, encoders: Encoders) -> None:
        self._shelves = shelves
        self._default: Language = default
        self._extractor = Extractor(encoders.sentences)
        self._client: ClientAPI | None = None
        self.report = IndexReport()
        self._declared: dict[str, tuple[str, ...]] = {}

    @classmethod
    def open(cls, library: Library, policy: Policy, *, encoders: Encoders, directory: Path, progress: Progress | None = None) -> Self:
        """The knowledge base of a library; encodes what changed since the last time (`report` counts it).

        Args:
            library: The articles; those with mistakes are not in it.
            policy: Says which regions there are and which language is the default.
            encoders: What turns texts to vectors.
            directory: Where the vectors live; it can be deleted at any time and is then built anew.
            progress: Told the share done (0..1) and the title at work.
        """
        shelves: dict[Language, Shelf] = {
            language: Shelf([a for a in library.articles if a.language == language], language, tuple(policy.regions))
            for language in policy.company.languages
        }
        base = cls(shelves, policy.company.default_language, encoders)
        base._declared = {article.key: article.intents for article in library.articles}
        if encoders.search is not None:
            base._connect(encoders.search, encoders.across, directory, progress)
        return base

    def search(
        self, query: str, *, language: Language, region: str | None = None, topics: Collection[str] | None = None,
        limit: int = CONSIDERED,
    ) -> tuple[Hit, ...]:  # fmt: skip
        """The passages that fit a query best, best first; the same query always finds the same.

        Args:
            query: What the customer says, one request.
            language: Of the query; where it has too few articles, those of the default language are searched.
            region: Whose amounts and days the passages name; without it, everyone's.
            topics: Search only these folders.
            limit: How many.
        """
        return self._find(query, Place(language=language, region=region, topics=_topics(topics)), limit).hits

    def answer(
        self, question: str, *, language: Language, region: str | None = None, topics: Collection[str] | None = None, intent: str = ""
    ) -> Answer | Gap:
        """One to three sentences or a short list from the best passages, with citations; or the gap that this question shows.

        Args:
            question: What the customer says, one request.
            language: Of the question.
            region: Whose amounts and days the answer names.
            topics: Look only into these folders.
            intent: What the supervisor is sure the customer wants; articles that declare it come first.
        """
        place = Place(language=language, region=region, topics=_topics(topics))
        found = self._find(question, place, CONSIDERED)
        hits, confidence = self._declared_first(found.hits, intent), answerability(found.matches, across=found.across)
        declared = bool(hits) and intent in self._declared.get(hits[0].passage.article, ())
        if hits and confidence >= (DECLARED if declared else ANSWERABLE):
            quoted = hits[:1] if declared else hits
            answer = self._extractor.answer(question, [(hit.passage, hit.score) for hit in quoted], hits[0].language)
            if answer is not None:
                return replace(answer, confidence=confidence)
        return Gap(
            question=redact(question), language=language, region=region, topics=tuple(sorted(place.topics or ())),
            nearest=hits[0].passage.id if hits else "", confidence=confidence,
        )  # fmt: skip

    def _declared_first(self, hits: tuple[Hit, ...], intent: str) -> tuple[Hit, ...]:
        """The hits with those of the intent's own articles in front, where they are nearly as good as the best."""
        if not intent or not hits:
            return hits
        enough = OWN_ARTICLE * hits[0].score
        own = [hit for hit in hits if hit.score >= enough and intent in self._declared.get(hit.passage.article, ())]
        return (*own, *(hit for hit in hits if hit not in own))

    def topics(self, language: Language) -> frozenset[str]:
        """The topics with an article in that language."""
        return self._shelves[language].topics if language in self._shelves else frozenset()

    def close(self) -> None:
        """Lets go of the store on disk."""
        if self._client is not None:
            self._client.close()
            self._client = None

    def _shelf(self, language: Language) -> Shelf:
        default = self._shelves[self._default]
        own = self._shelves.get(language, default)
        return own if own.size * FEW >= default.size else default

    def _find(self, query: str, place: Place, limit: int) -> _Found:
        shelf = self._shelf(place.language)
        matches = shelf.search(query, limit, place)
        hits = (
            Hit(passage=passage, language=shelf.language, match=match)
            for match in matches.best
            if (passage := shelf.passage(match.id, place.region)) is not None
        )
        return _Found(hits=tuple(hits), matches=matches, across=shelf.language != place.language)

    def _connect(self, encoder: Encoder, across: Encoder | None, directory: Path, progress: Progress | None) -> None:
        self._client = open_store(directory)
        needed = any(self._shelf(language).language != language for language in self._shelves)
        for language, shelf in self._shelves.items():
            foreign = across if needed and language == self._default else None
            indexes = [VectorIndex(self._client, f"articles-{language}", used) for used in (encoder, foreign) if used]
            for index in indexes:
                self.report += index.sync(shelf.passages, progress)
            shelf.connect(*indexes)


def _topics(topics: Collection[str] | None) -> frozenset[str] | None:
    return None if topics is None else frozenset(topics)
