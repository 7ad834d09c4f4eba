import numpy as np
import pytest

from orchestrator.retrieval.fusion import fuse
from orchestrator.retrieval.keywords import KeywordIndex

NAMES = ["Alba kettle", "Monte pans", "Return a parcel"]
TEXTS = ["Descale it with vinegar once a month.", "They work on induction and gas.", "Print the label and drop the parcel off."]


@pytest.mark.parametrize(
    ("question", "expected"),
    [("how do I descale my kettle?", 0), ("monte induction", 1), ("returning a parcel", 2), ("the albba ketle", 0), ("labels printed", 2)],
)
def test_the_passage_with_the_words_wins_whatever_their_form_or_spelling(question: str, expected: int):
    assert int(KeywordIndex.of(NAMES, TEXTS, "en").search(question).scores.argmax()) == expected


def test_coverage_is_the_share_of_the_question_that_a_passage_holds():
    found = KeywordIndex.of(NAMES, TEXTS, "en").search("monte pans for a bicycle").coverage
    assert 1 > found[1] > 0.4 > found[0] == 0.0
    assert KeywordIndex.of(NAMES, TEXTS, "en").search("monte pans").coverage[1] == pytest.approx(1.0)


def test_words_that_every_question_has_count_for_nothing():
    assert not KeywordIndex.of(NAMES, TEXTS, "en").search("how do I get this with you?").scores.any()


@pytest.mark.parametrize(("language", "text", "question"), [
    ("fr", "Les étiquettes sont gratuites", "etiquette gratuite"), ("de", "Rückzahlungen dauern fünf Tage", "rückzahlung"),
    ("it", "Restituzioni e rimborsi", "rimborso"), ("pt", "Devoluções são grátis", "devolucao"), ("es", "Los envíos tardan", "envio"),
])  # fmt: skip
def test_each_language_has_its_stems_and_forgives_accents(language: str, text: str, question: str):
    assert KeywordIndex.of([""], [text], language).search(question).scores[0] > 0


@pytest.mark.parametrize("question", ["", "?", "\0", "日本語", "a" * 5000, "🙂"])
def test_any_text_can_be_asked(question: str):
    assert not KeywordIndex.of(NAMES, TEXTS, "en").search(question).scores.any()


def test_an_empty_index_finds_nothing():
    assert KeywordIndex.of([], [], "en").search("kettle").scores.size == 0


def test_words_move_what_is_near_in_meaning_and_ties_go_by_id():
    fused = fuse({"a": 1.0, "b": 2.0}, {"b": 0.8, "c": 0.9, "d": 0.8}, 0.1)
    assert list(fused.items()) == [("b", 1.0), ("a", pytest.approx(0.5)), ("c", pytest.approx(0.5)), ("d", 0.0)]
    assert list(fuse({"a": 1.0, "b": 2.0}, {}, 0.3)) == ["b", "a"]


def test_what_is_found_alone_is_found_surely():
    assert fuse({"a": 0.1}, {}, 0.3) == {"a": 1.0}
    assert fuse({}, {}, 0.3) == {}


def test_a_changed_index_scores_as_one_built_anew():
    base = KeywordIndex.of(NAMES, TEXTS, "en")
    changed = base.changed(np.array([True, False, True]), ["Lamps"], ["A lamp takes a bulb of 60 watts."])
    fresh = KeywordIndex.of([NAMES[0], NAMES[2], "Lamps"], [TEXTS[0], TEXTS[2], "A lamp takes a bulb of 60 watts."], "en")
    for question in ("print the label", "which bulb for the lamp", "induction", "vinegar", "lammp"):
        found, expected = changed.search(question), fresh.search(question)
        np.testing.assert_allclose(found.scores, expected.scores, rtol=1e-5)
        np.testing.assert_allclose(found.coverage, expected.coverage, rtol=1e-5)
