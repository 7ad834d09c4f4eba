"""Sums and counts said in words: "hundertzwanzig Franken", "fifty-nine francs ninety"."""

from collections.abc import Iterator, Sequence
from functools import cache

from orchestrator.understanding.entities import EntityKind
from orchestrator.understanding.entities.amount import AmountWords
from orchestrator.understanding.lexicon import load_list

from .elements import Element
from .text import Change, Phrases, phrase

READABLE = 20
"""Numbers in words up to which entities read them by themselves."""


def amounts(elements: Sequence[Element], text: str, expects: frozenset[EntityKind]) -> Iterator[Change]:
    """Numbers before a currency, with their cents, as digits; other large numbers where an amount or a count is expected."""
    at = 0
    while at < len(elements):
        number = elements[at]
        if number.kind != "number" or (number.text == number.first.text and not _cents(elements, at)):
            at += 1
            continue
        taken, cents = _currency(elements, at + 1), _cents(elements, at)
        if taken and (int(number.text) > READABLE or cents):
            money = text[elements[at + 1].start : elements[at + taken].end]
            whole = f"{number.text}.{cents}" if cents else number.text
            end = elements[at + taken + 1].end if cents else elements[at + taken].end
            yield Change(number.start, end, f"{whole} {money}")
            at += taken + 1
        elif expects & {"amount", "quantity"} and int(number.text) > READABLE and number.text != number.first.text:
            yield Change(number.start, number.end, number.text)
        at += 1


def _cents(elements: Sequence[Element], at: int) -> str:
    """The cents after the currency: two digits, and nothing that they count."""
    taken = _currency(elements, at + 1)
    place = at + taken + 1
    if not taken or place >= len(elements) or elements[place].kind != "number" or elements[place].gap != " ":
        return ""
    after = elements[place + 1] if place + 1 < len(elements) else None
    is_last = after is None or any(mark in after.gap for mark in ",.;?!")
    return elements[place].text if is_last and len(elements[place].text) == 2 else ""


def _currency(elements: Sequence[Element], at: int) -> int:
    """How many elements the currency takes that begins here; 0 when there is none."""
    words = [element.first for element in elements[at : at + 3]]
    return _currencies().at(words, 0) if words else 0


@cache
def _currencies() -> Phrases:
    lists = load_list("amounts", AmountWords)
    names = [name for table in (lists.words, lists.signs) for wordings in table.values() for name in wordings]
    return Phrases(name for name in names if len("".join(phrase(name))) > 2)
