"""Two rankings made one: keyword scores and similarities on one scale."""

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray


def minmax(scores: NDArray[np.float64]) -> NDArray[np.float64]:
    """The scores stretched to 0..1; all zero when they do not differ."""
    if not scores.size:
        return scores
    low, high = float(scores.min()), float(scores.max())
    return (scores - low) / (high - low) if high > low else np.zeros_like(scores)


def fuse(keywords: Mapping[str, float], similarities: Mapping[str, float], weight: float) -> dict[str, float]:
    """One score 0..1 per id, best first, ties by id: `weight` · keywords + (1 - `weight`) · similarity, each min-max scaled.

    An id that only the keywords found has at most the least similarity among the nearest, and is given that.
    """
    ids = sorted(keywords.keys() | similarities.keys())
    floor = min(similarities.values(), default=0.0)
    lexical = minmax(np.array([keywords.get(key, 0.0) for key in ids]))
    dense = minmax(np.array([similarities.get(key, floor) for key in ids]))
    share = weight if similarities else 1.0
    scores = share * lexical + (1 - share) * dense
    return {ids[place]: float(scores[place]) for place in np.argsort(-scores, kind="stable")}
