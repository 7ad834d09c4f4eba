"""A small encoder for tests: letter trigrams of words, hashed. Words that share a stem are near, others are not."""

from collections.abc import Sequence
from zlib import crc32

import numpy as np
from numpy.typing import NDArray

from orchestrator.retrieval.words import fold


class TrigramEncoder:
    def __init__(self, name: str = "trigrams", dimensions: int = 256) -> None:
        self.name = name
        self.dimensions = dimensions
        self.encoded = list[str]()

    def encode(self, texts: Sequence[str], /) -> NDArray[np.float32]:
        vectors = np.full((len(texts), self.dimensions), 1e-3, dtype=np.float32)
        for row, text in enumerate(texts):
            for word in fold(text.lower()).split():
                for start in range(max(1, len(word) - 2)):
                    vectors[row, crc32(word[start : start + 3].encode("utf-8", "replace")) % self.dimensions] += 1
        return vectors / np.linalg.norm(vectors, axis=1, keepdims=True)

    def encode_passages(self, texts: Sequence[str], /) -> NDArray[np.float32]:
        self.encoded.extend(texts)
        return self.encode(texts)
