"""From logits to probabilities that mean what they say, fitted on held-out folds."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]
Labels = NDArray[np.intp]


def log_sum_exp(logits: Floats) -> Floats:
    """The energy of each row, without overflow."""
    top = logits.max(axis=-1)
    return top + np.log(np.exp(logits - top[..., None]).sum(axis=-1))


def softmax(logits: Floats) -> Floats:
    """Probabilities of each row."""
    odds = np.exp(logits - logits.max(axis=-1, keepdims=True))
    return odds / odds.sum(axis=-1, keepdims=True)


@dataclass(frozen=True)
class Fusion:
    """How heads are mixed and cooled: logits = Σ scale · head; a head's scale is its weight divided by the common temperature."""

    scales: tuple[float, ...]

    def mix(self, heads: Sequence[Floats]) -> Floats:
        """The calibrated logits; each head has shape (..., intents)."""
        mixed = heads[0] * np.float32(self.scales[0])
        for scale, head in zip(self.scales[1:], heads[1:], strict=True):
            mixed = mixed + head * np.float32(scale)
        return mixed


TRUST = 5.0
"""Rows' worth of belief in the temperature we start from, which holds small data back from wild scales."""

BALANCE_TRUST = 100.0
"""Rows' worth of belief in the balance of the heads we start from: examples are more alike than messages are, so folds without twins
underrate wording. 5 costs 0.5 points on BANKING77 with ten examples, 1000 doubles the calibration error across languages."""


def fit_fusion(heads: Sequence[Floats], labels: Labels, *, start: Sequence[float]) -> Fusion:
    """The scales under which held-out answers are likeliest.

    Weights and temperature are fitted together: one number per head, so a few dozen rows are enough.

    Args:
        heads: Held-out logits of each head, shape (rows, intents).
        labels: What the rows are.
        start: Scales to begin from, and to keep when there is nothing to learn from.
    """
    from scipy.optimize import minimize

    if not len(labels):
        return Fusion(tuple(start))
    begin = np.log(np.asarray(start, dtype=np.float64))
    here = np.arange(len(labels))

    def loss(logs: NDArray[np.float64]) -> tuple[float, NDArray[np.float64]]:
        scales = np.exp(logs)
        mixed = Fusion(tuple(float(scale) for scale in scales)).mix(heads)
        odds = softmax(mixed)
        likelihood = mixed[here, labels] - log_sum_exp(mixed)
        heat = (logs - begin).mean()
        tilt = logs - begin - heat
        pull = TRUST * len(logs) * heat * heat + BALANCE_TRUST * float(tilt @ tilt)
        slopes = [scale * float((odds * head).sum() - head[here, labels].sum()) for scale, head in zip(scales, heads, strict=True)]
        return 0.5 * pull - float(likelihood.sum(dtype=np.float64)), np.asarray(slopes) + TRUST * heat + BALANCE_TRUST * tilt

    found = minimize(loss, begin, jac=True, method="L-BFGS-B", bounds=[(-5.0, 4.0)] * len(begin))
    return Fusion(tuple(float(scale) for scale in np.exp(found.x)))
