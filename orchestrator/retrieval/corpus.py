"""Any set of documents searched exactly as articles are, for measuring the search on public data."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Self

from orchestrator.encoders import Encoder
from orchestrator.retrieval.index import POOL, PassageIndex
from orchestrator.retrieval.markdown import sections
from orchestrator.retrieval.passages import Passage, split_text
from orchestrator.retrieval.store import Store, open_store
from orchestrator.retrieval.vectors import Progress, VectorIndex


@dataclass(frozen=True, kw_only=True)
class Document:
    """A document to be found; the text may be Markdown. `group` is what a search may be restricted to: a shop, a product."""

    id: str
    title: str
    text: str
    group: str = ""


class CorpusSearcher:
    """Documents by question; made by `index_documents`, a context manager."""

    def __init__(self, index: PassageIndex, groups: Mapping[str, str], store: Store | None, cleanup: list[TemporaryDirectory[str]]) -> None:
        self._index = index
        self._groups = groups
        self._store = store
        self._cleanup = cleanup

    def search(self, query: str, limit: int = 10, group: str = "") -> tuple[tuple[str, float], ...]:
        """Document ids with their best passage's score, best first; of one group of documents only, where it is named."""
        found = dict[str, float]()
        hidden = self._others(group) if group else frozenset[str]()
        for match in self._index.search(query, 2 * POOL, hidden).best:
            found.setdefault(match.id.rpartition("#")[0], match.score)
        return tuple(found.items())[:limit]

    @cache  # noqa: B019  # a searcher lives as long as its measurement
    def _others(self, group: str) -> frozenset[str]:
        return frozenset(passage for passage, owner in self._groups.items() if owner != group)

    def close(self) -> None:
        """Lets go of the index and removes it if it is temporary."""
        if self._store:
            self._store.close()
            self._store = None
        while self._cleanup:
            self._cleanup.pop().cleanup()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def index_documents(
    documents: Iterable[Document],
    *,
    encoder: Encoder | None,
    language: str = "en",
    directory: Path | None = None,
    progress: Progress | None = None,
) -> CorpusSearcher:
    """Splits, encodes and indexes documents with the code that indexes articles.

    Args:
        documents: Ids must be unique.
        encoder: None searches by keywords alone.
        language: Of the documents.
        directory: Where the vectors are kept for the next time; a temporary one by default.
        progress: Told how far it is.
    """
    passages, groups = list[Passage](), dict[str, str]()
    for document in documents:
        for passage in split_text(document.id, document.title, sections(document.text), language):
            passages.append(passage)
            groups[passage.id] = document.group
    cleanup = list[TemporaryDirectory[str]]()
    vectors, store = None, None
    if encoder is not None:
        if directory is None:
            cleanup.append(TemporaryDirectory(prefix="filrouge-corpus-", ignore_cleanup_errors=True))
            directory = Path(cleanup[0].name)
        store = open_store(directory)
        vectors = VectorIndex(store, f"corpus-{language}", encoder)
        vectors.sync(passages, progress)
    return CorpusSearcher(PassageIndex.of(passages, language, vectors), groups, store, cleanup)
