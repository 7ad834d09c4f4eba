"""`filrouge check`: every mistake as a line, and an exit code for build servers."""

import shutil
from pathlib import Path

from tests.projects.tiny_house import ROOT

from .conftest import Command


def test_the_reference_project_has_no_mistakes(filrouge: Command) -> None:
    ran = filrouge("check", "--project", ROOT)
    assert ran.code == 0, ran.err
    assert "no mistakes" in ran.out
    assert "3 agents" in ran.out


def test_every_mistake_is_a_line_without_a_traceback(filrouge: Command, tiny_path: Path, tmp_path: Path) -> None:
    broken = tmp_path / "broken"
    shutil.copytree(tiny_path, broken)
    rental = broken / "agents" / "rental.py"
    text = rental.read_text(encoding="utf-8").replace('["workshop"]', '["workshp"]')
    rental.write_text(text, encoding="utf-8")
    line = next(number for number, row in enumerate(text.splitlines(), 1) if "workshp" in row)
    (broken / "prompts" / "house.md").unlink()
    ran = filrouge("check", "--project", broken)
    assert ran.code == 2
    assert ran.out == ""
    first, second, last = ran.err.splitlines()
    assert first.startswith(f"{rental}:{line}: agent 'rental' hands off to 'workshp'. Did you mean 'workshop'?")
    assert second.startswith(f"{broken / 'prompts' / 'house.md'}:1: the prompt of 'house' is missing")
    assert last == "2 to mend"


def test_every_command_checks_the_project_first(filrouge: Command, tmp_path: Path) -> None:
    for command in (("index",), ("chat",), ("eval", "run")):
        ran = filrouge(*command, "--project", tmp_path)
        assert (ran.code, ran.out) == (2, "")
        assert "Start from `filrouge init DIR`" in ran.err


def test_a_wrong_setting_is_one_line_and_exit_1(filrouge: Command, tmp_path: Path) -> None:
    ran = filrouge("serve", "--project", tmp_path, "--port", 70000)
    assert (ran.code, len(ran.err.splitlines())) == (1, 1)
    assert "port" in ran.err
