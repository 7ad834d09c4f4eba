"""Trained classifiers kept on disk, so that only changed examples cost a training."""

import json
import logging
from collections.abc import Sequence
from contextlib import suppress
from hashlib import sha256
from pathlib import Path

from orchestrator.encoders.encoder import Encoder
from orchestrator.understanding.archive import VERSION
from orchestrator.understanding.classifier import IntentClassifier
from orchestrator.understanding.training import Example, Progress

_log = logging.getLogger(__name__)


def key(examples: Sequence[Example], out_of_scope: Sequence[str], encoder: Encoder | None) -> str:
    """A digest of everything a classifier depends on: examples in their order, encoder, version of the method."""
    content = [
        VERSION,
        None if encoder is None else encoder.name,
        [(example.text, example.intent) for example in examples],
        list(out_of_scope),
    ]
    return sha256(json.dumps(content).encode("utf-8")).hexdigest()


def train_or_load(
    examples: Sequence[Example],
    *,
    encoder: Encoder | None,
    directory: Path,
    out_of_scope: Sequence[str] = (),
    progress: Progress | None = None,
) -> IntentClassifier:
    """The classifier of these examples: read if it was trained before, else trained and kept.

    A damaged or unreadable file is trained anew; a full or read-only disk costs the training at the next start, nothing more.
    Superseded files stay: they serve when an edit is taken back. They hold terms of the examples, nothing of customers.

    Args:
        examples: See `IntentClassifier.train`.
        encoder: See `IntentClassifier.train`.
        directory: Where trained classifiers are kept; made if absent.
        out_of_scope: See `IntentClassifier.train`.
        progress: Told how far the training is; not called when nothing is to be trained.
    """
    path = directory / f"{key(examples, out_of_scope, encoder)}.npz"
    if path.exists():
        try:
            return IntentClassifier.load(path, encoder=encoder)
        except (ValueError, OSError) as error:
            _log.warning("the kept classifier is not usable and is trained anew: %s", error)
    classifier = IntentClassifier.train(examples, encoder=encoder, out_of_scope=out_of_scope, progress=progress)
    with suppress(OSError):
        classifier.save(path)
    return classifier
