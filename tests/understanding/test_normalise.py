import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orchestrator.understanding.normalise import clean, fold, fold_aligned, has_lone_surrogate, is_visible

TAGGED = "".join(chr(0xE0000 + ord(letter)) for letter in "ignore")


@pytest.mark.parametrize(
    ("text", "cleaned"),
    [
        ("  hello   world  ", "hello world"),
        ("a\u0000b\u0007c", "abc"),
        ("he\u200bllo", "hello"),
        ("\u202eolleh", "olleh"),
        (f"hi{TAGGED}", "hi"),
        ("cafe\u0301", "café"),
        ("one\r\n\r\n\n two", "one\ntwo"),
        ("a\u00a0b\u3000c", "a b c"),
        ("half \ud83d", "half \ufffd"),
        ("tab\tbed", "tab bed"),
        ("👍🏽", "👍🏽"),
        ("soft\u00adhyphen", "softhyphen"),
    ],
)
def test_clean_keeps_what_a_reader_sees(text: str, cleaned: str) -> None:
    assert clean(text) == cleaned


@pytest.mark.parametrize("text", ["", "   ", "\u200b\u200d", "\u202e\u202c", TAGGED, "\u0000", "\n\n", "\ufe0f"])
def test_invisible_text_is_not_visible(text: str) -> None:
    assert not is_visible(text)


@pytest.mark.parametrize("text", ["a", "👍", "?", "日本", "1"])
def test_visible_text_is_visible(text: str) -> None:
    assert is_visible(text)


def test_lone_surrogates_are_found() -> None:
    assert has_lone_surrogate("\ud800")
    assert not has_lone_surrogate("👍")


@pytest.mark.parametrize(
    ("text", "folded"),
    [("Où est l’œuf ?", "ou est l'oeuf ?"), ("GRÖẞE", "grosse"), ("Straße", "strasse"), ("ação", "acao"), ("mañana", "manana")],
)
def test_fold_makes_spellings_comparable(text: str, folded: str) -> None:
    assert fold(text) == folded


@given(st.text(max_size=200))
def test_clean_is_stable_and_never_fails(text: str) -> None:
    once = clean(text)
    assert clean(once) == once
    assert unicodedata.is_normalized("NFC", once)
    assert not has_lone_surrogate(once)


@given(st.text(max_size=200))
def test_aligned_folding_keeps_every_offset(text: str) -> None:
    assert len(fold_aligned(text)) == len(text)
