"""What the README shows works: its commands exist, its Python runs, its addresses answer, its links lead somewhere."""

import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner

from orchestrator.cli import app
from tests.projects.tiny_house import ROOT

README = (ROOT / "README.md").read_text(encoding="utf-8")
VARIABLE = re.compile(r"[A-Z_]+=\S*")
KNOWN_ELSEWHERE = ("cd", "curl", "git", "docker", "rm", "pip", "python")


def blocks(language: str) -> list[str]:
    """The fenced blocks of a language, in order."""
    return re.findall(rf"^```{language}\n(.*?)^```", README, re.MULTILINE | re.DOTALL)


def commands() -> list[list[str]]:
    """Every command of the shell blocks, without the variables set before it."""
    rows = [row for block in blocks("sh") for row in block.replace("\\\n", " ").splitlines() if row.strip() and not row.startswith("#")]
    words = [shlex.split(part, comments=True) for row in rows for part in row.split("&&")]
    return [[word for at, word in enumerate(row) if at or not VARIABLE.fullmatch(word)] for row in words]


def test_there_is_something_to_try() -> None:
    assert ["make", "run"] in commands()
    assert blocks("python")


def test_every_make_target_exists() -> None:
    targets = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))
    named = {word for row in commands() if row[0] == "make" for word in row[1:] if not VARIABLE.fullmatch(word)}
    assert named <= targets


def test_every_command_and_option_exists() -> None:
    named = [row for row in commands() if Path(row[0]).name == "filrouge"]
    assert named
    for row in named:  # `--help` comes last: the command and its options are looked up, and nothing is run
        result = CliRunner().invoke(app, [*row[1:], "--help"])
        assert result.exit_code == 0, result.output
    others = {Path(row[0]).name for row in commands()} - {"make", "filrouge", *KNOWN_ELSEWHERE}
    assert others == set()


@pytest.mark.parametrize("number", range(len(blocks("python"))))
def test_every_python_example_runs(number: int, tiny_path: Path, tmp_path: Path) -> None:
    """In the folder of a small project, where the README's reader is in that of the reference project."""
    environment = {**os.environ, "FILROUGE_DATA_DIR": str(tmp_path / "data"), "FILROUGE_ENCODER": "none", "PYTHONPATH": str(ROOT)}
    (tmp_path / "example.py").write_text(blocks("python")[number], encoding="utf-8")
    command = [sys.executable, tmp_path / "example.py"]
    done = subprocess.run(command, cwd=tiny_path, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    if "anyio.run" in blocks("python")[number]:
        assert done.stdout.strip()


def test_every_file_it_links_to_exists() -> None:
    links = [link.partition("#")[0] for link in re.findall(r"\]\(([^)\s]+)\)", README) if "://" not in link]
    assert [link for link in links if link and not (ROOT / link).exists()] == []
