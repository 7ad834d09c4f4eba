"""Imports: articles are placed, labelled and versioned; doubts are reported, and one bad document stops no other."""

from datetime import date
from pathlib import Path

import pytest

from orchestrator.project.articles import read_articles
from orchestrator.project.policy import Policy
from orchestrator.retrieval.sources import Import, ImportReport, Labels, Limits, look_through
from orchestrator.retrieval.sources.importing import files_of
from orchestrator.retrieval.sources.reading import ENDINGS

from .made import encrypted_pdf, pdf

TODAY = date(2026, 11, 23)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    place = tmp_path / "help"
    place.mkdir()
    return place


def run(folder: Path, labels: Labels | None = None, *, personal: bool = False, prune: bool = False) -> ImportReport:
    limits = Limits()
    made = Import(
        folder=folder.parent / "knowledge", labels=labels or Labels(topic="delivery"), detect=lambda text: "fr" if " le " in text else "en",
        today=TODAY, personal=personal,
    )  # fmt: skip
    return made.run(files_of([folder], limits, ENDINGS), prune=("help/",) if prune else ())


def test_a_document_becomes_an_article_that_the_project_reads(folder: Path, policy: Policy):
    (folder / "costs.html").write_text("<h1>Delivery costs</h1><p>Use code {{ policy.secret }} or {% raw %}.</p><h2>A {{ b }}</h2><p>c</p>")
    labels = Labels(topic="delivery", regions=("CH",), audience="staff", authority=2, valid_until=date(2027, 1, 31))
    report = run(folder, labels)
    assert [(row.source, row.article, row.change) for row in report.articles] == [("help/costs.html", "en/delivery/delivery-costs", "new")]
    library = read_articles(folder.parent / "knowledge", policy)
    assert library.mistakes == ()
    article = library.articles[0]
    assert (article.regions, article.audience, article.authority, article.source) == (("CH",), "staff", 2, "help/costs.html")
    assert (article.valid_until, article.updated) == (date(2027, 1, 31), TODAY)
    assert "Use code {{ policy.secret }} or {% raw %}." in article.render("CH")


def test_importing_again_rewrites_only_what_changed_and_prunes_what_is_gone(folder: Path):
    for name in ("a", "b", "c"):
        (folder / f"{name}.md").write_text(f"# Page {name}\nText of {name}.")
    run(folder)
    (folder / "b.md").write_text("# Page b\nNew text.")
    (folder / "c.md").unlink()
    changes = {row.article: row.change for row in run(folder, prune=True).articles}
    assert changes == {"en/delivery/page-a": "kept", "en/delivery/page-b": "changed", "en/delivery/page-c": "removed"}
    assert not (folder.parent / "knowledge/en/delivery/page-c.md").exists()


def test_one_bad_document_stops_no_other(folder: Path):
    (folder / "good.md").write_text("# Good\nText.")
    (folder / "locked.pdf").write_bytes(encrypted_pdf(pdf([[(11, "Secret")]])))
    (folder / "empty.html").write_text("<nav>Menu</nav>")
    report = run(folder)
    assert [row.title for row in report.articles] == ["Good"]
    assert [flag.source for flag in report.refused] == ["help/empty.html", "help/locked.pdf"]
    assert "refused: help/locked.pdf: it is encrypted. Save it without a password." in report.as_lines()


def test_personal_data_withhold_a_document_until_they_are_allowed(folder: Path):
    (folder / "team.md").write_text("# Team\nAsk info@example.ch.\nAnna: anna.muster@example.ch, +41 79 123 45 67.")
    report = run(folder)
    assert report.articles == ()
    assert [flag.line for flag in report.withheld] == [2, 2]
    assert "anna.muster" not in str(report.as_dict())
    assert len(run(folder, personal=True).articles) == 1


def test_the_language_is_what_the_document_says_or_else_detected(folder: Path):
    (folder / "a.html").write_text('<html lang="de"><h1>Lieferung</h1><p>Zwei Tage.</p></html>')
    (folder / "b.md").write_text("# Livraison\nVoici le prix.")
    assert {row.article for row in run(folder).articles} == {"de/delivery/lieferung", "fr/delivery/livraison"}


def test_what_most_pages_repeat_is_left_out(folder: Path):
    for number in range(6):
        (folder / f"{number}.html").write_text(f"<h1>Page {number}</h1><p>Own text {number}.</p><p>Call us from Monday to Friday.</p>")
    run(folder)
    texts = [path.read_text("utf-8") for path in (folder.parent / "knowledge").rglob("*.md")]
    assert len(texts) == 6
    assert not any("Monday" in text for text in texts)
    assert all("Own text" in text for text in texts)


def test_hidden_characters_are_taken_out(folder: Path):
    (folder / "a.md").write_text("# A\nText\u200b with\U000e0041\u202e tricks.")
    run(folder)
    assert "Text with tricks." in (folder.parent / "knowledge/en/delivery/a.md").read_text("utf-8")


def test_duplicates_and_contradictions_are_reported(folder: Path, policy: Policy):
    text = "You may send back everything you bought in our shops or online, unused and in its original packaging, within {} days."
    (folder / "a.md").write_text(f"# Returns\n## How long can I return something?\n{text.format(30)}")
    (folder / "b.md").write_text(f"# Terms\n## How long can I return something?\n{text.format(14)}")
    (folder / "c.md").write_text(f"# Copy\n## Other words here\n{text.format(30)}")
    run(folder)
    report = look_through(read_articles(folder.parent / "knowledge", policy).articles, tuple(policy.regions))
    assert [(row.left.split("#")[0], row.right.split("#")[0], row.units) for row in report.conflicts] == [
        ("en/delivery/returns", "en/delivery/terms", ("day",))
    ]
    assert {pair.likeness >= 0.8 for pair in report.duplicates} == {True}
    assert any(line.startswith("contradiction on 'How long can I return something?'") for line in report.as_lines())


def test_the_fixture_articles_contradict_nothing(policy: Policy):
    library = read_articles(Path(__file__).parents[1] / "articles", policy)
    assert look_through(library.articles, tuple(policy.regions)).conflicts == ()
