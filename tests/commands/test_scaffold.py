"""`filrouge init`: everyone starts from the reference project, from a checkout as from an installed wheel."""

import os
import subprocess
import sys
import sysconfig
from filecmp import dircmp
from pathlib import Path

from orchestrator.project.project import FOLDERS
from tests.projects.tiny_house import ROOT

from .conftest import Command


def differences(compared: "dircmp[str]", at: str = "") -> list[str]:
    """Every file that two folders do not share byte for byte, caches aside."""
    own = [*compared.left_only, *compared.right_only, *compared.diff_files, *compared.funny_files]
    found = [f"{at}/{name}" for name in own if name != "__pycache__" and not name.endswith(".pyc")]
    return found + [one for name, below in compared.subdirs.items() for one in differences(below, f"{at}/{name}")]


def assert_is_the_reference_project(folder: Path) -> None:
    assert sorted(path.name for path in folder.iterdir()) == sorted(FOLDERS)
    assert [one for name in FOLDERS for one in differences(dircmp(ROOT / name, folder / name), name)] == []


def test_a_new_project_is_the_reference_project(filrouge: Command, tmp_path: Path) -> None:
    ran = filrouge("init", tmp_path / "my" / "shop")
    assert ran.code == 0
    assert "filrouge check" in ran.out
    assert_is_the_reference_project(tmp_path / "my" / "shop")


def test_an_existing_project_is_never_touched(filrouge: Command, tmp_path: Path) -> None:
    (tmp_path / "shop" / "agents").mkdir(parents=True)
    (tmp_path / "shop" / "agents" / "mine.py").write_text("# mine\n", encoding="utf-8")
    ran = filrouge("init", tmp_path / "shop")
    assert (ran.code, ran.out) == (1, "")
    assert "already holds a project. Choose a new folder" in ran.err
    assert [path.name for path in (tmp_path / "shop").rglob("*")] == ["agents", "mine.py"]


def test_an_empty_folder_is_filled(filrouge: Command, tmp_path: Path) -> None:
    (tmp_path / "shop").mkdir()
    assert filrouge("init", tmp_path / "shop").code == 0


def run(*command: object, cwd: Path = ROOT) -> str:
    """What the command writes; an error carries what it wrote instead. Nothing is fetched from a package index."""
    offline = {**os.environ, "PIP_NO_INDEX": "1", "PIP_DISABLE_PIP_VERSION_CHECK": "1"}
    done = subprocess.run([str(part) for part in command], cwd=cwd, env=offline, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_the_wheel_brings_the_command_and_the_project_along(tmp_path: Path) -> None:
    """Slow, some ten seconds: builds the wheel, installs it into a new environment without a network, and uses it there."""
    run(sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", tmp_path / "dist")
    [wheel] = (tmp_path / "dist").glob("*.whl")
    run(sys.executable, "-m", "venv", "--without-pip", tmp_path / "venv")
    binaries = tmp_path / "venv" / ("Scripts" if os.name == "nt" else "bin")
    run(sys.executable, "-m", "pip", "--python", binaries / "python", "install", "--no-deps", "--quiet", wheel)
    # The dependencies are those of this environment; its own copy of the engine comes later on the path than the installed one.
    [site] = (tmp_path / "venv").rglob("site-packages")
    (site / "dependencies.pth").write_text(sysconfig.get_path("purelib") + "\n", encoding="utf-8")
    where = run(binaries / "python", "-c", "import orchestrator; print(orchestrator.__file__)", cwd=tmp_path)
    assert Path(where.strip()).is_relative_to(site)
    run(binaries / "filrouge", "init", "shop", cwd=tmp_path)
    assert_is_the_reference_project(tmp_path / "shop")
    assert "no mistakes" in run(binaries / "filrouge", "check", "--project", "shop", cwd=tmp_path)
