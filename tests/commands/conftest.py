import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
import structlog

from orchestrator.cli import main


@dataclass(frozen=True, kw_only=True)
class Ran:
    """How a command ended and what it wrote."""

    code: int
    out: str
    err: str


Command = Callable[..., Ran]


@pytest.fixture
def filrouge(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path) -> Iterator[Command]:
    """The command line in this process, with a data directory of its own and without the heavy encoders."""
    before = structlog.get_config()
    monkeypatch.setenv("FILROUGE_DATA_DIR", str(tmp_path / "data"))
    monkeypatch.setenv("FILROUGE_ENCODER", "none")
    monkeypatch.setenv("COLUMNS", "200")

    def run(*arguments: object) -> Ran:
        monkeypatch.setattr(sys, "argv", ["filrouge", *map(str, arguments)])
        with pytest.raises(SystemExit) as ended:
            main()
        out, err = capsys.readouterr()
        return Ran(code=int(ended.value.code or 0), out=out, err=err)

    yield run
    structlog.configure(**before)
