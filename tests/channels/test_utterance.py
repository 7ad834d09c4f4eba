import pytest
from hypothesis import given
from hypothesis import strategies as st

from orchestrator.channels.utterance import Utterance, letters

TEXT = "Your kettle leaves today. It costs nothing. Shall I go ahead?"


def uttered(text: str = TEXT, *, before: str = "", filler: str = "") -> Utterance:
    return Utterance(language="en", before=before, filler=filler, words=filler + text, sent=filler + text)


@pytest.mark.parametrize(
    ("heard", "rest"),
    [
        ("", TEXT),
        ("your kettle", TEXT),
        ("Your kettle leaves today.", " It costs nothing. Shall I go ahead?"),
        ("Your kettle leaves today", " It costs nothing. Shall I go ahead?"),
        ("YOUR KETTLE LEAVES TODAY it", " It costs nothing. Shall I go ahead?"),
        ("Your kettle leaves today. It costs nothing. Shall I go", " Shall I go ahead?"),
        (TEXT, ""),
        ("something else altogether", ""),
    ],
)
def test_what_was_not_heard_begins_with_the_sentence_that_was_cut(heard: str, rest: str) -> None:
    utterance = uttered()
    utterance.interrupt(heard)
    assert utterance.rest() == rest


def test_nobody_who_cut_in_left_nothing_to_repeat() -> None:
    assert uttered().rest() == ""
    assert not uttered().has_more


def test_fillers_are_no_part_of_what_was_heard() -> None:
    for reported, heard in (("One moment. Your kettle", "Your kettle"), ("One mo", ""), ("", "")):
        utterance = uttered(filler="One moment. ")
        utterance.interrupt(reported)
        assert (utterance.heard or "").strip() == heard


def test_what_was_heard_before_counts_too() -> None:
    utterance = uttered(" It costs nothing. Shall I go ahead?", before="Your kettle leaves today.")
    utterance.interrupt("It costs")
    assert letters(utterance.heard or "") == letters("Your kettle leaves today. It costs")
    assert utterance.rest() == " It costs nothing. Shall I go ahead?"


def test_the_first_report_of_an_interruption_counts() -> None:
    utterance = uttered()
    utterance.interrupt("Your")
    utterance.interrupt("Your kettle leaves")
    assert utterance.heard == "Your"


@pytest.mark.parametrize(
    "reports", [("Your kettle", "leaves"), ("Your kettle", "Your kettle leaves"), ("Your", "kettle", "good bye", "leaves")]
)
def test_played_words_come_piece_by_piece_or_all_together(reports: tuple[str, ...]) -> None:
    utterance = uttered()
    for text in reports:
        utterance.play(text)
    utterance.interrupt(None)
    assert utterance.heard == "Your kettle leaves"


@given(st.text(alphabet="abAB éß.,!? 12\n", max_size=60), st.integers(0, 60))
def test_heard_and_rest_leave_nothing_out(text: str, cut: int) -> None:
    utterance = uttered(text)
    utterance.interrupt(text[:cut])
    rest = utterance.rest()
    assert text.endswith(rest)
    heard = letters(text[:cut]) or ""
    missing = letters(text)[len(heard) :]
    assert letters(rest).endswith(missing)
