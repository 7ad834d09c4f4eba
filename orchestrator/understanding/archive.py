"""A trained classifier as one file of plain arrays: loading it never runs code."""

from __future__ import annotations

import json
import os
import zipfile
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import cast

import numpy as np
from numpy.typing import NDArray

from orchestrator.understanding.calibration import Fusion
from orchestrator.understanding.ensemble import Meaning, Wording
from orchestrator.understanding.gate import Gate
from orchestrator.understanding.heads import Linear
from orchestrator.understanding.tfidf import Tfidf
from orchestrator.understanding.trial import Calibration

VERSION = 2
"""Raise it whenever the same examples would give another classifier or another file."""

Arrays = Mapping[str, NDArray[np.generic]]


@dataclass(frozen=True, kw_only=True)
class Trained:
    """What training yields, without the encoder it was made with.

    Args:
        intents: In the order of the heads' columns.
        encoder: Name of the encoder; None if trained without.
        meaning: The view by meaning; None without an encoder.
        wording: The view by wording.
        calibration: What the folds taught.
    """

    intents: tuple[str, ...]
    encoder: str | None
    meaning: Meaning | None
    wording: Wording
    calibration: Calibration


def write(path: Path, trained: Trained) -> None:
    """Writes the file, whole or not at all, also when several processes do it at once."""
    gate = trained.calibration.gate
    facts = {
        "version": VERSION,
        "intents": trained.intents,
        "encoder": trained.encoder,
        "scales": trained.calibration.fusion.scales,
        "bound": trained.calibration.bound,
        "gate": gate.bound,
        "unknown": trained.wording.tfidf.unknown,
    }
    arrays: dict[str, NDArray[np.generic]] = {
        "facts": _bytes(json.dumps(facts)),
        "terms": _bytes("\n".join(trained.wording.tfidf.vocabulary)),
        "idf": trained.wording.tfidf.idf,
        "wording": trained.wording.head.weights,
        "wording_bias": trained.wording.head.bias,
        "gate_examples": gate.examples,
        "gate_mean": gate.mean,
        "gate_scale": gate.scale,
        "gate_weights": gate.weights,
    }
    if trained.meaning is not None:
        arrays |= {"mean": trained.meaning.mean, "meaning": trained.meaning.head.weights, "meaning_bias": trained.meaning.head.bias}
    path.parent.mkdir(parents=True, exist_ok=True)
    fresh = path.with_name(f"{path.name}.{os.getpid()}.tmp")
    try:
        with fresh.open("wb") as file:
            np.savez(file, allow_pickle=False, **arrays)
        fresh.replace(path)
    finally:
        fresh.unlink(missing_ok=True)


def read(path: Path) -> Trained:
    """The classifier in the file.

    Raises:
        ValueError: The file is damaged or of another version.
        OSError: It can't be read.
    """
    try:
        # NumPy leaves a file it has opened itself open when the archive is damaged.
        with path.open("rb") as file, np.load(file, allow_pickle=False) as archive:
            arrays: dict[str, NDArray[np.generic]] = {name: archive[name] for name in archive.files}
        return _restore(arrays)
    except (ValueError, KeyError, TypeError, AttributeError, EOFError, zipfile.BadZipFile, zlib.error) as error:
        raise ValueError(f"{path}: not a classifier of version {VERSION}: {error}") from error


def _restore(arrays: Arrays) -> Trained:
    facts: object = json.loads(_text(arrays["facts"]))
    if not isinstance(facts, dict):
        raise ValueError("no facts")
    known = cast("dict[str, object]", facts)
    if known["version"] != VERSION:
        raise ValueError(f"version {known['version']!r}")
    intents = tuple(str(intent) for intent in cast("list[object]", known["intents"]))
    terms = _text(arrays["terms"]).split("\n")
    head = Linear(_floats(arrays, "wording", (len(terms), len(intents))), _floats(arrays, "wording_bias", (len(intents),)))
    tfidf = Tfidf({term: place for place, term in enumerate(terms)}, _floats(arrays, "idf", (len(terms),)), _number(known["unknown"]))
    meaning = None
    if "meaning" in arrays:
        mean = _floats(arrays, "mean", (len(arrays["mean"]),))
        meaning = Meaning(
            mean, Linear(_floats(arrays, "meaning", (len(mean), len(intents))), _floats(arrays, "meaning_bias", (len(intents),)))
        )
    encoder = known["encoder"]
    return Trained(
        intents=intents,
        encoder=None if encoder is None else str(encoder),
        meaning=meaning,
        wording=Wording(tfidf, head),
        calibration=_calibration(arrays, known),
    )


def _calibration(arrays: Arrays, facts: Mapping[str, object]) -> Calibration:
    traits = (len(arrays["gate_weights"]),)
    gate = Gate(
        examples=_floats(arrays, "gate_examples", arrays["gate_examples"].shape),
        mean=_floats(arrays, "gate_mean", traits),
        scale=_floats(arrays, "gate_scale", traits),
        weights=_floats(arrays, "gate_weights", traits),
        bound=_number(facts["gate"]),
    )
    scales = tuple(_number(scale) for scale in cast("list[object]", facts["scales"]))
    return Calibration(Fusion(scales), gate, _number(facts["bound"]))


def _floats(arrays: Arrays, name: str, shape: tuple[int, ...]) -> NDArray[np.float32]:
    array = arrays[name]
    if array.dtype != np.float32 or array.shape != shape:
        raise ValueError(f"{name} is {array.dtype} {array.shape}, not float32 {shape}")
    return cast("NDArray[np.float32]", array)


def _number(value: object) -> float:
    if not isinstance(value, int | float):
        raise TypeError(f"{value!r} is not a number")
    return float(value)


def _bytes(text: str) -> NDArray[np.uint8]:
    return np.frombuffer(text.encode("utf-8"), np.uint8)


def _text(array: NDArray[np.generic]) -> str:
    return array.tobytes().decode("utf-8")
