"""Transcripts as recognisers write them, in six languages, and what they mean."""

from typing import cast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orchestrator.conversation import LANGUAGES, Language
from orchestrator.understanding.entities import EntityKind
from orchestrator.understanding.heard import heard, is_backchannel

from .entity_cases import read, values
from .tables import language, lines, rows

TRANSCRIPTS = [(code, *row) for code in LANGUAGES for row in rows(f"heard_{code}")]


def expected(cell: str) -> frozenset[EntityKind]:
    return frozenset[EntityKind]() if cell == "-" else frozenset({cast(EntityKind, cell)})


@pytest.mark.parametrize(("code", "expects", "said", "meant"), TRANSCRIPTS)
def test_a_transcript_is_written_as_it_was_meant(code: Language, expects: str, said: str, meant: str) -> None:
    assert heard(said, code, expected(expects)) == meant


@pytest.mark.parametrize(("code", "expects", "said", "meant"), TRANSCRIPTS)
def test_hearing_twice_changes_nothing(code: Language, expects: str, said: str, meant: str) -> None:
    assert heard(meant, code, expected(expects)) == meant


@pytest.mark.parametrize(("code", "whether", "said"), rows("backchannels"))
def test_the_sounds_of_a_listener_are_no_turn(code: str, whether: str, said: str) -> None:
    assert is_backchannel(said, language(code)) == (whether == "yes")


@pytest.mark.parametrize("said", ["", "…", "...", "um, uh", "hmm"])
def test_noise_is_no_turn_and_is_left_as_it_came(said: str) -> None:
    assert is_backchannel(said, "en")
    assert heard(said, "en") == said


ID_SAID: list[tuple[Language, str]] = [
    ("en", "it's A as in Alpha two oh four one seven"),
    ("fr", "c'est A comme Anatole deux cent quatre dix-sept"),
    ("de", "das ist A wie Anton zwanzigtausendvierhundertsiebzehn"),
    ("it", "è A come Ancona due zero quattro uno sette"),
    ("pt", "é A de amor dois zero quatro um sete"),
    ("es", "es A de Antonio dos cero cuatro diecisiete"),
]


@pytest.mark.parametrize(("code", "said"), ID_SAID)
def test_an_order_number_is_read_from_what_was_heard(code: Language, said: str) -> None:
    assert values("order_id", read(heard(said, code), code)) == ["A-20417"]


CODE_SAID: list[tuple[Language, str]] = [
    ("en", "forty eight twenty nine thirteen"),
    ("fr", "quarante-huit vingt-neuf treize"),
    ("de", "achtundvierzig neunundzwanzig dreizehn"),
    ("it", "quarantotto ventinove tredici"),
    ("pt", "quarenta e oito vinte e nove treze"),
    ("es", "cuarenta y ocho veintinueve trece"),
]


@pytest.mark.parametrize(("code", "said"), CODE_SAID)
def test_a_one_time_code_is_read_from_what_was_heard(code: Language, said: str) -> None:
    assert values("code", read(heard(said, code, frozenset({"code"})), code, expects="code")) == ["482913"]


MAIL_SAID: list[tuple[Language, str]] = [
    ("en", "it's l e a dot rochat at example dot c h"),
    ("fr", "c'est l e a point rochat arobase example point c h"),
    ("de", "l e a punkt rochat klammeraffe example punkt c h"),
    ("it", "l e a punto rochat chiocciola example punto c h"),
    ("pt", "l e a ponto rochat arroba example ponto c h"),
    ("es", "l e a punto rochat arroba example punto c h"),
]


@pytest.mark.parametrize(("code", "said"), MAIL_SAID)
def test_an_address_is_read_from_what_was_heard(code: Language, said: str) -> None:
    assert values("email", read(heard(said, code), code)) == ["lea.rochat@example.ch"]


@pytest.mark.parametrize(("code", "name"), [(code, name) for code in LANGUAGES for name in ("segments", "sensitive", "human")])
def test_sentences_as_customers_say_them_stay_as_they_are(code: str, name: str) -> None:
    for line in lines(name):
        own, _, *cells = (cell.strip() for cell in line.split("|")) if "|" in line else ("", "")
        for text in cells if own == code else ():
            assert heard(text, language(code)) == " ".join(text.split())


WORDS = st.sampled_from(
    ["A", "two", "zero", "417", "double", "no", "like", "Alpha", "uh", "at", "dot", "c", "h", "kettle", ",", "x-ray", "a-t-il", "20,417"]
)


@given(st.lists(WORDS, max_size=12).map(" ".join), st.sampled_from(LANGUAGES))
def test_hearing_again_what_was_heard_changes_nothing(said: str, code: Language) -> None:
    once = heard(said, code)
    assert heard(once, code) == once


@given(st.text(max_size=80), st.sampled_from(LANGUAGES))
def test_any_text_is_heard_without_an_error(said: str, code: Language) -> None:
    heard(said, code, frozenset({"order_id", "email", "amount"}))
    is_backchannel(said, code)
