from collections.abc import Callable
from pathlib import Path

import pytest

from orchestrator.project.articles import Library, read_articles
from orchestrator.project.policy import Policy
from orchestrator.retrieval import Answer, Encoders, Gap, KnowledgeBase

from .encoders import TrigramEncoder


def test_the_best_passage_comes_first_in_the_words_of_the_region(base: KnowledgeBase):
    best = base.search("what does delivery cost", language="en", region="GB")[0]
    assert best.passage.id == "en/delivery/how-long-it-takes#what-delivery-costs"
    assert "£5.90" in best.passage.plain
    assert "CHF" not in best.passage.plain


def test_the_same_question_always_finds_the_same(base: KnowledgeBase):
    found = [base.search("how do I pay", language="en", region="CH", limit=10) for _ in range(3)]
    assert found[0] == found[1] == found[2]
    assert [hit.score for hit in found[0]] == sorted((hit.score for hit in found[0]), reverse=True)


def test_topics_restrict_the_search(base: KnowledgeBase):
    hits = base.search("how long does delivery take", language="en", region="CH", topics=["warranty"], limit=10)
    assert hits
    assert {hit.passage.article for hit in hits} == {"en/warranty/what-is-covered"}
    assert base.search("how long does delivery take", language="en", topics=["nothing"]) == ()


def test_an_article_for_some_regions_is_not_found_elsewhere(base: KnowledgeBase):
    found = {region: base.search("pay with TWINT", language="en", region=region, limit=3) for region in ("CH", "GB", None)}
    assert found["CH"][0].passage.article == "en/payment/twint"
    assert all(hit.passage.article != "en/payment/twint" for region in ("GB", None) for hit in found[region])


def test_a_section_for_one_region_is_found_there_only(base: KnowledgeBase):
    def sections(region: str) -> set[str]:
        return {hit.passage.anchor for hit in base.search("express order before", language="en", region=region, limit=10)}

    assert "express" in sections("CH")
    assert "express" not in sections("FR")


def test_a_language_with_hardly_any_article_is_answered_from_the_default_one(base: KnowledgeBase):
    hits = base.search("Alba kettle", language="it", region="CH")
    assert hits[0].language == "en"
    assert hits[0].passage.article == "en/care/alba-kettle"
    assert base.search("bouilloire Alba", language="fr", region="CH")[0].language == "fr"


def test_a_typing_error_in_a_product_name_is_forgiven(base: KnowledgeBase):
    assert base.search("discaling the kettel", language="en", region="CH")[0].passage.article == "en/care/alba-kettle"


def test_without_an_encoder_words_alone_find(library: Library, policy: Policy, tmp_path: Path):
    base = KnowledgeBase.open(library, policy, encoders=Encoders(), directory=tmp_path / "unused")
    assert base.search("descaling the kettle", language="en", region="CH")[0].passage.id == "en/care/alba-kettle#descaling"
    answer = base.answer("descaling the kettle", language="en", region="CH")
    assert isinstance(answer, Answer)
    assert "vinegar" in answer.text
    assert not (tmp_path / "unused").exists()


def test_an_answer_quotes_whole_sentences_and_cites_their_place(base: KnowledgeBase):
    answer = base.answer("what does a return label cost?", language="en", region="CH")
    assert isinstance(answer, Answer)
    assert answer.text.replace("\xa0", " ").startswith("The label costs CHF 4.90, taken off your refund.")
    assert [(c.title, c.heading, c.url) for c in answer.citations] == [
        ("Send something back", "What a return costs", "/help/en/returns/send-something-back#what-a-return-costs")
    ]
    assert answer.passages[0].url == answer.citations[0].url
    assert 0.5 <= answer.confidence <= 1


def test_a_bare_title_gets_the_beginning_of_its_article(base: KnowledgeBase):
    for title in ("Alba kettle", "the Alba kettle?"):
        answer = base.answer(title, language="en", region="CH")
        assert isinstance(answer, Answer)
        assert [(passage.article, passage.anchor) for passage in answer.passages] == [("en/care/alba-kettle", "top")]


def test_steps_are_answered_as_a_list(base: KnowledgeBase):
    answer = base.answer("how to send it back, open the return, print the label", language="en", region="CH")
    assert isinstance(answer, Answer)
    assert answer.text.split("\n")[0] == "- Open the return in your account or ask us in the chat."


@pytest.mark.parametrize("question", ["quantum chromodynamics lecture notes", "", "???", "\0\ud800"])
def test_what_no_article_answers_is_a_gap(base: KnowledgeBase, question: str):
    assert isinstance(base.answer(question, language="en", region="CH"), Gap)


def test_a_gap_keeps_no_personal_data(base: KnowledgeBase):
    gap = base.answer("zebra franchise, I am bob@example.com, order A-20417", language="en", region="CH", topics=["returns"])
    assert isinstance(gap, Gap)
    assert gap.question == "zebra franchise, I am [email], order [id]"
    assert (gap.language, gap.region, gap.topics) == ("en", "CH", ("returns",))
    assert gap.nearest.startswith("en/returns/") or gap.nearest == ""


def test_opening_again_encodes_only_the_changed_article(policy: Policy, tmp_path: Path, write: Callable[[str, str], Path]):
    def open_base() -> KnowledgeBase:
        encoders = Encoders(search=TrigramEncoder())
        return KnowledgeBase.open(read_articles(folder, policy), policy, encoders=encoders, directory=tmp_path / "index")

    folder = write("en/care/kettle.md", "---\ntitle: Kettle\n---\nUse vinegar.")
    write("en/care/pan.md", "---\ntitle: Pan\n---\nUse oil.")
    first = open_base()
    first.close()
    write("en/care/pan.md", "---\ntitle: Pan\n---\nUse salt.")
    second = open_base()
    assert (first.report.added, second.report.added, second.report.kept) == (2, 1, 1)
    assert second.search("pan", language="en")[0].passage.plain == "Use salt."
    second.close()
