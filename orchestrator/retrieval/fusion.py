"""Two rankings made one: similarities, moved a little by the words that are there."""

from collections.abc import Mapping

import numpy as np


def fuse(keywords: Mapping[str, float], similarities: Mapping[str, float], weight: float) -> dict[str, float]:
    """One score 0..1 per id, best first, ties by id: similarity + `weight` · keywords, then stretched over all that were found.

    Both are on scales of their own that mean the same in every search (keywords are over the rarity of the words asked), so a search
    in which no word says much is not decided by words. An id that only the keywords found has at most the least similarity among the
    nearest, and is given that. Without similarities the keywords stand alone.
    """
    ids = sorted(keywords.keys() | similarities.keys())
    floor = min(similarities.values(), default=0.0)
    share = weight if similarities else 1.0
    scores = np.array([similarities.get(key, floor) + share * keywords.get(key, 0.0) for key in ids])
    if scores.size:
        low, high = float(scores.min()), float(scores.max())
        scores = (scores - low) / (high - low) if high > low else np.ones_like(scores)
    return {ids[place]: float(scores[place]) for place in np.argsort(-scores, kind="stable")}
