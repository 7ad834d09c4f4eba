"""A weight file is hashed once, and again as soon as it changes."""

import json
import os
from hashlib import sha256
from pathlib import Path

import pytest

from orchestrator.encoders.weights import LEDGER, verify
from orchestrator.errors import ModelError

GOOD = sha256(b"weights").hexdigest()


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "model.bin"
    path.write_bytes(b"weights")
    return path


def test_the_pinned_file_passes_and_the_verdict_is_kept(file: Path, tmp_path: Path) -> None:
    verify(file, GOOD, data_dir=tmp_path / "data", package="p==1")
    verdicts = json.loads((tmp_path / "data" / LEDGER).read_text())
    assert verdicts[str(file)] == [7, file.stat().st_mtime_ns, GOOD]
    verify(file, GOOD, data_dir=tmp_path / "data", package="p==1")


def test_a_changed_file_is_hashed_again_and_refused(file: Path, tmp_path: Path) -> None:
    verify(file, GOOD, data_dir=tmp_path, package="p==1")
    file.write_bytes(b"Weights")
    os.utime(file, ns=(1, 1))
    with pytest.raises(ModelError, match=r"pip install --force-reinstall p==1"):
        verify(file, GOOD, data_dir=tmp_path, package="p==1")


def test_a_new_pin_is_not_answered_by_an_old_verdict(file: Path, tmp_path: Path) -> None:
    verify(file, GOOD, data_dir=tmp_path, package="p==1")
    with pytest.raises(ModelError):
        verify(file, "0" * 64, data_dir=tmp_path, package="p==2")


@pytest.mark.parametrize("content", ["", "[]", "{", "null"])
def test_a_damaged_ledger_costs_only_the_hash(file: Path, tmp_path: Path, content: str) -> None:
    (tmp_path / LEDGER).write_text(content)
    verify(file, GOOD, data_dir=tmp_path, package="p==1")
    assert str(file) in json.loads((tmp_path / LEDGER).read_text())


def test_without_a_place_to_write_the_file_is_hashed_each_time(file: Path) -> None:
    verify(file, GOOD, data_dir=None, package="p==1")
    verify(file, GOOD, data_dir=file / "not-a-folder", package="p==1")


def test_an_absent_file_is_told_with_the_remedy(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match="cannot read the weights of 'p==1'"):
        verify(tmp_path / "gone.bin", GOOD, data_dir=None, package="p==1")
