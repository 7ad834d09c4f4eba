"""Articles live: they have days, readers, rivals and other languages, and a running knowledge base takes up what changes."""

from collections.abc import Callable
from datetime import date
from pathlib import Path

import anyio
import anyio.lowlevel
import pytest

from orchestrator.commands.watching import watched
from orchestrator.project.articles import read_articles
from orchestrator.project.policy import Policy
from orchestrator.retrieval import Answer, Encoders, Gap, KnowledgeBase, Readership

from .encoders import TrigramEncoder

Write = Callable[[str, str], Path]
TODAY = Readership(day=date(2026, 11, 23))


@pytest.fixture
def opened(policy: Policy, tmp_path: Path):
    bases = list[KnowledgeBase]()

    def open_base(folder: Path) -> KnowledgeBase:
        encoder = TrigramEncoder()
        encoders = Encoders(search=encoder, sentences=encoder)
        bases.append(KnowledgeBase.open(read_articles(folder, policy), policy, encoders=encoders, directory=tmp_path / "index"))
        return bases[-1]

    yield open_base
    for base in bases:
        base.close()


Open = Callable[[Path], KnowledgeBase]


def article(title: str, body: str, **labels: object) -> str:
    return "\n".join(["---", f"title: {title}", *(f"{name}: {value}" for name, value in labels.items()), "---", body])


def test_an_article_is_found_on_its_days_only(write: Write, opened: Open):
    folder = write("en/offers/sale.md", article("Winter sale", "Kettles are cheaper.", valid_from="2026-11-20", valid_until="2026-11-30"))
    base = opened(folder)
    found = {day: base.reading(Readership(day=date(2026, 11, day))).search("winter sale", language="en") for day in (19, 20, 30)}
    assert [bool(found[day]) for day in (19, 20, 30)] == [False, True, True]
    assert not base.reading(Readership(day=date(2026, 12, 1))).search("winter sale", language="en")


def test_an_article_for_colleagues_is_not_found_by_customers(write: Write, opened: Open):
    base = opened(write("en/desk/goodwill.md", article("Goodwill refunds", "Up to CHF 50.", audience="staff")))
    assert base.reading(TODAY).search("goodwill refunds", language="en") == ()
    assert base.reading(Readership(day=TODAY.day, audience="staff")).search("goodwill refunds", language="en")


@pytest.mark.parametrize(
    ("labels", "expected"),
    [
        ({"authority": 1}, "14 days"), ({"valid_from": "2026-11-01"}, "14 days"), ({"updated": "2026-11-01"}, "14 days"),
        ({"updated": "2024-01-01"}, "30 days"),
    ],
)  # fmt: skip
def test_of_two_articles_that_contradict_the_right_one_answers(write: Write, opened: Open, labels: dict[str, object], expected: str):
    body = "## How long can I return something?\nYou can return something within {}."
    write("en/returns/policy.md", article("Returns", body.format("30 days"), updated="2025-06-01"))
    folder = write("en/returns/terms.md", article("Terms of return", body.format("14 days"), **{"updated": "2025-01-01", **labels}))
    answer = opened(folder).reading(TODAY).answer("How long can I return something?", language="en", intent="")
    assert isinstance(answer, Answer)
    assert expected in answer.text


def test_what_one_language_lacks_is_answered_from_another_and_says_which(write: Write, opened: Open):
    write("en/care/pans.md", article("Pans", "Pans like oil."))
    write("pt/care/panelas.md", article("Panelas", "Use óleo."))
    folder = write("fr/care/kit.md", article("Descaling kit Kalkomat", "Le kit Kalkomat contient deux sachets."))
    answer = opened(folder).reading(TODAY).answer("kit Kalkomat descaling", language="pt")
    assert isinstance(answer, Answer)
    assert (answer.language, answer.passages[0].article) == ("fr", "fr/care/kit")


def test_a_running_base_takes_up_new_changed_and_deleted_articles(write: Write, opened: Open):
    write("en/care/kettle.md", article("Kettle", "Use vinegar."))
    folder = write("en/care/pan.md", article("Pan", "Use oil."))
    base = opened(folder)
    assert base.refresh() is False
    write("en/care/pan.md", article("Pan", "Use coarse salt."))
    write("en/care/lamp.md", article("Lamp", "Use a bulb."))
    (folder / "en/care/kettle.md").unlink()
    assert base.refresh() is True
    assert (base.report.added, base.report.kept, base.report.removed) == (2, 0, 1)
    assert base.search("pan", language="en")[0].passage.plain == "Use coarse salt."
    assert base.search("lamp", language="en")[0].passage.article == "en/care/lamp"
    assert {hit.passage.article for hit in base.search("kettle vinegar", language="en")} <= {"en/care/pan", "en/care/lamp"}
    assert base.library.get("en", "care", "kettle") is None


def test_an_article_that_became_wrong_stays_as_it_was(write: Write, opened: Open):
    folder = write("en/care/pan.md", article("Pan", "Use oil."))
    base = opened(folder)
    write("en/care/pan.md", "---\ntitle: Pan\n---\n{{ broken")
    base.refresh()
    assert base.search("pan", language="en")[0].passage.plain == "Use oil."
    assert len(base.library.mistakes) == 1


def test_refreshing_encodes_the_changed_article_alone(policy: Policy, write: Write, tmp_path: Path):
    for name in ("a", "b", "c"):
        folder = write(f"en/care/{name}.md", article(f"Page {name}", f"Text of {name}."))
    encoder = TrigramEncoder()
    base = KnowledgeBase.open(read_articles(folder, policy), policy, encoders=Encoders(search=encoder), directory=tmp_path / "index")
    encoder.encoded.clear()
    write("en/care/b.md", article("Page b", "New text."))
    base.refresh()
    assert encoder.encoded == ["Page b\nNew text."]
    base.close()


def test_a_watched_base_is_refreshed_beside_the_service(write: Write, opened: Open):
    folder = write("en/care/pan.md", article("Pan", "Use oil."))
    base = opened(folder)

    async def scene() -> None:
        async with watched(base, seconds=0.01):
            (folder / "en/care/pan.md").unlink()
            with anyio.fail_after(60):
                while base.library.articles:
                    await anyio.lowlevel.checkpoint()

    anyio.run(scene)
    assert isinstance(base.answer("pan", language="en"), Gap)
