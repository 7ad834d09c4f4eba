"""Vectors of the texts seen last, because one turn asks for the same text several times."""

from collections import OrderedDict
from collections.abc import Callable, Sequence
from hashlib import blake2b
from threading import Lock

import numpy as np
from numpy.typing import NDArray

Compute = Callable[[Sequence[str]], NDArray[np.float32]]


class Memo:
    """A bounded memory text → vector; keeps digests, never the texts.

    Args:
        size: How many vectors are kept (2 KB each).
        batch: Calls with more texts than this (training, indexing) pass by and leave the memory as it is.
    """

    def __init__(self, size: int = 1024, batch: int = 16) -> None:
        self._size = size
        self._batch = batch
        self._vectors: OrderedDict[bytes, NDArray[np.float32]] = OrderedDict()
        self._lock = Lock()

    def encode(self, texts: Sequence[str], compute: Compute) -> NDArray[np.float32]:
        """Vectors of the texts, computed only where unknown; the result is a fresh array."""
        if not texts or len(texts) > self._batch:
            return compute(texts)
        keys = [blake2b(text.encode("utf-8", "replace"), digest_size=16).digest() for text in texts]
        known = self._known(keys)
        missing = {key: text for key, text in zip(keys, texts, strict=True) if key not in known}
        if missing:
            fresh = compute(list(missing.values()))
            known.update(zip(missing, fresh, strict=True))
            self._remember(missing, known)
        return np.stack([known[key] for key in keys])

    def _known(self, keys: Sequence[bytes]) -> dict[bytes, NDArray[np.float32]]:
        with self._lock:
            found = {key: self._vectors[key] for key in keys if key in self._vectors}
            for key in found:
                self._vectors.move_to_end(key)
        return found

    def _remember(self, keys: dict[bytes, str], vectors: dict[bytes, NDArray[np.float32]]) -> None:
        with self._lock:
            for key in keys:
                self._vectors[key] = vectors[key]
            while len(self._vectors) > self._size:
                self._vectors.popitem(last=False)
