"""The Universal Sentence Encoder with a top of ours, tuned to tell intents apart (512 dimensions, numpy only, about 1 ms a sentence).

The top learnt to call texts alike that a better English encoder calls alike, without labels; see `docs/understanding.md` and
`tools/tune_encoder.py`. Its weights ship with the engine (3.4 MB).
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from orchestrator.encoders.use import UniversalSentenceEncoder
from orchestrator.encoders.weights import verify
from orchestrator.errors import ModelError

if TYPE_CHECKING:
    from orchestrator.encoders.network import Top

WEIGHTS = Path(__file__).with_name("tuned.npz")
SHA256 = "4448e5cb3734f41609ce9f6a2a78eaab39db384470ba5d8f8a3bfc44ab6d7e7a"
"""Whoever changes the weights raises `archive.VERSION` too: classifiers know their encoder by its name alone."""


class TunedEncoder:
    """Our top on the lower layers of an encoder that may be in use elsewhere; a text's lower layers are computed once for both.

    Args:
        base: Whose lower layers serve.
        data_dir: Where the verdict on the weight file is kept.

    Raises:
        ModelError: At the first call, when a weight file is missing or differs from its pin.
    """

    name = "tuned"
    dimensions = 512

    def __init__(self, base: UniversalSentenceEncoder, *, data_dir: Path | None = None) -> None:
        self._base = base
        self._data_dir = data_dir
        self._lock = Lock()
        self._top: Top | None = None

    def encode(self, texts: Sequence[str], /) -> NDArray[np.float32]:
        """Vectors of the texts; `Encoder.encode`."""
        top = self._ready()
        return top.apply(self._base.features(texts))

    def encode_passages(self, texts: Sequence[str], /) -> NDArray[np.float32]:
        """The same space as `encode`."""
        return self.encode(texts)

    def _ready(self) -> Top:
        with self._lock:
            if self._top is None:
                self._top = self._load()
            return self._top

    def _load(self) -> Top:
        verify(WEIGHTS, SHA256, data_dir=self._data_dir, package="filrouge")
        from orchestrator.encoders.network import Top

        try:
            with np.load(WEIGHTS, allow_pickle=False) as archive:
                return Top.of(archive)
        except (KeyError, ValueError, OSError) as error:
            raise ModelError(f"{WEIGHTS}: cannot be read: {error}. Install filrouge again.") from error
