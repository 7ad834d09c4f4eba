from itertools import product

import pytest

from orchestrator.conversation import Language

from .entity_cases import read, values
from .tables import language, rows

FRAMES: dict[Language, list[str]] = {
    "en": ["{}", "my address is {}", "please write to {}, thanks"],
    "fr": ["{}", "mon adresse est {}", "écrivez à {}, merci"],
    "de": ["{}", "meine Adresse ist {}", "schreiben Sie an {}, danke"],
    "it": ["{}", "il mio indirizzo è {}", "scrivete a {}, grazie"],
    "pt": ["{}", "meu endereço é {}", "escrevam para {}, obrigado"],
    "es": ["{}", "mi dirección es {}", "escriban a {}, gracias"],
}
EMAILS = [
    ("jane.doe@example.com", "jane.doe@example.com"),
    ("Jane.Doe@Example.com", "jane.doe@example.com"),
    ("jane+shop@mail.example.co.uk", "jane+shop@mail.example.co.uk"),
    ("jane (at) example (dot) com", "jane@example.com"),
]


@pytest.mark.parametrize(
    ("code", "text", "value"),
    [(code, frame.format(text), value) for code, frames in FRAMES.items() for frame, (text, value) in product(frames, EMAILS)],
)
def test_a_written_address_is_read(code: Language, text: str, value: str) -> None:
    assert values("email", read(text, code)) == [value]


@pytest.mark.parametrize(("code", "text", "value"), rows("emails_spoken"))
def test_a_spoken_address_is_read(code: Language, text: str, value: str) -> None:
    assert values("email", read(text, code)) == [value]


@pytest.mark.parametrize(
    ("code", "text"),
    [
        ("en", "I am at home, dot the i"),
        ("en", "look at the shop dot"),
        ("fr", "un point c'est tout"),
        ("de", "Punkt um zwölf"),
        ("en", "user@"),
        ("en", "@alba"),
    ],
)
def test_other_text_is_no_address(code: Language, text: str) -> None:
    assert values("email", read(text, code)) == []


@pytest.mark.parametrize(
    ("code", "region", "text", "value"),
    [(code, region, frame.format(text), value) for code, region, text, value in rows("phones") for frame in FRAMES[language(code)]],
)
def test_a_phone_number_is_read_in_its_country(code: Language, region: str, text: str, value: str) -> None:
    assert values("phone", read(text, code, region)) == [value]


@pytest.mark.parametrize("text", ["A-20417", "12.03.2026", "CHF 1200.00", "R-30112", "4 3 2 1", "2026-03-04"])
def test_other_numbers_are_no_phone_numbers(text: str) -> None:
    assert values("phone", read(text, "de", "CH")) == []


@pytest.mark.parametrize(
    ("code", "region", "text", "value"),
    rows("postcodes"),
)
def test_a_postcode_is_read_in_its_country(code: Language, region: str, text: str, value: str) -> None:
    assert values("postcode", read(text, code, region)) == [value]
    assert values("postcode", read(f"{text}, ok", code, region)) == [value]


@pytest.mark.parametrize(
    ("region", "text"), [("CH", "8001"), ("DE", "10115"), ("FR", "75001"), ("IT", "20121"), ("ES", "28013"), ("US", "10001")]
)
def test_a_bare_postcode_counts_when_we_asked_for_it(region: str, text: str) -> None:
    assert values("postcode", read(text, "en", region, expects="postcode")) == [text]
    assert values("postcode", read(text, "en", region)) == []


@pytest.mark.parametrize(
    ("region", "text"),
    [
        ("DE", "A-20417"),
        ("DE", "order 20417"),
        ("CH", "CHF 1200"),
        ("CH", "1200 Franken"),
        ("CH", "2000 Watt"),
        ("DE", "12345,50 €"),
        ("CH", "in 2026"),
    ],
)
def test_ids_and_amounts_are_no_postcodes(region: str, text: str) -> None:
    assert values("postcode", read(text, "de", region)) == []


@pytest.mark.parametrize("code", list(FRAMES))
@pytest.mark.parametrize("text", ["482913", "482 913", "482-913", " 482913 "])
def test_a_one_time_code_is_read(code: Language, text: str) -> None:
    assert values("code", read(text, code, expects="code")) == ["482913"]
    assert values("code", read(text.strip(), code)) == ["482913"]


@pytest.mark.parametrize(
    ("code", "text"),
    [
        ("en", "my code is 482913"),
        ("fr", "le code est 482913"),
        ("de", "der Code lautet 482913"),
        ("it", "il codice è 482913"),
        ("pt", "o código é 482913"),
        ("es", "el código es 482913"),
    ],
)
def test_an_announced_code_is_read_in_a_sentence(code: Language, text: str) -> None:
    assert values("code", read(text, code)) == ["482913"]


@pytest.mark.parametrize("text", ["A-482913", "it costs 482913 francs", "4829133", "48291", "482913.50"])
def test_other_numbers_are_no_codes(text: str) -> None:
    assert values("code", read(text, "en")) == []
