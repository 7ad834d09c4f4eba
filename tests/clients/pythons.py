"""The clients that are written in Python, installed from their own lock, each script run as a process of its own."""

import hashlib
import json
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.projects.tiny_house import copy_of_tiny
from tests.server.conftest import served
from tests.server.service import Json

HERE = Path(__file__).parent
ENVIRONMENT = HERE / ".venv"
PYTHON = ENVIRONMENT / ("Scripts/python.exe" if sys.platform == "win32" else "bin/python")
LOCK = HERE / "requirements.txt"
INSTALLED = ENVIRONMENT / "installed.sha256"
SECONDS = 150
PythonClient = Callable[..., Json]


@pytest.fixture(scope="session")
def python_client() -> PythonClient:
    """Runs a script of `tests/clients/python` with arguments; what it reports comes back."""
    _install()
    return _report


@pytest.fixture(scope="session")
def slow_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a service whose workshop takes fourteen seconds to look up a repair."""
    folder = tmp_path_factory.mktemp("slow")
    project = copy_of_tiny(folder / "project")
    shutil.copy(HERE / "slow" / "repairs.py", project / "agents" / "tools")
    with served(folder, FILROUGE_PROJECT=str(project), FILROUGE_ENCODER="none") as address:
        yield address


def _install() -> None:
    """Once per lock: what is installed says so in a file of its own."""
    digest = hashlib.sha256(LOCK.read_bytes()).hexdigest()
    if INSTALLED.exists() and INSTALLED.read_text() == digest:
        return
    _run(sys.executable, "-m", "venv", "--clear", str(ENVIRONMENT), seconds=120)
    _run(str(PYTHON), "-m", "pip", "install", "--quiet", "--require-hashes", "-r", str(LOCK), seconds=1500)
    INSTALLED.write_text(digest)


def _report(script: str, *arguments: str) -> Json:
    return json.loads(_run(str(PYTHON), str(HERE / "python" / script), *arguments, seconds=SECONDS).splitlines()[-1])


def _run(*command: str, seconds: float) -> str:
    done = subprocess.run(command, capture_output=True, text=True, timeout=seconds, check=False)
    assert done.returncode == 0, done.stderr[-3000:]
    return done.stdout
