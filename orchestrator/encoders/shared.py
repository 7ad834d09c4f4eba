"""The encoders of this process: each is made once and lent to whoever asks."""

import logging
from pathlib import Path
from threading import Lock
from typing import Literal

from orchestrator.encoders.e5 import E5Encoder
from orchestrator.encoders.encoder import Encoder
from orchestrator.encoders.tuned import TunedEncoder
from orchestrator.encoders.use import UniversalSentenceEncoder
from orchestrator.errors import MissingDependencyError, ModelError

EncoderName = Literal["tuned", "use", "e5"]

_log = logging.getLogger(__name__)
_lock = Lock()
_made: dict[EncoderName, Encoder] = {}


def _make(name: EncoderName, data_dir: Path | None) -> Encoder:
    match name:
        case "use":
            return UniversalSentenceEncoder(data_dir=data_dir)
        case "e5":
            return E5Encoder(data_dir=data_dir)
        case "tuned":
            base = _made.get("use") or _make("use", data_dir)
            _made["use"] = base
            if not isinstance(base, UniversalSentenceEncoder):
                raise ModelError("The encoder 'tuned' needs the lower layers of 'use', which has been replaced. Use the encoder 'use'.")
            return TunedEncoder(base, data_dir=data_dir)


def load_encoder(name: EncoderName, *, data_dir: Path | None = None) -> Encoder:
    """The encoder of that name, the same object at every call; weights are read when it is first used.

    Args:
        name: `tuned` for understanding (`use` where its weights are gone), `e5` for retrieval.
        data_dir: Where the verdict on the weight files is kept; the first caller's counts.

    Raises:
        MissingDependencyError: Its package is not installed.
    """
    with _lock:
        if name not in _made:
            _made[name] = _make(name, data_dir)
        return _made[name]


def load_first(*names: EncoderName, data_dir: Path | None = None) -> Encoder | None:
    """The first of the encoders that works here, tried on a word; None if none does, and the log says why."""
    for name in names:
        try:
            encoder = load_encoder(name, data_dir=data_dir)
            encoder.encode(["ok"])
        except (MissingDependencyError, ModelError) as error:
            _log.warning("encoder %r is not available: %s", name, error)
        else:
            return encoder
    return None
