"""Numbers in many spellings are one number; what the evidence does not have is found; foreign links are too."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orchestrator.governance.evidence import foreign_links, numbers, sentences, unsupported


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("1200", "1200"), ("1'200", "1200"), ("1’200", "1200"), ("1,200", "1200"), ("1.200", "1200"), ("1 200", "1200"),
        ("1\u00a0200", "1200"), ("1\u202f200", "1200"), ("1'200.50", "1200.5"), ("1.200,50", "1200.5"), ("1,200.50", "1200.5"),
        ("1 200,5", "1200.5"), ("CHF 59.90", "59.9"), ("59,90 €", "59.9"), ("R$ 1.200,00", "1200"), ("£4.50", "4.5"), ("007", "7"),
        ("1.234.567", "1234567"), ("30 days.", "30"), ("A-20417", "20417"), ("12,000,000", "12000000"), ("0.5", "0.5"),
    ],
)  # fmt: skip
def test_a_number_is_the_same_in_every_spelling(text: str, number: str) -> None:
    assert numbers(text) == {number}


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("2–3 days", {"2", "3"}),
        ("from 08:00 to 18:00", {"8", "0", "18"}),
        ("within 14 days, 30 nights", {"14", "30"}),
        ("14, 30 or 60 days", {"14", "30", "60"}),
        ("on 24.11.2026", {"24.11", "2026"}),
        ("2 years", {"2"}),
        ("no figure at all", set[str]()),
    ],
)
def test_a_text_may_hold_several_numbers_or_none(text: str, found: set[str]) -> None:
    assert numbers(text) == found


@given(st.integers(min_value=0, max_value=10**9), st.integers(min_value=0, max_value=99), st.sampled_from("' ’\u00a0\u202f,."))
def test_any_amount_reads_back_whatever_groups_its_digits(whole: int, cents: int, group: str) -> None:
    point = "," if group == "." else "."
    written = f"{whole:,}".replace(",", group) + f"{point}{cents:02d}"
    decimals = f"{cents:02d}".rstrip("0")
    assert numbers(written) == {f"{whole}.{decimals}" if decimals else str(whole)}


def test_only_what_the_evidence_lacks_is_unsupported() -> None:
    evidence = ("Pans are covered for 10 years.", "It costs 1 200,50 francs")
    assert unsupported("10 years, CHF 1'200.50", evidence) == frozenset()
    assert unsupported("10 years, or 12 with the card", evidence) == {"12"}
    assert unsupported("30 days", ()) == {"30"}


@pytest.mark.parametrize(
    "text",
    ["see https://evil.example/a", "see //evil.example/a", "![x](/here.png)", "[here](http://evil.example)", "HTTPS://EVIL.EXAMPLE/a"],
)
def test_a_foreign_link_or_a_picture_is_found(text: str) -> None:
    assert foreign_links(text)


def test_a_link_of_the_house_is_not_foreign() -> None:
    assert foreign_links("see https://shop.example/help", ("https://shop.example/",)) == ()
    assert foreign_links("see https://shop.example.evil.example/help", ("https://shop.example/",)) != ()
    assert foreign_links("either/or, 24/7, [help](/help/en)") == ()


@pytest.mark.parametrize("text", ["One. Two! Three? Four… five", "It costs CHF 4.90. That's all.", "a\nb\n", "No. 5 is late.", ""])
def test_sentences_joined_are_the_text_again(text: str) -> None:
    assert "".join(sentences(text)) == text


def test_sentences_are_cut_after_their_end_and_never_in_an_amount() -> None:
    assert sentences("It costs CHF 4.90. That's all.") == ("It costs CHF 4.90.", " That's all.")
