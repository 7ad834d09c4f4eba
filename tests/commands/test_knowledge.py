"""`filrouge knowledge` and `filrouge index` on a project of their own."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from orchestrator.cli import app

from ..projects.tiny_house import copy_of_tiny

runner = CliRunner()


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("FILROUGE_ENCODER", "none")
    monkeypatch.setenv("FILROUGE_DATA_DIR", str(tmp_path / "data"))
    return copy_of_tiny(tmp_path / "project")


def run(*words: str | Path) -> tuple[int, str]:
    result = runner.invoke(app, [str(word) for word in words])
    return result.exit_code, result.output


def test_documents_are_imported_and_indexed_with_a_report(project: Path, tmp_path: Path):
    documents = tmp_path / "documents"
    documents.mkdir()
    (documents / "helmets.html").write_text('<html lang="en"><h1>Helmets</h1><p>A helmet is free with every bicycle.</p></html>')
    (documents / "team.md").write_text("# Team\nMail anna.muster@example.ch.")
    (documents / "broken.pdf").write_bytes(b"%PDF-1.7")
    code, output = run("knowledge", "import", documents, "--project", project, "--topic", "renting", "--json", tmp_path / "report.json")
    assert code == 1
    assert "new: en/renting/helmets from documents/helmets.html" in output
    assert "refused: documents/broken.pdf: it is no readable PDF" in output
    assert "withheld: documents/team.md: line 1 holds personal data (email an…ch)" in output
    report = json.loads((tmp_path / "report.json").read_text())
    assert [row["article"] for row in report["articles"]] == ["en/renting/helmets"]
    assert run("check", "--project", project)[0] == 0
    assert run("index", "--project", project, "--rebuild")[0] == 0


def test_a_dry_run_writes_nothing(project: Path, tmp_path: Path):
    (tmp_path / "helmets.md").write_text("# Helmets\nA helmet is free.")
    code, output = run("knowledge", "import", tmp_path / "helmets.md", "--project", project, "--language", "en", "--dry-run")
    assert code == 0
    assert "new: en/imported/helmets" in output
    assert not (project / "knowledge/en/imported").exists()


@pytest.mark.parametrize(
    "words",
    [("--language", "xx"), ("--audience", "nobody"), ("--region", "XX"), ("--valid-from", "soon")],
)
def test_a_wrong_option_is_named(project: Path, tmp_path: Path, words: tuple[str, str]):
    (tmp_path / "a.md").write_text("# A\nText.")
    code, output = run("knowledge", "import", tmp_path / "a.md", "--project", project, *words)
    assert code == 2
    assert not (project / "knowledge/en/imported").exists(), output


def test_a_sitemap_is_imported_from_saved_pages(project: Path, tmp_path: Path):
    (tmp_path / "site").mkdir()
    (tmp_path / "site/locks.html").write_text('<html lang="en"><h1>Locks</h1><p>Every bicycle comes with a lock.</p></html>')
    (tmp_path / "sitemap.xml").write_text("<urlset><url><loc>https://shop.example/locks</loc></url></urlset>")
    code, output = run("knowledge", "import", tmp_path / "sitemap.xml", "--project", project, "--saved", tmp_path / "site")
    assert code == 0, output
    assert "source: https://shop.example/locks" in (project / "knowledge/en/imported/locks.md").read_text()


def test_the_articles_are_looked_through(project: Path):
    code, output = run("knowledge", "check", "--project", project)
    assert (code, output.strip()) == (0, "Nothing to report.")
