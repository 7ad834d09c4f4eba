"""What every encoder offers: texts in, unit vectors out."""

from collections.abc import Sequence
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

MAX_CHARACTERS = 4000
"""Longer texts are cut here: both shipped models were made for sentences, and cost must stay bounded."""


class Encoder(Protocol):
    """Turns texts into vectors whose dot product is their similarity."""

    @property
    def name(self) -> str:
        """Short stable name; part of the key of everything computed with this encoder."""
        ...

    @property
    def dimensions(self) -> int:
        """Length of a vector."""
        ...

    def encode(self, texts: Sequence[str], /) -> NDArray[np.float32]:
        """Vectors of what customers say (queries): shape (n, dimensions), each of length 1, in the order given."""
        ...

    def encode_passages(self, texts: Sequence[str], /) -> NDArray[np.float32]:
        """Vectors of what is searched in; the same as `encode` for encoders that know no difference."""
        ...


def clean(text: str) -> str:
    """The text as both engines accept it: no NUL (C strings end there), no lone surrogate, bounded length."""
    cut = text[:MAX_CHARACTERS].replace("\0", " ")
    return cut.encode("utf-8", "replace").decode("utf-8")
