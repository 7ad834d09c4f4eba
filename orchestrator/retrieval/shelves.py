"""The shelves of all languages and the index beneath them, brought up to date together while they are read."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from threading import Lock

from orchestrator.conversation import Language
from orchestrator.encoders import Encoder
from orchestrator.project.articles import Library
from orchestrator.project.policy import Policy
from orchestrator.retrieval.blend import Blend
from orchestrator.retrieval.shelf import Shelf
from orchestrator.retrieval.store import Store, open_store
from orchestrator.retrieval.vectors import IndexReport, Progress, VectorIndex, texts_of


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


class Shelves:
    """One shelf per language of the company, and their vectors."""

    def __init__(self, library: Library, policy: Policy, encoders: Encoders) -> None:
        self.library = library
        self.encoders = encoders
        self.report = IndexReport()
        self._default: Language = policy.company.default_language
        self._languages = tuple(policy.company.languages)
        self._shelves: Mapping[Language, Shelf] = {
            language: Shelf([a for a in library.articles if a.language == language], language, tuple(policy.regions))
            for language in self._languages
        }
        self._store: Store | None = None
        self._indexes = dict[Language, tuple[VectorIndex, VectorIndex]]()
        self._changing = Lock()

    @property
    def default(self) -> Shelf:
        """The shelf of the company's default language."""
        return self._shelves[self._default]

    def of(self, language: Language) -> Shelf | None:
        """The shelf of a language, or None when the company does not speak it."""
        return self._shelves.get(language)

    def all(self) -> tuple[Shelf, ...]:
        """All shelves, in the company's order of languages."""
        return tuple(self._shelves.values())

    def connect(self, directory: Path, progress: Progress | None) -> None:
        """Opens the index and brings it up to date.

        Raises:
            IndexDamagedError: It is damaged or another encoder made it.
        """
        if self.encoders.search is None:
            return
        self._store = store = open_store(directory)
        try:
            for language in self._languages:
                used = (self.encoders.search, self.encoders.across or self.encoders.search)
                made = {encoder.name: VectorIndex(store, f"articles-{language}", encoder) for encoder in used}
                self._indexes[language] = (made[used[0].name], made[used[1].name])
            self.report = self._sync(self._shelves, progress)
        except BaseException:
            self.close()
            raise

    def refresh(self) -> bool:
        """Takes up what changed in the library's folder; whether anything did."""
        with self._changing:
            library = self.library.reread()
            if library is self.library:
                return False
            shelves: dict[Language, Shelf] = {
                language: shelf.changed([article for article in library.articles if article.language == language])
                for language, shelf in self._shelves.items()
            }
            if self._store is not None:
                self.report = self._sync(shelves, None)
            self._shelves, self.library = shelves, library
            return True

    def close(self) -> None:
        """Lets go of the index."""
        if self._store is not None:
            self._store.close()
            self._store = None

    def _sync(self, shelves: Mapping[Language, Shelf], progress: Progress | None) -> IndexReport:
        found = IndexReport()
        for number, (language, shelf) in enumerate(shelves.items()):

            def told(share: float, what: str, done: int = number, name: str = language) -> None:
                if progress:
                    progress((done + share) / len(shelves), what or name)

            search, across = self._indexes[language]
            found += search.sync(shelf.passages, told)
            if across is not search:
                across.sync(shelf.passages, told)
            shelf.connect(search, across)
        if self._store is not None and (found.added or found.removed):
            texts = {text for shelf in shelves.values() for passage in shelf.passages for text in texts_of(passage)}
            for name in {part.name for part in self._parts()}:
                self._store.cache.keep(name, texts)
        return found

    def _parts(self) -> list[Encoder]:
        used = [encoder for encoder in (self.encoders.search, self.encoders.across) if encoder is not None]
        return [part for encoder in used for part in ([each for each, _ in encoder.parts] if isinstance(encoder, Blend) else [encoder])]
