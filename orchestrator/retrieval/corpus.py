"""Any set of documents searched exactly as articles are, for measuring the search on public data."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Self

from orchestrator.encoders import Encoder
from orchestrator.retrieval.index import POOL, PassageIndex
from orchestrator.retrieval.markdown import sections
from orchestrator.retrieval.passages import Passage, split_text
from orchestrator.retrieval.vectors import Progress, VectorIndex, open_store


@dataclass(frozen=True, kw_only=True)
class Document:
    """A document to be found; the text may be Markdown."""

    id: str
    title: str
    text: str


class CorpusSearcher:
    """Documents by question; made by `index_documents`, a context manager."""

    def __init__(self, index: PassageIndex, owners: dict[str, str], cleanup: list[TemporaryDirectory[str]]) -> None:
        self._index = index
        self._owners = owners
        self._cleanup = cleanup

    def search(self, query: str, limit: int = 10) -> tuple[tuple[str, float], ...]:
        """Document ids with their best passage's score, best first."""
        found = dict[str, float]()
        for match in self._index.search(query, 2 * POOL).best:
            found.setdefault(self._owners[match.id], match.score)
        return tuple(found.items())[:limit]

    def close(self) -> None:
        """Removes the temporary index, if there is one."""
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
    passages, owners = list[Passage](), dict[str, str]()
    for document in documents:
        for passage in split_text(document.id, document.title, sections(document.text), language):
            passages.append(passage)
            owners[passage.id] = document.id
    cleanup = list[TemporaryDirectory[str]]()
    vectors = None
    if encoder is not None:
        if directory is None:
            cleanup.append(TemporaryDirectory(prefix="filrouge-corpus-", ignore_cleanup_errors=True))
            directory = Path(cleanup[0].name)
        vectors = VectorIndex(open_store(directory), f"corpus-{language}", encoder)
        vectors.sync(passages, progress)
    return CorpusSearcher(PassageIndex.of(passages, language, vectors), owners, cleanup)
