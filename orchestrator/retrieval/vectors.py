"""Passage vectors in Chroma on disk: one collection per language and encoder, so that no query needs a metadata filter."""

from __future__ import annotations

import re
import shutil
import sqlite3
from collections.abc import Callable, Collection, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from orchestrator.encoders import Encoder
from orchestrator.retrieval.passages import Passage

if TYPE_CHECKING:
    from chromadb.api import ClientAPI
    from chromadb.api import Collection as Vectors

Progress = Callable[[float, str], None]

NAME_SHARE = 0.4
"""Of a passage's vector, the part of its title and headings alone; the rest is of title, headings and text together.

The product with a question is then the weighted mean of both similarities: R@1 on StackFAQ's development half .897, against .870 for the
higher of the two, .881 for the text's and .830 for the title's (multilingual-e5-small).
"""
BATCH = 64
LAYOUT = 1
"""Raised when what is stored per passage changes; older collections are then built anew."""


@dataclass(frozen=True, kw_only=True)
class IndexReport:
    """What a synchronisation did, counted in passages."""

    added: int = 0
    kept: int = 0
    removed: int = 0

    def __add__(self, other: IndexReport) -> IndexReport:
        return IndexReport(added=self.added + other.added, kept=self.kept + other.kept, removed=self.removed + other.removed)


def open_store(directory: Path) -> ClientAPI:
    """The Chroma store in a directory, without telemetry. It holds nothing that articles cannot rebuild, so a damaged one is replaced."""
    import chromadb
    from chromadb.config import Settings

    if not _is_sound(directory / "chroma.sqlite3"):
        shutil.rmtree(directory)
    directory.mkdir(parents=True, exist_ok=True)
    return chromadb.PersistentClient(path=directory, settings=Settings(anonymized_telemetry=False))


def _is_sound(path: Path) -> bool:
    if not path.exists():
        return True
    try:
        with closing(sqlite3.connect(path)) as database:
            return database.execute("PRAGMA quick_check(1)").fetchone() == ("ok",)
    except sqlite3.DatabaseError:
        return False


class VectorIndex:
    """The vectors of one language under one encoder.

    A collection made by another encoder, or with other dimensions, is never mixed with: it is deleted and built anew.
    """

    def __init__(self, client: ClientAPI, name: str, encoder: Encoder) -> None:
        self.encoder = encoder.name
        self._encoder = encoder
        self._vectors = _collection(client, name, encoder)
        self._size = self._vectors.count()

    def sync(self, passages: Sequence[Passage], progress: Progress | None = None) -> IndexReport:
        """Makes the collection hold exactly these passages; encodes only those that are new or changed.

        It is safe to stop in the middle: the next call goes on where this one ended.
        """
        stored = self._stored()
        removed = sorted(stored.keys() - {passage.id for passage in passages})
        changed = [passage for passage in passages if stored.get(passage.id) != passage.digest]
        for start in range(0, len(removed), BATCH):
            self._vectors.delete(ids=removed[start : start + BATCH])
        for start in range(0, len(changed), BATCH):
            batch = changed[start : start + BATCH]
            if progress:
                progress(start / len(changed), batch[0].title)
            self._vectors.upsert(
                ids=[passage.id for passage in batch],
                embeddings=self._encode(batch),
                metadatas=[{"digest": passage.digest} for passage in batch],
            )
        self._size = len(passages)
        return IndexReport(added=len(changed), kept=len(passages) - len(changed), removed=len(removed))

    def nearest(self, question: str, limit: int, among: Collection[str] | None = None) -> dict[str, float]:
        """The ids nearest to a question and their similarity (-1..1), nearest first; `among` restricts to these ids."""
        size = self._size if among is None else len(among)
        if not size:
            return {}
        found = self._vectors.query(
            query_embeddings=self._encoder.encode([question]), n_results=min(limit, size), include=["distances"],
            ids=None if among is None else sorted(among),
        )  # fmt: skip
        distances = (found["distances"] or [[]])[0]
        return {key: round(1.0 - distance, 5) for key, distance in zip(found["ids"][0], distances, strict=True)}

    def _encode(self, passages: Sequence[Passage]) -> NDArray[np.float32]:
        names = self._encoder.encode_passages([passage.name for passage in passages])
        texts = self._encoder.encode_passages([f"{passage.name}\n{passage.plain}" for passage in passages])
        shares = np.array([NAME_SHARE if passage.name.strip() else 0.0 for passage in passages], dtype=np.float32)[:, None]
        return (shares * names + (1 - shares) * texts).astype(np.float32, copy=False)

    def _stored(self) -> dict[str, str]:
        found = self._vectors.get(include=["metadatas"])
        return {key: str(data["digest"]) for key, data in zip(found["ids"], found["metadatas"] or [], strict=True)}


def _collection(client: ClientAPI, name: str, encoder: Encoder) -> Vectors:
    label = re.sub(r"[^a-z0-9]+", "-", f"{name}-{encoder.name}".lower()).strip("-")
    made_by = {"encoder": encoder.name, "dimensions": encoder.dimensions, "layout": LAYOUT}

    def open_or_make() -> Vectors:
        return client.get_or_create_collection(
            label, metadata=made_by, embedding_function=None, configuration={"hnsw": {"space": "ip", "ef_search": 200}}
        )

    vectors = open_or_make()
    if vectors.metadata != made_by:
        client.delete_collection(label)
        vectors = open_or_make()
    return vectors
