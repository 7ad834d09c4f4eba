"""The knowledge base: finds passages and answers questions from them, in the customer's language and region."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Self

from orchestrator.conversation import Language
from orchestrator.project.articles import Audience, Library
from orchestrator.project.policy import Policy
from orchestrator.retrieval.answerability import ANSWERABLE, DECLARED, answerability
from orchestrator.retrieval.answers import Answer, Extractor
from orchestrator.retrieval.gaps import Gap, redact
from orchestrator.retrieval.index import Match, Matches
from orchestrator.retrieval.markdown import TOP
from orchestrator.retrieval.passages import Passage
from orchestrator.retrieval.rivals import settled
from orchestrator.retrieval.shelf import Place, Shelf
from orchestrator.retrieval.shelves import Encoders, Shelves
from orchestrator.retrieval.vectors import IndexReport, Progress
from orchestrator.retrieval.words import words_of

FEW = 3
"""A language with fewer than one article for every `FEW` of the default language's is searched in the default language's."""
CONSIDERED = 5
"""How many passages an answer may be taken from."""
CONFIRMED = 0.3
"""Enough when another language's article on the same topic is sure."""
ELSEWHERE = 0.65
"""How sure an answer in another language than the customer's must be."""
NAMED = 0.1
"""What the similarity of title and headings by the fast encoder weighs beside the passage's own, within one article."""
OWN_ARTICLE = 0.8
"""From this share of the best score, a passage of an article that declares the intent comes first."""


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
class Readership:
    """Who reads the articles, on which day (None: today), and without which of them (by key)."""

    day: date | None = None
    audience: Audience = "public"
    without: frozenset[str] = frozenset()


@dataclass(frozen=True, kw_only=True)
class _Found:
    hits: tuple[Hit, ...]
    matches: Matches
    across: bool


@dataclass(frozen=True, kw_only=True)
class _Look:
    """What one language has to say to a question; `declared` when its best article says that it answers the intent."""

    hits: tuple[Hit, ...]
    confidence: float
    declared: bool = False

    @property
    def enough(self) -> bool:
        return bool(self.hits) and self.confidence >= (DECLARED if self.declared else ANSWERABLE)

    @property
    def topic(self) -> str:
        return self.hits[0].passage.article.split("/")[1]


class KnowledgeBase:
    """All articles of a project, searchable; make it with `open`.

    Calls are synchronous and may come from several threads; a search costs 1–3 ms and what the encoder takes. An article outside its
    days, or for another audience or region, is not found.
    """

    def __init__(self, shelves: Shelves, reader: Readership) -> None:
        self._shelves = shelves
        self._extractor = Extractor(shelves.encoders.sentences)
        self._reader = reader

    @classmethod
    def open(cls, library: Library, policy: Policy, *, encoders: Encoders, directory: Path, progress: Progress | None = None) -> Self:
        """The knowledge base of a library; encodes what changed since the last time (`report` counts it).

        Args:
            library: The articles; those with mistakes are not in it.
            policy: Says which regions there are and which language is the default.
            encoders: What turns texts to vectors.
            directory: Where the vectors live; it can be deleted at any time and is then built anew.
            progress: Told the share done (0..1) and what is at work.

        Raises:
            IndexDamagedError: The directory's index is damaged or was made by another encoder; the text names the command that mends it.
        """
        shelves = Shelves(library, policy, encoders)
        shelves.connect(directory, progress)
        return cls(shelves, Readership())

    def reading(self, reader: Readership) -> KnowledgeBase:
        """The same articles as another reader sees them; closing either closes both."""
        return KnowledgeBase(self._shelves, reader)

    @property
    def library(self) -> Library:
        """The articles as they are now."""
        return self._shelves.library

    @property
    def report(self) -> IndexReport:
        """What the last `open` or `refresh` changed."""
        return self._shelves.report

    def refresh(self) -> bool:
        """Takes up articles that were added, changed or deleted since; whether there were any.

        It may run beside searches, in a thread of its own: they see the old articles or the new ones. Looking costs 10 ms for 1,000
        articles; an article that became wrong stays as it was.
        """
        return self._shelves.refresh()

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
        place = self._place(language, region, topics)
        return self._find(query, place, self._searched(language), limit).hits

    def answer(
        self, question: str, *, language: Language, region: str | None = None, topics: Collection[str] | None = None, intent: str = ""
    ) -> Answer | Gap:
        """One to three sentences or a short list from the best passages, with citations; or the gap that this question shows.

        What the customer's language has no article for is looked for in the others, the default one first; `Answer.language` says
        which it was.

        Args:
            question: What the customer says, one request.
            language: Of the question.
            region: Whose amounts and days the answer names.
            topics: Look only into these folders.
            intent: What the supervisor is sure the customer wants; articles that declare it come first.
        """
        place = self._place(language, region, topics)
        looks = (self._look(question, place, shelf, intent) for shelf in self._order(language))
        first = next(looks, _Look(hits=(), confidence=0.0))
        chosen = first if first.enough else self._elsewhere(first, tuple(looks))
        answer = self._extracted(question, chosen) if chosen else None
        if chosen is not None and answer is not None:
            return replace(answer, confidence=chosen.confidence)
        return Gap(
            question=redact(question), language=language, region=region, topics=tuple(sorted(place.topics or ())),
            nearest=first.hits[0].passage.id if first.hits else "", confidence=first.confidence,
        )  # fmt: skip

    def topics(self, language: Language) -> frozenset[str]:
        """The topics with an article in that language."""
        shelf = self._shelves.of(language)
        return shelf.topics if shelf else frozenset()

    def close(self) -> None:
        """Lets go of the store on disk."""
        self._shelves.close()

    def _order(self, language: Language) -> Iterator[Shelf]:
        """Where an answer is looked for: where a search looks, then the customer's language, the default one, and the others."""
        found = (self._searched(language), self._shelves.of(language), self._shelves.default, *self._shelves.all())
        yield from dict.fromkeys(shelf for shelf in found if shelf is not None and shelf.size)

    def _searched(self, language: Language) -> Shelf:
        own, default = self._shelves.of(language), self._shelves.default
        return own if own is not None and own.size * FEW >= default.size else default

    def _look(self, question: str, place: Place, shelf: Shelf, intent: str) -> _Look:
        found = self._find(question, place, shelf, CONSIDERED)
        confidence = answerability(found.matches, across=found.across)
        hits = _opening(question, self._by_name(question, self._declared_first(found.hits, intent)), shelf, place)
        declared = bool(hits) and intent in self._intents(hits[0])
        return _Look(hits=hits[:1] if declared else hits, confidence=confidence, declared=declared)

    def _elsewhere(self, first: _Look, others: Sequence[_Look]) -> _Look | None:
        """The answer in another language; or ours after all, where another's confirms that the topic is the right one."""
        sure = [look for look in others if look.hits and look.confidence >= ANSWERABLE]
        if first.hits and first.confidence >= CONFIRMED and any(look.topic == first.topic for look in sure):
            return first
        return next((look for look in sure if look.confidence >= ELSEWHERE), None)

    def _extracted(self, question: str, look: _Look) -> Answer | None:
        shelf = self._shelves.of(look.hits[0].language) or self._shelves.default
        hits = {hit.passage.id: hit for hit in look.hits}
        order = settled([(hit.passage, hit.match) for hit in look.hits], shelf.article)
        scores = sorted((hit.score for hit in look.hits), reverse=True)
        found = [(hits[passage.id].passage, score) for passage, score in zip(order, scores, strict=False)]
        return self._extractor.answer(question, found, look.hits[0].language)

    def _intents(self, hit: Hit) -> tuple[str, ...]:
        shelf = self._shelves.of(hit.language)
        article = shelf.article(hit.passage.article) if shelf else None
        return article.intents if article else ()

    def _declared_first(self, hits: tuple[Hit, ...], intent: str) -> tuple[Hit, ...]:
        """The hits with those of the intent's own articles in front, where they are nearly as good as the best."""
        if not intent or not hits:
            return hits
        enough = OWN_ARTICLE * hits[0].score
        own = [hit for hit in hits if hit.score >= enough and intent in self._intents(hit)]
        return (*own, *(hit for hit in hits if hit not in own))

    def _by_name(self, question: str, hits: tuple[Hit, ...]) -> tuple[Hit, ...]:
        """The hits with the first one's article in front, its passages by similarity and by what their headings ask.

        Words tell articles apart; within one they are nearly the same in every passage, and would prefer the one that repeats them.
        """
        own = [hit for hit in hits if hit.passage.article == hits[0].passage.article]
        rest = [hit for hit in hits if hit not in own]
        encoder = self._shelves.encoders.sentences
        if len(own) < 2 or encoder is None:
            return (*own, *rest)
        named = encoder.encode([hit.passage.name for hit in own]) @ encoder.encode([question])[0]
        fit = {hit.passage.id: hit.match.similarity + NAMED * float(near) for hit, near in zip(own, named, strict=True)}
        return (*sorted(own, key=lambda hit: -fit[hit.passage.id]), *rest)

    def _place(self, language: Language, region: str | None, topics: Collection[str] | None) -> Place:
        found = None if topics is None else frozenset(topics)
        day, reader = self._reader.day or datetime.now(UTC).date(), self._reader
        return Place(language=language, region=region, topics=found, day=day, audience=reader.audience, without=reader.without)

    def _find(self, query: str, place: Place, shelf: Shelf, limit: int) -> _Found:
        matches = shelf.search(query, limit, place)
        hits = (
            Hit(passage=passage, language=shelf.language, match=match)
            for match in matches.best
            if (passage := shelf.passage(match.id, place.region)) is not None
        )
        return _Found(hits=tuple(hits), matches=matches, across=shelf.language != place.language)


def _opening(question: str, hits: tuple[Hit, ...], shelf: Shelf, place: Place) -> tuple[Hit, ...]:
    """The hits with the beginning of the first one's article in front, where the question says no more than its title ("Warranty?")."""
    if not hits:
        return hits
    words, first = words_of(shelf.language), hits[0].passage
    asked, title = ({words.stem(word) for word in words.split(text)} for text in (question, first.title))
    opening = shelf.passage(f"{first.article}#{TOP}", place.region) if asked and asked <= title else None
    return (replace(hits[0], passage=opening), *(hit for hit in hits if hit.passage.id != opening.id)) if opening else hits
