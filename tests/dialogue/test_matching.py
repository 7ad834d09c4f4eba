"""Which offered possibility a customer's words mean."""

import pytest

from orchestrator import Option
from orchestrator.conversation import Choice
from orchestrator.dialogue.filling import address_parts
from orchestrator.dialogue.matching import other_than, pick_by_word, pick_choice, pick_option

from .given import read

CHOICES = (Choice(label="Pico chef's knife", value="pico-chef-knife"), Choice(label="Pico cutting board", value="pico-board"))
OPTIONS = tuple(Option(value=choice.value, label=choice.label) for choice in CHOICES)


@pytest.mark.parametrize(
    ("said", "value"),
    [
        ("Pico cutting board", "pico-board"), ("the pico cutting board, please", "pico-board"), ("pico cuting bord", "pico-board"),
        ("the second one", "pico-board"), ("option 2", "pico-board"), ("2", "pico-board"), ("the last one", "pico-board"),
        ("the first", "pico-chef-knife"), ("pico", ""), ("the third one", ""), ("something else", ""), ("", ""),
    ],
)  # fmt: skip
def test_a_choice_is_picked_by_its_name_or_position(said: str, value: str) -> None:
    picked = pick_choice(read(said, "choice_ref"), CHOICES)
    assert (picked.value if picked else "") == value


@pytest.mark.parametrize(
    ("said", "value"),
    [
        ("the board", "pico-board"), ("knife", "pico-chef-knife"), ("the pico board", "pico-board"), ("pico", ""),
        ("board warranty?", ""), ("does the board come with a warranty", ""), ("the one", ""),
    ],
)  # fmt: skip
def test_one_telling_word_is_enough_for_an_open_question(said: str, value: str) -> None:
    picked = pick_by_word(read(said), CHOICES)
    assert (picked.value if picked else "") == value


def test_options_that_were_not_shown_have_no_position() -> None:
    assert pick_option(read("the second one"), OPTIONS) is None


def test_options_are_known_by_their_aliases_and_two_that_fit_are_none() -> None:
    options = (Option(value="a", label="Red kettle", aliases=("bouilloire",)), Option(value="b", label="Blue kettle"))
    picked = pick_option(read("the bouilloire"), options)
    assert picked is options[0]
    assert pick_option(read("the kettle"), options) is None


def test_the_other_one_is_clear_only_of_two() -> None:
    assert other_than("pico-board", OPTIONS) == OPTIONS[0]
    assert other_than("pico-board", (*OPTIONS, Option(value="c", label="C"))) is None


@pytest.mark.parametrize(
    ("said", "postcode", "parts"),
    [
        ("please send it to Rue du Lac 4, 1800 Vevey", "1800", ("Rue du Lac 4", "Vevey")),
        ("new address: 12 High Street, N1 8HQ London, thanks", "N1 8HQ", ("12 High Street", "London")),
        ("an die Langstrasse 112, 8004 Zürich.", "8004", ("Langstrasse 112", "Zürich")),
        ("1800 Vevey", "1800", ("", "Vevey")),
        ("no address here", "1800", ("", "")),
    ],
)
def test_street_and_city_stand_around_the_postcode(said: str, postcode: str, parts: tuple[str, str]) -> None:
    assert address_parts(said, postcode) == parts
