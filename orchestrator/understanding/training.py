"""What a classifier learns from, and how the examples are split to test it on what it has not seen."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Progress = Callable[[float, str], None]
"""Called with the share done (0..1) and a short label."""


@dataclass(frozen=True, slots=True)
class Example:
    """One utterance and what the customer who says it wants."""

    text: str
    intent: str


@dataclass(frozen=True, slots=True)
class Fold:
    """Rows to learn from and rows to be tested on, disjoint and ascending."""

    train: NDArray[np.intp]
    test: NDArray[np.intp]


TWIN = 0.8
"""Cosine from which on two examples of an intent are one meaning said twice: a translation or a near-copy.

On 50 intents in four parallel languages, tested on meanings never seen, sets promised at 95 % held the truth in 79 % of the cases when
translations could fall into different folds, in 94.5 % when they could not (0.9: 81 %; 0.7: 98 % with needlessly large sets).
"""


def twins(vectors: NDArray[np.float32], labels: NDArray[np.intp]) -> NDArray[np.intp]:
    """A group number per labelled row, the same for examples of an intent that say nearly the same.

    Each row joins the most similar group leader that is close enough, or leads a group of its own.
    """
    groups = np.zeros(len(labels), dtype=np.intp)
    count = 0
    for label in np.unique(labels):
        rows = np.flatnonzero(labels == label)
        cosines = vectors[rows] @ vectors[rows].T
        leaders: list[int] = []
        numbers: list[int] = []
        for place, row in enumerate(rows):
            near = int(cosines[place, leaders].argmax()) if leaders else -1
            if near >= 0 and cosines[place, leaders[near]] >= TWIN:
                groups[row] = numbers[near]
            else:
                leaders.append(place)
                numbers.append(count)
                groups[row] = count
                count += 1
    return groups


def split(labels: NDArray[np.intp], folds: int, groups: NDArray[np.intp] | None = None) -> list[Fold]:
    """Stratified folds, the same at every call.

    Args:
        labels: Class of each row.
        folds: At most this many; fewer when no class has as many rows or groups.
        groups: Rows of one group stay together, so that a translation of an example never vouches for it.

    Returns:
        The folds. Classes of a single row or group are always learnt from, never tested; empty if there are no others.
    """
    place = np.full(len(labels), -1, dtype=np.intp)
    shuffle = np.random.default_rng(20240229)
    keys = np.arange(len(labels)) if groups is None else groups
    for label in np.unique(labels):
        rows = np.flatnonzero(labels == label)
        members = np.unique(keys[rows])
        if len(members) < 2:
            continue
        # A random start spreads the remainders of small classes over all folds.
        order = (shuffle.permutation(len(members)) + shuffle.integers(folds)) % min(folds, len(members))
        place[rows] = order[np.searchsorted(members, keys[rows])]
    used = [fold for fold in range(folds) if np.any(place == fold)]
    return [Fold(train=np.flatnonzero(place != fold), test=np.flatnonzero(place == fold)) for fold in used]
