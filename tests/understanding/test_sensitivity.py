from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orchestrator.conversation import LANGUAGES
from orchestrator.understanding.sensitivity import asks_help_word, detect_sensitive, injection_marks, opt_in, opt_out

from .tables import items, language, lines, rows


@pytest.mark.parametrize(("code", "topics", "text"), rows("sensitive"))
def test_a_message_is_as_sensitive_as_the_table_says(code: str, topics: str, text: str) -> None:
    assert set(detect_sensitive(text, language(code))) == items(topics)


def test_the_most_urgent_topic_comes_first() -> None:
    found = detect_sensitive("I will contact my lawyer, I want to kill myself", "en")
    assert found == ("self_harm", "legal_action")


def test_distress_is_heard_in_another_language_than_the_conversation() -> None:
    assert detect_sensitive("ich will nicht mehr leben", "en") == ("self_harm",)


@pytest.mark.parametrize("text", lines("opt_outs"))
def test_an_opt_out_is_heard(text: str) -> None:
    assert opt_out(text)


@pytest.mark.parametrize("text", lines("not_opt_outs"))
def test_a_message_about_something_else_is_no_opt_out(text: str) -> None:
    assert not opt_out(text)


def test_the_tables_of_opt_outs_are_as_long_as_promised() -> None:
    assert len(lines("opt_outs")) >= 120
    assert len(lines("not_opt_outs")) >= 60


@pytest.mark.parametrize("text", ["START", "start!", "unstop", "Starten", "Alta"])
def test_start_takes_an_opt_out_back(text: str) -> None:
    assert opt_in(text)
    assert not opt_out(text)


@pytest.mark.parametrize("text", ["HELP", "aide", "Hilfe", "info?"])
def test_the_help_word_is_heard_as_a_whole_message(text: str) -> None:
    assert asks_help_word(text)
    assert not asks_help_word(f"{text} me find my order, it is late")


@pytest.mark.parametrize("text", lines("injections"))
def test_words_for_the_machine_are_marked(text: str) -> None:
    assert injection_marks(text)


@pytest.mark.parametrize("text", lines("not_injections"))
def test_words_for_us_are_not_marked(text: str) -> None:
    assert not injection_marks(text)


def test_every_language_has_look_alikes_and_topics() -> None:
    topics = Counter(code for code, topic, _ in rows("sensitive") if topic != "-")
    look_alikes = Counter(code for code, topic, _ in rows("sensitive") if topic == "-")
    assert all(topics[code] >= 13 and look_alikes[code] >= 4 for code in LANGUAGES)


@given(st.text(max_size=300))
def test_any_text_can_be_checked(text: str) -> None:
    assert opt_out(text) in (True, False)
    assert injection_marks(text) in (True, False)
    assert isinstance(detect_sensitive(text, "en"), tuple)
