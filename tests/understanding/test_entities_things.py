from datetime import date
from decimal import Decimal
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orchestrator.conversation import LANGUAGES, Language, Money
from orchestrator.understanding.entities import Catalogue, CatalogueEntry

from .entity_cases import CATALOGUE, read, values
from .tables import language, rows

AMOUNTS = [
    ("CHF 59.90", "CH", "59.90 CHF"),
    ("59.90 CHF", "CH", "59.90 CHF"),
    ("Fr. 60.–", "CH", "60.00 CHF"),
    ("Fr. 1'200.50", "CH", "1200.50 CHF"),
    ("60.-", "CH", "60.00 CHF"),
    ("59,90 €", "FR", "59.90 EUR"),
    ("€60", "IT", "60.00 EUR"),
    ("1.200,00 €", "DE", "1200.00 EUR"),
    ("60 euros", "ES", "60.00 EUR"),
    ("$20", "US", "20.00 USD"),
    ("$1,200.50", "US", "1200.50 USD"),
    ("£59.99", "GB", "59.99 GBP"),
    ("R$ 1.200,00", "BR", "1200.00 BRL"),
    ("R$59,90", "BR", "59.90 BRL"),
]
WORDED: list[tuple[Language, str, str]] = [
    ("en", "under 60 francs", "60.00 CHF"),
    ("en", "60 quid", "60.00 GBP"),
    ("en", "fifty pounds", "50.00 GBP"),
    ("fr", "sous 60 francs", "60.00 CHF"),
    ("fr", "moins de cinquante euros", "50.00 EUR"),
    ("de", "unter 60 Franken", "60.00 CHF"),
    ("de", "fünfzig Franken", "50.00 CHF"),
    ("it", "meno di 60 franchi", "60.00 CHF"),
    ("it", "cinquanta euro", "50.00 EUR"),
    ("pt", "menos de 60 reais", "60.00 BRL"),
    ("pt", "cinquenta reais", "50.00 BRL"),
    ("es", "menos de 60 francos", "60.00 CHF"),
    ("es", "cincuenta euros", "50.00 EUR"),
]


@pytest.mark.parametrize(("code", "region", "text", "value"), rows("dates"))
def test_a_day_is_resolved_against_the_clock(code: str, region: str, text: str, value: str) -> None:
    assert values("date", read(text, language(code), region)) == [value]


@pytest.mark.parametrize(
    ("code", "text"),
    [
        ("en", "sunny sofa"),
        ("en", "may I return it"),
        ("de", "so geht das"),
        ("fr", "il a 3 enfants"),
        ("es", "la segunda opción"),
        ("en", "version 1.2"),
        ("pt", "a segunda opção"),
        ("de", "Guten Morgen"),
    ],
)
def test_other_words_are_no_days(code: Language, text: str) -> None:
    assert [one for one in read(text, code) if one.kind == "date" and one.confidence >= 0.7] == []


def test_a_date_gives_its_period() -> None:
    (week,) = [one for one in read("last week", "en") if one.kind == "date"]
    assert week.period == (date(2026, 3, 2), date(2026, 3, 8))


@pytest.mark.parametrize(("code", "case"), list(product(LANGUAGES, AMOUNTS)))
def test_an_amount_is_read(code: Language, case: tuple[str, str, str]) -> None:
    text, region, value = case
    assert values("amount", read(f"{text}", code, region)) == [value]
    assert values("amount", read(f"({text}) ok", code, region)) == [value]


@pytest.mark.parametrize(("code", "text", "value"), WORDED)
def test_an_amount_in_words_is_read(code: Language, text: str, value: str) -> None:
    assert values("amount", read(text, code)) == [value]


def test_an_amount_gives_money() -> None:
    (price,) = read("CHF 1'200.50", "de", "CH")
    assert price.amount == Money(amount=Decimal("1200.50"), currency="CHF")


def test_a_bare_number_is_an_amount_of_the_country_when_we_asked_for_one() -> None:
    assert values("amount", read("60", "de", "CH", expects="amount")) == ["60.00 CHF"]
    assert values("amount", read("60", "de", "CH")) == []


@pytest.mark.parametrize(("code", "text", "value", "asked"), rows("quantities"))
def test_a_quantity_is_read(code: str, text: str, value: str, asked: str) -> None:
    found = read(text, language(code), expects="quantity" if asked else None)
    assert values("quantity", found) == ([] if value == "-" else [value])


@pytest.mark.parametrize(("code", "text", "value", "asked"), rows("choices"))
def test_a_choice_is_read(code: str, text: str, value: str, asked: str) -> None:
    assert values("choice_ref", read(text, language(code), expects="choice_ref")) == [value]
    if not asked:
        assert values("choice_ref", read(text, language(code))) == [value]


@pytest.mark.parametrize(
    "text", ["my first order was late", "for the second time", "I need a second opinion on it", "where is my other parcel", "all my orders"]
)
def test_other_words_are_no_choice(text: str) -> None:
    assert values("choice_ref", read(text, "en")) == []


@pytest.mark.parametrize(("code", "text", "value"), rows("products"))
def test_a_product_is_found_by_name(code: Language, text: str, value: str) -> None:
    for said in (text, f"{text}?!"):
        assert values("product", read(said, code)) == [value]
        assert values("category", read(said, code)) == []


@pytest.mark.parametrize(("code", "text", "value"), rows("categories"))
def test_a_category_is_found_by_its_name(code: Language, text: str, value: str) -> None:
    for said in (text, f"{text}?!"):
        assert values("category", read(said, code)) == [value]
        assert values("product", read(said, code)) == []


def test_an_ambiguous_name_is_every_product_it_could_be() -> None:
    found = read("the Alba please", "en")
    assert values("product", found) == ["alba-kettle", "alba-toaster"]
    assert sum(one.confidence for one in found) <= 1


@pytest.mark.parametrize("text", ["where is my order", "I want a refund", "the mountain is high", "hello", "paint the tent"])
def test_other_words_are_no_products(text: str) -> None:
    assert CATALOGUE.find(text) == ()


def test_a_catalogue_of_a_thousand_products_finds_the_one_that_is_meant() -> None:
    syllables = ["ba", "ri", "to", "mon", "lu", "ne", "sa", "vel", "kor", "din", "fa", "pe", "zu", "gre"]
    names = [f"{a}{b}{c} {d}{a}{e}" for a, b, c, d, e in product(syllables, syllables[:9], syllables[:3], syllables[:2], syllables[:2])]
    catalogue = Catalogue(CatalogueEntry(id=str(number), kind="product", names={"en": [name]}) for number, name in enumerate(names[:1200]))
    assert [one.value for one in catalogue.find(f"I bought the {names[700]} yesterday")] == ["700"]


@given(st.text(max_size=300))
def test_any_text_can_be_read(text: str) -> None:
    for code in LANGUAGES:
        for one in read(text, code):
            assert text[one.start : one.end] == one.text
            assert 0 < one.confidence <= 1
