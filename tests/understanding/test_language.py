import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orchestrator.conversation import LANGUAGES, Language
from orchestrator.understanding.language import LanguageDetector, detect

from .tables import language, rows

DATA = Path(__file__).parents[2] / "../shared/data/multilingual/nlpjs50"


@pytest.mark.parametrize(("code", "text"), rows("languages"))
def test_a_sentence_is_recognised_without_a_prior(code: str, text: str) -> None:
    assert detect(text, None).language == code


def test_a_sentence_in_another_language_changes_the_language() -> None:
    cases: list[tuple[str, str, Language]] = [
        (code, text, prior) for code, text in rows("languages") for prior in LANGUAGES if prior != code
    ]
    wrong = [case for case in cases if detect(case[1], case[2]).language != case[0]]
    assert len(wrong) <= 0.01 * len(cases)


@pytest.mark.parametrize("prior", LANGUAGES)
@pytest.mark.parametrize(
    "text", ["ok", "A-20417", "👍", "", "42", "OK!", "jane.doe@example.com", "12.03.2026", "no", "alba", "merci", "ciao", "sms"]
)
def test_a_short_or_wordless_message_keeps_the_language(text: str, prior: Language) -> None:
    assert detect(text, prior).language == prior


@pytest.mark.parametrize(
    ("text", "prior"),
    [
        ("j'ai acheté le Monte frying pan", "fr"),
        ("je voudrais une Bratpfanne", "fr"),
        ("ich habe die Bouilloire Alba bestellt", "de"),
        ("where is my Wasserkocher", "en"),
        ("vorrei una Bratpfanne Monte", "it"),
        ("quero a frying pan Monte", "pt"),
        ("quiero la Bouilloire Alba", "es"),
    ],
)
def test_one_foreign_product_name_does_not_change_the_language(text: str, prior: Language) -> None:
    assert detect(text, prior).language == prior


def test_without_words_and_prior_it_is_english_and_unsure() -> None:
    guess = detect("42", None)
    assert guess.language == "en"
    assert guess.confidence < 0.5


def test_the_project_s_own_examples_teach_the_detector() -> None:
    taught = LanguageDetector.trained({"it": ["zorblax frumpel quondo"] * 3})
    assert taught.detect("zorblax frumpel", None).language == "it"


@pytest.mark.parametrize("code", ["en", "fr", "it", "es"])
def test_it_holds_on_messages_of_others(code: str) -> None:
    path = DATA / f"{code}.train.jsonl"
    if not path.exists():
        pytest.skip("needs ../shared/data")
    texts = [json.loads(line)["text"] for line in path.read_text(encoding="utf-8").splitlines()]
    # The French file holds about ten English rows; they are not its fault.
    right = sum(detect(text, None).language == language(code) for text in texts)
    assert right / len(texts) >= 0.93


@given(st.text(max_size=300))
def test_any_text_has_a_language(text: str) -> None:
    guess = detect(text, None)
    assert guess.language in LANGUAGES
    assert 0 < guess.confidence <= 1
