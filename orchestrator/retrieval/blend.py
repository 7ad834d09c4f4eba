"""Several encoders as one: their vectors side by side, so that the dot product is the weighted mean of their similarities."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from orchestrator.encoders import Encoder


class Blend:
    """An `Encoder` made of weighted others.

    Args:
        parts: Each encoder with its weight; weights need not sum to 1.
    """

    def __init__(self, *parts: tuple[Encoder, float]) -> None:
        total = sum(weight for _, weight in parts)
        self.parts = tuple((encoder, np.float32((weight / total) ** 0.5)) for encoder, weight in parts)
        self.name = "-".join(f"{encoder.name}{weight / total:.2f}".replace("0.", "") for encoder, weight in parts)
        self.dimensions = sum(encoder.dimensions for encoder, _ in parts)

    def encode(self, texts: Sequence[str], /) -> NDArray[np.float32]:
        """`Encoder.encode`, of all parts."""
        return np.hstack([encoder.encode(texts) * weight for encoder, weight in self.parts])

    def encode_passages(self, texts: Sequence[str], /) -> NDArray[np.float32]:
        """`Encoder.encode_passages`, of all parts."""
        return np.hstack([encoder.encode_passages(texts) * weight for encoder, weight in self.parts])
