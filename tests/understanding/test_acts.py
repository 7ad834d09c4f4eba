from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orchestrator.conversation import LANGUAGES
from orchestrator.understanding.acts import detect_acts, read_acts

from .tables import items, language, rows


@pytest.mark.parametrize(("code", "text", "acts", "only"), rows("acts"))
def test_a_message_does_what_the_table_says(code: str, text: str, acts: str, only: str) -> None:
    reading = read_acts(text, language(code))
    assert reading.acts == items(acts)
    assert reading.only == items(only)


def test_every_language_has_its_share_of_the_table() -> None:
    counts = Counter(code for code, *_ in rows("acts"))
    assert all(counts[code] >= 25 for code in LANGUAGES)


@pytest.mark.parametrize(("code", "text"), rows("human"))
def test_a_wish_for_a_human_is_heard(code: str, text: str) -> None:
    assert "human" in detect_acts(text, language(code))


@pytest.mark.parametrize(("code", "text"), rows("human_look_alikes"))
def test_a_look_alike_is_no_wish_for_a_human(code: str, text: str) -> None:
    assert "human" not in detect_acts(text, language(code))


def test_the_tables_of_humans_hold_sixty_wordings_each() -> None:
    assert len(rows("human")) >= 60
    assert len(rows("human_look_alikes")) >= 60


def test_a_yes_with_more_is_not_only_a_yes() -> None:
    reading = read_acts("yes but what about the pan?", "en")
    assert "affirm" in reading.acts
    assert not reading.is_only("affirm")


@given(st.text(max_size=300))
def test_any_text_can_be_read(text: str) -> None:
    for code in LANGUAGES:
        reading = read_acts(text, code)
        assert reading.only <= reading.acts
