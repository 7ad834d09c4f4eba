"""Streamed text is cut where sentences end, whatever the pieces it comes in, and nothing of it is lost."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orchestrator.governance.cutting import LONGEST, Cutter


def cut(text: str, language: str = "en", size: int = 0) -> list[str]:
    cutter = Cutter(language)
    pieces = [text[place : place + size] for place in range(0, len(text), size)] if size else [text]
    found = [sentence for piece in pieces for sentence in cutter.feed(piece)]
    return [*found, *cutter.close()]


@pytest.mark.parametrize("size", [0, 1, 2, 3, 7])
@pytest.mark.parametrize(
    ("language", "text", "sentences"),
    [
        ("en", "Hello! It costs CHF 4.90. That's all.", ["Hello!", " It costs CHF 4.90.", " That's all."]),
        ("fr", "Bonjour M. Dupont, ça va ? Oui.", ["Bonjour M. Dupont, ça va ?", " Oui."]),
        ("de", "Das ist z. B. rot. Und Nr. 5 ist blau.", ["Das ist z. B. rot.", " Und Nr. 5 ist blau."]),
        ("de", "Es kommt am 3. November an. Gut.", ["Es kommt am 3. November an.", " Gut."]),
        ("en", "Bring, e.g. a bag. See p. 5, approx. here.", ["Bring, e.g. a bag.", " See p. 5, approx. here."]),
        ("en", "It costs 20. The other is 30.", ["It costs 20.", " The other is 30."]),
        ("en", "We open at 2 p.m. on Monday. Come at 3 p.m. Then go.", ["We open at 2 p.m. on Monday.", " Come at 3 p.m.", " Then go."]),
        ("en", "Steps:\n1. Pack it.\n2. Send it.", ["Steps:\n", "1. Pack it.", "\n", "2. Send it."]),
        ("en", "- one\n- two\n\nDone", ["- one\n", "- two\n", "\nDone"]),
        ("en", "He said “Stop!” Then he left.", ["He said “Stop!”", " Then he left."]),
        ("en", "Really?! Yes… No.", ["Really?!", " Yes…", " No."]),
        ("en", "Great! 😊 See you.", ["Great!", " 😊 See you."]),
        ("en", "你好。请稍等！OK", ["你好。", "请稍等！", "OK"]),
        ("en", "See shop.example/help/a.html. Then call.", ["See shop.example/help/a.html.", " Then call."]),
        ("es", "¿Qué tal, Sra. López? Bien.", ["¿Qué tal, Sra. López?", " Bien."]),
        ("en", "", []),
    ],
)  # fmt: skip
def test_sentences_end_where_a_reader_would_end_them(language: str, text: str, sentences: list[str], size: int) -> None:
    found = [sentence for sentence in cut(text, language, size) if sentence.strip()]
    assert "".join(cut(text, language, size)) == text
    assert [sentence.strip() for sentence in found] == [sentence.strip() for sentence in sentences if sentence.strip()]


def test_a_sentence_is_let_go_as_soon_as_it_ends() -> None:
    cutter = Cutter("en")
    assert cutter.feed("Your kettle is here.") == []
    assert cutter.feed(" ") == ["Your kettle is here."]
    assert cutter.feed("More ") == []


def test_a_sentence_without_an_end_is_let_go_in_time_and_never_within_a_figure() -> None:
    found = cut("word " * 40 + "CHF 1 250 " * 30)
    assert all(len(sentence) <= LONGEST for sentence in found)
    assert all(not (left[-2:].strip().isdigit() and right.strip()[:1].isdigit()) for left, right in pairwise(found))
    assert cut("x" * 1000) == ["x" * LONGEST] * 4 + ["x" * (1000 - 4 * LONGEST)]


@given(st.text(alphabet='aB1 .,!?\n…。é😊"-', max_size=400), st.integers(min_value=1, max_value=9))
def test_nothing_is_lost_in_whatever_pieces_it_comes(text: str, size: int) -> None:
    assert "".join(cut(text, "en", size)) == text
