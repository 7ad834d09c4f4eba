"""A project's agents are loaded by their path: no other package of that name gets in the way, and none is displaced."""

import subprocess
import sys
from pathlib import Path

from tests.projects.tiny_house import ROOT

SCRIPT = """
import sys
from pathlib import Path

import agents

from orchestrator.project.project import Project

project = Project.load(Path(sys.argv[1]))
assert agents.MARK == "installed" and sys.modules["agents"] is agents
assert sorted(project.agents) == ["rental", "workshop"]
assert not any(str(Path(entry).resolve()).startswith(sys.argv[1]) for entry in sys.path)
"""


def test_an_installed_package_called_agents_does_not_matter(tmp_path: Path) -> None:
    (tmp_path / "agents").mkdir()
    (tmp_path / "agents" / "__init__.py").write_text('MARK = "installed"\n', encoding="utf-8")
    (tmp_path / "script.py").write_text(SCRIPT, encoding="utf-8")
    tiny = ROOT / "tests" / "projects" / "tiny"
    done = subprocess.run([sys.executable, tmp_path / "script.py", tiny], capture_output=True, text=True, cwd=tmp_path, check=False)
    assert done.returncode == 0, done.stderr
