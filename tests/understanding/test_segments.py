import pytest
from hypothesis import given
from hypothesis import strategies as st

from orchestrator.understanding.segments import split_requests, without_proofs

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


@pytest.mark.parametrize(
    ("code", "text", "wish"),
    [
        ("en", "Where is my order A-20525? My postcode is 8004.", "Where is my order A-20525?"),
        ("es", "Mi código postal es 8004. ¿Dónde está mi pedido A-20525?", "¿Dónde está mi pedido A-20525?"),
        ("de", "Meine PLZ ist 8004.\nWo ist mein Paket?", "Wo ist mein Paket?"),
        ("en", "My postcode is 8004.", "My postcode is 8004."),
        ("en", "Where is it? Do you deliver to 8004?", "Where is it? Do you deliver to 8004?"),
        ("en", "I have moved. Change my postcode to 8004.", "I have moved. Change my postcode to 8004."),
    ],
)
def test_a_statement_that_only_proves_who_asks_is_no_part_of_the_wish(code: str, text: str, wish: str) -> None:
    assert without_proofs(text, ["8004"], language(code)) == wish
