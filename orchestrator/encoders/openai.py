"""Vectors by an OpenAI-compatible endpoint's embeddings (`FILROUGE_ENCODER=openai:<model>`): articles and questions are sent there."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from orchestrator.encoders.encoder import clean
from orchestrator.encoders.memo import Memo
from orchestrator.errors import ModelError

if TYPE_CHECKING:
    from openai import OpenAI
    from pydantic import SecretStr

PREFIX = "openai:"
BATCH = 128
BYTES_AT_MOST = 8000
"""Of one text. A token has at least one byte, and models take 8,191 tokens."""
RETRIES = 2
CONNECT_SECONDS = 3.0
SECONDS = 15.0
KNOWN = {"text-embedding-3-small": 1536, "text-embedding-3-large": 3072, "text-embedding-ada-002": 1536}


class OpenAIEncoder:
    """One embedding model; knows no difference between queries and passages. Calls wait for the network: not for the event loop's thread.

    Args:
        model: Its name, or `name:dimensions` for a model that can shorten its vectors.

    Raises:
        ModelError: At a call, when the endpoint does not answer or its vectors are not of the length expected.
    """

    def __init__(self, model: str, *, base_url: str, key: SecretStr) -> None:
        self._model, dimensions = _parts(model)
        self.name = f"{PREFIX}{model}"
        self._shortened = dimensions
        self._dimensions = dimensions or KNOWN.get(self._model, 0)
        self._base_url = base_url
        self._key = key
        self._memo = Memo()
        self._client: OpenAI | None = None

    @property
    def dimensions(self) -> int:
        """Length of a vector; of a model that is not known by name, the endpoint is asked once."""
        if not self._dimensions:
            self._compute(["?"])
        return self._dimensions

    def encode(self, texts: Sequence[str], /) -> NDArray[np.float32]:
        """`Encoder.encode`."""
        return self._memo.encode(texts, self._compute)

    def encode_passages(self, texts: Sequence[str], /) -> NDArray[np.float32]:
        """The same as `encode`, without remembering."""
        return self._compute(texts)

    def _compute(self, texts: Sequence[str]) -> NDArray[np.float32]:
        if not texts:
            return np.zeros((0, self.dimensions), dtype=np.float32)
        batches = [self._ask([_sendable(text) for text in texts[start : start + BATCH]]) for start in range(0, len(texts), BATCH)]
        vectors = np.concatenate(batches)
        lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
        return (vectors / np.where(lengths > 0, lengths, 1)).astype(np.float32, copy=False)

    def _ask(self, texts: list[str]) -> NDArray[np.float64]:
        from openai import OpenAIError, omit

        try:
            # Asked as numbers: many servers do not know the SDK's own base64.
            answer = self._opened().embeddings.create(
                model=self._model, input=texts, dimensions=self._shortened or omit, encoding_format="float"
            )
        except OpenAIError as error:
            text = str(error).replace(self._key.get_secret_value() or "\0", "***")[:200]
            # Not `from error`: it holds the key and the texts.
            raise ModelError(f"The encoder {self.name!r} does not answer: {text}", retryable=True) from None
        rows = sorted(answer.data, key=lambda row: row.index)
        if [row.index for row in rows] != list(range(len(texts))):
            raise ModelError(f"The encoder {self.name!r} answered {len(rows)} vectors for {len(texts)} texts.", retryable=True)
        return self._checked([row.embedding for row in rows])

    def _checked(self, rows: list[list[float]]) -> NDArray[np.float64]:
        sizes = {len(row) for row in rows}
        self._dimensions = self._dimensions or max(sizes)
        if sizes != {self._dimensions}:
            raise ModelError(
                f"The encoder {self.name!r} answers vectors of length {max(sizes)}, where {self._dimensions} was expected; they are never "
                f"mixed. Set FILROUGE_ENCODER={PREFIX}{self._model}:{max(sizes)}; the passages are then indexed anew."
            )
        vectors = np.asarray(rows, dtype=np.float64)
        if not np.isfinite(vectors).all():
            raise ModelError(f"The encoder {self.name!r} answers vectors that hold no numbers.")
        return vectors

    def _opened(self) -> OpenAI:
        from openai import OpenAI, Timeout

        if self._client is None:
            self._client = OpenAI(
                api_key=self._key.get_secret_value() or "none",
                base_url=self._base_url,
                max_retries=RETRIES,
                timeout=Timeout(SECONDS, connect=CONNECT_SECONDS),
            )
        return self._client


def _parts(model: str) -> tuple[str, int]:
    name, _, dimensions = model.rpartition(":")
    return (name, int(dimensions)) if name and dimensions.isdecimal() else (model, 0)


def _sendable(text: str) -> str:
    """Bounded, and never blank: endpoints refuse that."""
    return clean(text).encode()[:BYTES_AT_MOST].decode("utf-8", "ignore").strip() or "-"
