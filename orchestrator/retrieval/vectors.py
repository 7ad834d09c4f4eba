"""Passage vectors in Chroma on disk: one collection per language and encoder, so that no query needs a metadata filter."""

from __future__ import annotations

from collections import OrderedDict, defaultdict
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from hashlib import blake2b
from threading import Lock

import numpy as np
from numpy.typing import NDArray

from orchestrator.encoders import Encoder
from orchestrator.retrieval.blend import Blend
from orchestrator.retrieval.composition import centre, compose, mean_of, outgrown
from orchestrator.retrieval.manifest import IndexDamagedError, checksum
from orchestrator.retrieval.passages import Passage
from orchestrator.retrieval.personal import masked
from orchestrator.retrieval.store import Store

Progress = Callable[[float, str], None]

BATCH = 500
DIGEST = 32
"""Letters of a passage's own digest, before its document's."""
EXACT = 8_192
"""Up to so many passages are compared one by one: exact, and faster than the graph (about 1 ms)."""
GROUPS = 8
"""How many groups of passages (a topic in a region) are held for that."""
WIDER = 6
"""How many times more than wanted the graph is asked for, when some of what it finds may not be shown."""
SAMPLE = 64


@dataclass(frozen=True, kw_only=True)
class IndexReport:
    """What a synchronisation did, counted in passages."""

    added: int = 0
    kept: int = 0
    removed: int = 0

    def __add__(self, other: IndexReport) -> IndexReport:
        return IndexReport(added=self.added + other.added, kept=self.kept + other.kept, removed=self.removed + other.removed)


class VectorIndex:
    """The vectors of one language under one encoder.

    What is stored are numbers under hashed names: no text, and personal data are masked before anything is encoded.

    Raises:
        IndexDamagedError: The collection was made by another encoder or is damaged; it is never mixed with and never guessed at.
    """

    def __init__(self, store: Store, name: str, encoder: Encoder) -> None:
        self.encoder = encoder.name
        self._encoder = encoder
        self._store = store
        self._vectors, self._manifest, self._path = store.collection(name, encoder)
        self._names = dict[str, str]()
        self._groups = OrderedDict[frozenset[str] | None, tuple[tuple[str, ...], NDArray[np.float32]]]()
        self._lock = Lock()
        self._check()

    def sync(self, passages: Sequence[Passage], progress: Progress | None = None) -> IndexReport:
        """Makes the collection hold exactly these passages; encodes only what was never encoded.

        It is safe to stop in the middle: the next call goes on where this one ended.
        """
        wanted = self._digests(passages)
        names = {passage.id: passage.stored_as for passage in passages}
        new = sum(self._manifest.entries.get(names[passage.id], ("", 0))[0][:DIGEST] != passage.digest for passage in passages)
        if outgrown(len(passages), self._manifest.basis):
            self._recentre(passages, progress)
        entries = self._manifest.entries
        gone = sorted(entries.keys() - set(names.values()))
        changed = [passage for passage in passages if entries.get(names[passage.id], ("", 0))[0] != wanted[passage.id]]
        self._remove(gone)
        self._add(changed, passages, wanted, progress)
        with self._lock:
            self._names = {name: key for key, name in names.items()}
            self._groups.clear()
        return IndexReport(added=new, kept=len(passages) - new, removed=len(gone))

    def nearest(self, question: str, limit: int, among: Collection[str] | None = None) -> dict[str, float]:
        """The ids nearest to a question and their similarity (-1..1), nearest first; `among` restricts to these ids."""
        size = len(self._names) if among is None else len(among)
        if not size:
            return {}
        mean = np.array(self._manifest.mean, dtype=np.float32) if self._manifest.mean else None
        asked = centre(self._encoder.encode([question]), mean)[0]
        allowed = None if among is None else frozenset(among)
        if size <= EXACT:
            keys, matrix = self._group(allowed)
            similarities = matrix @ asked
            order = np.argsort(-similarities, kind="stable")[:limit]
            return {keys[int(place)]: round(float(similarities[place]), 5) for place in order}
        return self._searched(asked, limit, allowed)

    def _searched(self, asked: NDArray[np.float32], limit: int, allowed: frozenset[str] | None) -> dict[str, float]:
        count = min(limit if allowed is None else WIDER * limit, len(self._names))
        found = self._query(asked, count)
        visible = [(key, near) for key, near in found if allowed is None or key in allowed]
        if allowed is not None and len(visible) < min(limit, len(allowed)) // 5:
            visible = self._query(asked, limit, sorted(name for name, key in self._names.items() if key in allowed))
        return dict(visible[:limit])

    def _query(self, asked: NDArray[np.float32], count: int, ids: list[str] | None = None) -> list[tuple[str, float]]:
        found = self._vectors.query(query_embeddings=asked[None, :], n_results=count, include=["distances"], ids=ids)
        distances = (found["distances"] or [[]])[0]
        pairs = zip(found["ids"][0], distances, strict=True)
        return [(self._names[name], round(1.0 - distance, 5)) for name, distance in pairs if name in self._names]

    def _group(self, allowed: frozenset[str] | None) -> tuple[tuple[str, ...], NDArray[np.float32]]:
        """The allowed passages, by id, with their vectors; kept for the next question."""
        with self._lock:
            if allowed in self._groups:
                self._groups.move_to_end(allowed)
                return self._groups[allowed]
            names = self._names
        wanted = [name for name, key in names.items() if allowed is None or key in allowed]
        stored = self._read(wanted)
        keys = sorted((names[name], name) for name in stored)
        rows = [stored[name] for _, name in keys]
        matrix = np.stack(rows) if rows else np.zeros((0, self._encoder.dimensions), dtype=np.float32)
        group = (tuple(key for key, _ in keys), matrix)
        with self._lock:
            if self._names is names:
                self._groups[allowed] = group
                while len(self._groups) > GROUPS:
                    self._groups.popitem(last=False)
        return group

    def _read(self, names: Sequence[str]) -> dict[str, NDArray[np.float32]]:
        found = dict[str, NDArray[np.float32]]()
        for start in range(0, len(names), BATCH):
            page = self._vectors.get(ids=list(names[start : start + BATCH]), include=["embeddings"])
            rows = np.asarray(page["embeddings"], dtype=np.float32)
            found.update(zip(page["ids"], rows, strict=True))
        return found

    def _check(self) -> None:
        """Reads a sample of the vectors (all of a small collection) and holds them against their checksums."""
        names = sorted(self._manifest.entries)
        sample = names if len(names) <= BATCH else names[:: max(1, len(names) // SAMPLE)]
        try:
            stored = self._read(sample)
        except Exception as error:  # whatever Chroma stumbles over in its own files
            raise IndexDamagedError(self._store.directory, f"cannot be read ({type(error).__name__})") from error
        if len(stored) < len(sample) or self._manifest.wrong(stored):
            raise IndexDamagedError(self._store.directory, f"is damaged ({self._path.stem} differs from its checksums)")

    def _digests(self, passages: Sequence[Passage]) -> dict[str, str]:
        """Per passage what it is made of: its own digest, then its document's, as a passage's vector leans on the others'."""
        owners = defaultdict[str, list[str]](list)
        for passage in passages:
            owners[passage.article].append(passage.digest)
        whole = {owner: blake2b("".join(digests).encode(), digest_size=8).hexdigest() for owner, digests in owners.items()}
        return {passage.id: passage.digest + whole[passage.article] for passage in passages}

    def _remove(self, gone: Sequence[str]) -> None:
        if not gone:
            return
        for name in gone:
            del self._manifest.entries[name]
        self._manifest.write(self._path)
        for start in range(0, len(gone), BATCH):
            self._vectors.delete(ids=list(gone[start : start + BATCH]))

    def _recentre(self, passages: Sequence[Passage], progress: Progress | None) -> None:
        """Takes the mean anew; every vector is then composed again, but none encoded twice."""
        mean = mean_of(self._encode([texts_of(passage)[1] for passage in passages], progress))
        self._manifest.mean = [] if mean is None else [float(value) for value in mean]
        self._manifest.basis = 0 if mean is None else len(passages)
        self._manifest.entries = {name: ("", entry[1]) for name, entry in self._manifest.entries.items()}

    def _add(
        self, changed: Sequence[Passage], passages: Sequence[Passage], wanted: Mapping[str, str], progress: Progress | None
    ) -> None:  # fmt: skip
        if not changed:
            return
        touched = {passage.article for passage in changed}
        whole = [passage for passage in passages if passage.article in touched]
        names, texts = [texts_of(passage)[0] for passage in whole], [texts_of(passage)[1] for passage in whole]
        encoded = self._encode([*names, *texts], progress)
        blank = np.array([not name for name in names], dtype=bool)
        encoded[: len(names)][blank] = 0.0
        mean = np.array(self._manifest.mean, dtype=np.float32) if self._manifest.mean else None
        vectors = compose(encoded[: len(names)], encoded[len(names) :], [passage.article for passage in whole], mean)
        for start in range(0, len(whole), BATCH):
            batch, rows = whole[start : start + BATCH], vectors[start : start + BATCH]
            keys = [passage.stored_as for passage in batch]
            self._vectors.upsert(ids=keys, embeddings=rows)
            for key, passage, row in zip(keys, batch, rows, strict=True):
                self._manifest.entries[key] = (wanted[passage.id], checksum(row))
        self._manifest.write(self._path)

    def _encode(self, texts: Sequence[str], progress: Progress | None) -> NDArray[np.float32]:
        parts = self._encoder.parts if isinstance(self._encoder, Blend) else ((self._encoder, np.float32(1.0)),)

        def told(share: float) -> None:
            if progress:
                progress(share, "")

        return np.hstack([self._store.cache.encode(part.name, texts, part.encode_passages, told) * weight for part, weight in parts])


def texts_of(passage: Passage) -> tuple[str, str]:
    """What of a passage is encoded: its name, and name and text together, without what points to a person."""
    name = masked(passage.name).strip()
    return name, f"{name}\n{masked(passage.plain)}"
