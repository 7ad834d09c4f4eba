"""What a voice says for what is written: nothing only eyes can read, nothing lost, nothing changed."""

import re
from collections import Counter
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orchestrator.conversation import LANGUAGES, Language
from orchestrator.dialogue.spoken import is_long, shortened, spoken, spoken_choices
from orchestrator.governance.evidence import sentences
from orchestrator.project.amounts import format_amount
from orchestrator.understanding.entities import EntityContext, extract
from orchestrator.understanding.heard import heard
from tests.projects.tiny_house import NOW

from .spoken_cases import EVERYWHERE, SPOKEN

REGIONS: dict[Language, tuple[str, ...]] = {
    "en": ("GB", "US", "CH"),
    "fr": ("FR", "CH"),
    "de": ("DE", "CH"),
    "it": ("IT", "CH"),
    "pt": ("BR",),
    "es": ("ES",),
}


@pytest.mark.parametrize(("written", "said"), EVERYWHERE)
def test_what_only_eyes_need_is_not_said(written: str, said: str) -> None:
    assert spoken(written, "en") == said


@pytest.mark.parametrize(("language", "written", "said"), SPOKEN)
def test_values_are_said_as_a_good_voice_says_them(language: Language, written: str, said: str) -> None:
    assert spoken(written, language) == said


@pytest.mark.parametrize(("language", "written", "said"), SPOKEN)
def test_speaking_twice_is_speaking_once(language: Language, written: str, said: str) -> None:
    assert spoken(said, language) == said


def test_an_american_date_is_said_the_american_way() -> None:
    assert spoken("by Monday, November 30", "en", "US") == "By Monday, November 30th."
    assert spoken("on 11/24/2026", "en", "US") == "On November 24th 2026."
    assert spoken("on 24/11/2026", "en", "GB") == "On the 24th of November 2026."


def test_a_long_sentence_is_parted_where_a_clause_ends() -> None:
    long = "The parcel has left our warehouse in Vevey this morning at last and is with the carrier, but it only gets to you on Monday."
    assert spoken(long, "en").count(". ") == 1
    assert spoken("It is late, but it comes.", "en") == "It is late, but it comes."


def test_what_is_spoken_can_be_streamed_sentence_by_sentence() -> None:
    for language, written, _ in SPOKEN:
        said = spoken(written, language)
        assert "".join(sentences(said)) == said


AMOUNTS = st.decimals(min_value=Decimal("0.01"), max_value=Decimal("99999.99"), places=2)
PLACES = st.sampled_from([(language, region) for language, regions in REGIONS.items() for region in regions])


@given(AMOUNTS, st.sampled_from(["CHF", "EUR", "GBP", "USD", "BRL"]), PLACES)
def test_an_amount_is_never_changed(amount: Decimal, currency: str, place: tuple[Language, str]) -> None:
    language, region = place
    said = spoken(format_amount(float(amount), currency, language, region), language, region)
    numbers = [int(re.sub(r"[ .,]", "", number)) for number in re.findall(r"\d+(?:[ .,]\d{3})*", said)]
    whole, cents = divmod(int(amount * 100), 100)
    assert numbers == [number for number in (whole, cents) if number]
    assert not re.search(r"[€$£]|CHF|EUR|GBP|USD|BRL", said)


IDS = st.tuples(st.sampled_from("ARF"), st.integers(min_value=10000, max_value=999999)).map(lambda parts: f"{parts[0]}-{parts[1]}")


@given(IDS, st.sampled_from(LANGUAGES))
def test_a_number_that_is_said_is_heard_as_the_same(number: str, language: Language) -> None:
    said = spoken(number, language)
    found = extract(heard(said, language), language, EntityContext(now=NOW, region="CH"))
    assert [entity.value for entity in found if entity.kind.endswith("_id")] == [number]


NAMES = st.sampled_from(
    ["lea", "rochat", "jonas", "keller", "dupont", "ferri", "giulia", "souza", "walker", "clark", "weber", "info", "max"]
)
LOCAL = st.tuples(st.lists(NAMES, min_size=1, max_size=3), st.sampled_from("._-")).map(lambda parts: parts[1].join(parts[0]))


@given(LOCAL, st.sampled_from(["example.ch", "example.com", "example.co.uk", "gmail.com", "my-shop.de"]), st.sampled_from(LANGUAGES))
def test_an_address_that_is_said_is_heard_as_the_same(local: str, host: str, language: Language) -> None:
    said = spoken(f"{local}@{host}", language).rstrip(".").lower()
    found = extract(heard(said, language), language, EntityContext(now=NOW, region="CH"))
    assert [entity.value for entity in found if entity.kind == "email"] == [f"{local}@{host}"]


PIECES = st.sampled_from(
    ["A-20417", "CHF 4.90", "2-3", "15%", "(order R-30112)", "1800 Vevey", "+41 44 555 01 30", "20 g", "1,7 l", "…", "–", ";", "**free**",
     "No. 5", "N1 8HQ", "482913", "\n- a thing\n- another", "14 days", "x", "/", "lea@example.ch", "E27", "6x", "60 °C", "3 × 4 cm", ","]
)  # fmt: skip


@given(st.lists(PIECES, max_size=8).map(" ".join), st.sampled_from(LANGUAGES))
def test_no_digit_is_lost_and_speaking_is_idempotent(written: str, language: Language) -> None:
    said = spoken(written, language)
    assert Counter(filter(str.isdigit, said)) == Counter(filter(str.isdigit, written))
    assert spoken(said, language) == said


@given(st.text(max_size=120), st.sampled_from(LANGUAGES))
def test_any_text_can_be_spoken(written: str, language: Language) -> None:
    assert spoken(spoken(written, language), language) == spoken(written, language)


CHOICES: list[tuple[Language, str]] = [
    ("en", "You can say: Refund, New one or Repair."),
    ("fr", "Vous pouvez dire : Refund, New one ou Repair."),
    ("de", "Sie können sagen: Refund, New one oder Repair."),
    ("it", "Può dire: Refund, New one o Repair."),
    ("pt", "Você pode dizer: Refund, New one ou Repair."),
    ("es", "Puede decir: Refund, New one o Repair."),
]


@pytest.mark.parametrize(("language", "said"), CHOICES)
def test_choices_are_said_as_words(language: Language, said: str) -> None:
    assert spoken_choices(["Refund", "New one", "Repair"], language) == said


def test_of_many_choices_four_are_said_and_something_else() -> None:
    assert spoken_choices(["A1", "B1", "C1", "D1", "E1"], "en") == "You can say: A1, B1, C1, D1 or something else."
    assert spoken_choices(["Refund"], "en") == "You can say: Refund."
    assert spoken_choices([], "en") == ""


def test_of_a_choice_in_parts_its_name_is_said_where_that_is_enough() -> None:
    labels = ["A-20139 · Brezza humidifier · 2 Oct", "A-20459 · Pico knife · 14 Nov"]
    assert spoken_choices(labels, "en") == "You can say: Brezza humidifier or Pico knife."
    same = ["A-20139 · Pico knife · 2 Oct", "A-20459 · Pico knife · 14 Nov"]
    assert "A, 2 0 1, 3 9, Pico knife, the 2nd of October" in spoken_choices(same, "en")


def test_what_takes_too_long_is_shortened_at_a_sentence() -> None:
    text = " ".join(f"This is sentence number {number} of the answer." for number in range(12))
    assert is_long(text)
    assert not is_long(shortened(text))
    assert text.startswith(shortened(text))
    assert shortened(text).endswith(".")
    assert not is_long("Two short sentences. That is all.")
