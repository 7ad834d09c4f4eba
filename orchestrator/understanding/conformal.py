"""Prediction sets: which intents can't be ruled out at the promised coverage (split conformal, least ambiguous sets).

Sadinle, Lei and Wasserman 2019. The promise holds for messages like the examples; real traffic drifts, so recalibrate on it.
"""

import math

import numpy as np
from numpy.typing import NDArray


def threshold(probabilities: NDArray[np.float32], labels: NDArray[np.intp], coverage: float) -> float:
    """The least probability an intent must have to stay in the set.

    Args:
        probabilities: Held-out, shape (rows, intents).
        labels: What the rows are.
        coverage: Share of rows whose set must hold the truth.

    Returns:
        The bound; 0 (every intent stays) when there are too few rows to promise anything.
    """
    rows = len(labels)
    rank = math.ceil((rows + 1) * coverage)
    if rank > rows:
        return 0.0
    truth = np.sort(1.0 - probabilities[np.arange(rows), labels])
    return float(1.0 - truth[rank - 1])
