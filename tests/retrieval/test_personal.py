"""Personal data are told from what only looks like them."""

import pytest

from orchestrator.retrieval.personal import find_personal, masked


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("Write to anna.muster@example.ch.", "email"), ("Call 079 123 45 67 or drop by", "phone"), ("Tél. +33 6 12 34 56 78", "phone"),
        ("IBAN CH93 0076 2011 6238 5295 7", "iban"), ("Card 4111 1111 1111 1111", "card"), ("AHV 756.1234.5678.97", "national_id"),
    ],
)  # fmt: skip
def test_what_points_to_a_person_is_found_and_masked(text: str, kind: str):
    found = find_personal(text)
    assert [item.kind for item in found] == [kind]
    assert f"[{kind}]" in masked(text)
    assert text[found[0].start + 2 : found[0].end - 2] not in found[0].shown


@pytest.mark.parametrize(
    "text",
    [
        "Ask service@maison-arvine.example or privacy@maison-arvine.example.", "Order A-20417 of 2026-11-23 costs CHF 1,299.00.",
        "Call 0800 123 456, free of charge.", "IBAN CH93 0076 2011 6238 5295 8", "Article 4111 1111 1111 1112", "1 000 000 items sold",
    ],
)  # fmt: skip
def test_what_only_looks_like_it_is_left_alone(text: str):
    assert find_personal(text) == ()
    assert masked(text) == text
