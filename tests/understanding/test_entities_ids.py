from itertools import product

import pytest

from orchestrator.conversation import Language
from orchestrator.understanding.entities import EntityKind

from .entity_cases import read, values
from .tables import rows

SENTENCES: dict[Language, list[str]] = {
    "en": ["where is {}", "{}", "I have a problem with {}, please help", "hello, {} is late"],
    "fr": ["où est {}", "{}", "j'ai un problème avec {}, merci", "bonjour, {} est en retard"],
    "de": ["wo ist {}", "{}", "ich habe ein Problem mit {}, bitte", "hallo, {} ist zu spät"],
    "it": ["dov'è {}", "{}", "ho un problema con {}, grazie", "ciao, {} è in ritardo"],
    "pt": ["onde está {}", "{}", "tenho um problema com {}, obrigado", "oi, {} está atrasado"],
    "es": ["dónde está {}", "{}", "tengo un problema con {}, gracias", "hola, {} llega tarde"],
}
WRITTEN: dict[EntityKind, tuple[str, list[str]]] = {
    "order_id": ("A-20417", ["A-20417", "a-20417", "A20417", "A 20417"]),
    "return_id": ("R-30112", ["R-30112", "r30112", "R 30112"]),
    "exchange_id": ("E-1182", ["E-1182", "e-1182", "E 1182"]),
    "invoice_id": ("F-20417", ["F-20417", "f20417", "F 20417"]),
    "ticket_id": ("T-1042", ["T-1042", "t1042", "T 1042"]),
}


def written_cases() -> list[tuple[Language, str, EntityKind, str]]:
    return [
        (code, sentence.format(spelling), kind, value)
        for (code, sentences), (kind, (value, spellings)) in product(SENTENCES.items(), WRITTEN.items())
        for sentence, spelling in product(sentences, spellings)
    ]


@pytest.mark.parametrize(("code", "text", "kind", "value"), written_cases())
def test_a_written_id_is_read(code: Language, text: str, kind: EntityKind, value: str) -> None:
    assert values(kind, read(text, code)) == [value]


@pytest.mark.parametrize(("code", "kind", "text", "value"), rows("ids_named"))
def test_a_number_after_its_name_is_read(code: Language, kind: EntityKind, text: str, value: str) -> None:
    assert values(kind, read(text, code)) == [value]


@pytest.mark.parametrize(("code", "text"), rows("ids_spoken"))
def test_a_spoken_order_number_is_read(code: Language, text: str) -> None:
    assert values("order_id", read(text, code)) == ["A-20417"]


def test_a_double_digit_is_spoken_as_double() -> None:
    assert values("order_id", read("A two double zero one seven", "en")) == ["A-20017"]


@pytest.mark.parametrize("text", ["20417", "#20417", "it is 20417", "20417 please"])
def test_a_bare_number_counts_when_we_asked_for_it(text: str) -> None:
    assert values("order_id", read(text, "en", expects="order_id")) == ["A-20417"]
    assert values("order_id", read(text, "en")) == []


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("a 2000 watt kettle", "en"),
        ("I paid 20417 francs", "en"),
        ("8001 Zürich", "de"),
        ("+41 44 668 18 00", "en"),
        ("my code is 482913", "en"),
        ("a 1500 ml kettle", "en"),
        ("e 2026 foi bom", "pt"),
        ("order 2 kettles", "en"),
    ],
)
def test_other_numbers_are_no_ids(text: str, code: Language) -> None:
    kinds = {one.kind for one in read(text, code)}
    assert not kinds & set(WRITTEN)


def test_several_ids_are_read_in_order_with_their_place() -> None:
    text = "A-20417 and R-30112"
    found = read(text, "en")
    assert [(one.kind, one.value) for one in found] == [("order_id", "A-20417"), ("return_id", "R-30112")]
    assert all(text[one.start : one.end] == one.text for one in found)
