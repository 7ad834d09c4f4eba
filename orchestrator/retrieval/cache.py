"""Vectors of texts encoded before, by a hash of the text: a moved, restored or relabelled passage is not encoded again."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Collection, Mapping, Sequence
from hashlib import blake2b
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

Encode = Callable[[Sequence[str]], NDArray[np.float32]]
BATCH = 32
AT_ONCE = 500
LEVELS = 127.0
SCHEMA = "CREATE TABLE IF NOT EXISTS vectors (space TEXT, key BLOB, vector BLOB, PRIMARY KEY (space, key)) WITHOUT ROWID"


class VectorCache:
    """A file of vectors in 8 bits (R@1 within one question of full precision on all sets), 400 bytes each; it holds no text.

    Args:
        path: The file; made when it is not there.
    """

    def __init__(self, path: Path) -> None:
        self._database = sqlite3.connect(path, check_same_thread=False)
        self._database.execute("PRAGMA journal_mode=WAL")
        self._database.execute("PRAGMA secure_delete=ON")
        self._database.execute(SCHEMA)

    def encode(self, space: str, texts: Sequence[str], encode: Encode, told: Callable[[float], None] | None = None) -> NDArray[np.float32]:
        """Vectors of the texts in order; the unknown ones are encoded, each text once, in batches that are kept at once.

        Args:
            space: Whose vectors these are: an encoder's name.
            texts: Any number.
            encode: Called for the unknown ones.
            told: The share done of what must be encoded.
        """
        keys = [key_of(text) for text in texts]
        known = self._known(space, frozenset(keys))
        missing = {key: text for key, text in zip(keys, texts, strict=True) if key not in known}
        # Of similar length together: no batch waits for its longest text.
        order = sorted(missing, key=lambda key: (len(missing[key]), key))
        for start in range(0, len(order), BATCH):
            batch = order[start : start + BATCH]
            if told:
                told(start / len(order))
            packed = {key: pack(vector) for key, vector in zip(batch, encode([missing[key] for key in batch]), strict=True)}
            self.put(space, packed)
            known.update(packed)
        return np.stack([unpack(known[key]) for key in keys]) if keys else np.zeros((0, 0), dtype=np.float32)

    def put(self, space: str, vectors: Mapping[bytes, bytes]) -> None:
        """Keeps packed vectors."""
        with self._database:
            rows = [(space, key, vector) for key, vector in vectors.items()]
            self._database.executemany("INSERT OR REPLACE INTO vectors VALUES (?, ?, ?)", rows)

    def keep(self, space: str, texts: Collection[str]) -> None:
        """Forgets the vectors of all other texts."""
        used = {key_of(text) for text in texts}
        stored = {key for (key,) in self._database.execute("SELECT key FROM vectors WHERE space = ?", (space,))}
        with self._database:
            self._database.executemany("DELETE FROM vectors WHERE space = ? AND key = ?", [(space, key) for key in stored - used])

    def items(self, space: str) -> dict[bytes, bytes]:
        """All packed vectors of an encoder, by key."""
        return dict(self._database.execute("SELECT key, vector FROM vectors WHERE space = ? ORDER BY key", (space,)))

    def close(self) -> None:
        """Lets go of the file."""
        self._database.close()

    def _known(self, space: str, keys: frozenset[bytes]) -> dict[bytes, bytes]:
        found, wanted = dict[bytes, bytes](), sorted(keys)
        for start in range(0, len(wanted), AT_ONCE):
            part = wanted[start : start + AT_ONCE]
            marks = ",".join("?" * len(part))
            query = f"SELECT key, vector FROM vectors WHERE space = ? AND key IN ({marks})"  # noqa: S608  # marks only
            found.update(self._database.execute(query, (space, *part)))
        return found


def key_of(text: str) -> bytes:
    """The key of a text."""
    return blake2b(text.encode("utf-8", "replace"), digest_size=16).digest()


def pack(vector: NDArray[np.float32]) -> bytes:
    """A vector in 8 bits a number, after its scale."""
    scale = float(np.abs(vector).max()) / LEVELS or 1.0
    return np.float32(scale).tobytes() + np.round(vector / scale).astype(np.int8).tobytes()


def unpack(data: bytes) -> NDArray[np.float32]:
    """The vector again, of unit length."""
    vector = np.frombuffer(data, dtype=np.int8, offset=4).astype(np.float32) * np.frombuffer(data, dtype=np.float32, count=1)
    length = float(np.linalg.norm(vector))
    return vector / np.float32(length) if length else vector
