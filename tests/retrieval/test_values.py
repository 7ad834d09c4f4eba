"""Amounts and periods are read as each region writes them."""

import pytest

from orchestrator.retrieval.values import disagree, values_in


@pytest.mark.parametrize(
    ("text", "unit", "number"),
    [
        ("It costs CHF 4.90.", "CHF", 4.9), ("4,90 € le retour", "EUR", 4.9), ("R$ 1.299,00 à vista", "BRL", 1299.0), ("£5", "GBP", 5.0),
        ("within 30 days", "day", 30.0), ("innerhalb von 14 Tagen", "day", 14.0), ("2 ans de garantie", "year", 2.0), ("15 %", "%", 15.0),
        ("5 business days", "day", 5.0), ("CHF 1'299.00", "CHF", 1299.0),
    ],
)  # fmt: skip
def test_a_value_has_its_unit_and_number(text: str, unit: str, number: float):
    assert values_in(text) == {unit: frozenset({number})}


def test_a_range_has_both_ends():
    assert values_in("2–3 business days") == {"day": frozenset({2.0, 3.0})}


def test_texts_disagree_only_in_a_unit_both_name():
    assert disagree(values_in("30 days, CHF 5"), values_in("14 days, 5 €")) == ("day",)
    assert disagree(values_in("2–3 days"), values_in("3 days")) == ()
