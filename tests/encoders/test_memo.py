"""The memory of vectors saves work and stays bounded."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from orchestrator.encoders.memo import Memo


class Counting:
    """Computes lengths and remembers what it was asked."""

    def __init__(self) -> None:
        self.asked: list[str] = []

    def __call__(self, texts: Sequence[str]) -> NDArray[np.float32]:
        self.asked.extend(texts)
        return np.array([[len(text)] for text in texts], np.float32).reshape(len(texts), 1)


def test_a_text_is_computed_once() -> None:
    memo, compute = Memo(), Counting()
    assert memo.encode(["a", "bb", "a"], compute).tolist() == [[1], [2], [1]]
    assert memo.encode(["bb", "ccc"], compute).tolist() == [[2], [3]]
    assert compute.asked == ["a", "bb", "ccc"]


def test_the_longest_unused_text_is_forgotten_first() -> None:
    memo, compute = Memo(size=2), Counting()
    for text in ("a", "b", "a", "c", "a", "b"):
        memo.encode([text], compute)
    assert compute.asked == ["a", "b", "c", "b"]


def test_a_large_batch_passes_by() -> None:
    memo, compute = Memo(size=2, batch=3), Counting()
    memo.encode(["a"], compute)
    memo.encode(["b", "c", "d", "e"], compute)
    memo.encode(["a"], compute)
    assert compute.asked == ["a", "b", "c", "d", "e"]
