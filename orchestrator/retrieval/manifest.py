"""What an index says of itself: who made it, of what, and how to tell that nothing in it has changed since."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from pathlib import Path
from zlib import crc32

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from orchestrator.encoders import Encoder
from orchestrator.errors import OrchestratorError

LAYOUT = 2
"""Raised when what is stored per passage changes; older collections are then composed anew, without encoding anything again."""
PROBE = "Filrouge: where is my order, et comment le renvoyer?"
ALIKE = 0.995
"""Two runs of one encoder on one text are at least as near; other weights are not."""


class IndexDamagedError(OrchestratorError):
    """An index on disk cannot be trusted; the text says which and how to build it anew."""

    def __init__(self, directory: Path, reason: str) -> None:
        super().__init__(f"{directory}: the knowledge index {reason}. Build it anew: filrouge index --rebuild")


class Manifest(BaseModel):
    """One collection. `entries` holds, per stored id, the digest of what it was made of and the checksum of its vector."""

    model_config = ConfigDict(extra="forbid")

    encoder: str
    dimensions: int
    layout: int = LAYOUT
    probe: list[float]
    mean: list[float] = Field(default_factory=list[float])
    basis: int = 0
    entries: dict[str, tuple[str, int]] = Field(default_factory=dict[str, tuple[str, int]])

    @classmethod
    def fresh(cls, encoder: Encoder) -> Manifest:
        """An empty one by this encoder."""
        return cls(encoder=encoder.name, dimensions=encoder.dimensions, probe=probe_of(encoder))

    @classmethod
    def read(cls, path: Path, encoder: Encoder) -> Manifest:
        """The manifest of a collection, or a fresh one when there is none.

        Raises:
            IndexDamagedError: It cannot be read, or another encoder made it.
        """
        if not path.exists():
            return cls.fresh(encoder)
        try:
            found = cls.model_validate(json.loads(path.read_text("utf-8")))
        except (OSError, ValueError, ValidationError) as error:
            raise IndexDamagedError(path.parent, f"is damaged ({path.name} cannot be read)") from error
        if (found.encoder, found.dimensions) != (encoder.name, encoder.dimensions):
            made = f"{found.encoder!r} with {found.dimensions} dimensions"
            raise IndexDamagedError(path.parent, f"was made by the encoder {made}, not by {encoder.name!r} with {encoder.dimensions}")
        now, then = np.array(probe_of(encoder)), np.array(found.probe)
        if then.shape != now.shape or float(now @ then) < ALIKE:
            raise IndexDamagedError(path.parent, f"was made by other weights of the encoder {encoder.name!r}")
        return found

    def write(self, path: Path) -> None:
        """Replaces the file at once, so that no reader sees half of it."""
        beside = path.with_suffix(".new")
        beside.write_text(self.model_dump_json(), encoding="utf-8")
        os.replace(beside, path)

    def wrong(self, stored: Mapping[str, NDArray[np.float32]]) -> list[str]:
        """The ids whose stored vector is not the one that was written."""
        return [key for key, vector in stored.items() if checksum(vector) != self.entries[key][1]]


def checksum(vector: NDArray[np.float32]) -> int:
    """Of a vector's bytes."""
    return crc32(np.ascontiguousarray(vector, dtype=np.float32).tobytes())


def probe_of(encoder: Encoder) -> list[float]:
    """What this encoder makes of a fixed text."""
    vector = encoder.encode([PROBE])[0].astype(np.float64)
    return [round(float(value), 5) for value in vector / max(float(np.linalg.norm(vector)), 1e-9)]
