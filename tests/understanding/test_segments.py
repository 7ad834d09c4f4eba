import pytest
from hypothesis import given
from hypothesis import strategies as st

from orchestrator.understanding.segments import split_requests

from .tables import language, rows


@pytest.mark.parametrize(("code", "text", "parts"), [(row[0], row[1], row[2:]) for row in rows("segments")])
def test_a_message_falls_into_its_requests(code: str, text: str, parts: list[str]) -> None:
    assert split_requests(text, language(code)) == (tuple(parts) or (text,))


def test_an_empty_message_has_no_request() -> None:
    assert split_requests("  ", "en") == ()


@given(st.text(max_size=300))
def test_any_text_can_be_split_without_losing_the_first_word(text: str) -> None:
    parts = split_requests(text, "en")
    assert all(part.strip() for part in parts)
