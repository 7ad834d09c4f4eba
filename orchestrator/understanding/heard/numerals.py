"""Numbers said in words: "vierhundertzwölf", "quatre-vingt-dix-sept", "dezesseis mil e quatro"."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Literal

from orchestrator.conversation import Language
from orchestrator.understanding.lexicon import Phrases as Wordings
from orchestrator.understanding.normalise import fold

from .lists import numeral_words
from .text import Word

Kind = Literal["unit", "teen", "ten", "elided", "hundreds", "hundred", "thousand", "joint"]
MOST_WORDS = 9
"""Words up to which a number is looked for."""


@dataclass(frozen=True)
class Atom:
    """The smallest part of a number; `place` is the word it is in."""

    kind: Kind
    value: int
    place: int


@dataclass(frozen=True)
class Numeral:
    """A number and how many words it takes. `is_digit`: it was said as one digit."""

    value: int
    words: int
    is_digit: bool


@dataclass(frozen=True)
class _Read:
    value: int
    end: int


def numeral_at(words: Sequence[Word], at: int, language: Language) -> Numeral | None:
    """The longest number in words that begins at this word, or None."""
    atoms: list[Atom] = []
    last = at
    for place in range(at, min(at + MOST_WORDS, len(words))):
        parts = _parts(words[place].folded, language)
        if not parts or (place > at and words[place].gap.strip(" -")):
            break
        atoms += [Atom(kind, value, place) for kind, value in parts]
        last = place
    read = _Reader(tuple(atoms), language).number(0) if atoms and atoms[0].kind != "joint" else None
    while read is not None and read.end < len(atoms) and atoms[read.end].place == atoms[read.end - 1].place:
        # The number ends inside a word: without that word it may be one ("eins undzwanzig" is one and no number).
        atoms = [atom for atom in atoms if atom.place < atoms[read.end].place]
        read = _Reader(tuple(atoms), language).number(0) if atoms else None
    if read is None:
        return None
    after = atoms[read.end].place if read.end < len(atoms) else last + 1
    return Numeral(read.value, after - at, read.end == 1 and atoms[0].kind == "unit")


class _Reader:
    """Reads atoms as one number, as its language builds them."""

    def __init__(self, atoms: tuple[Atom, ...], language: Language) -> None:
        self._atoms = atoms
        self._words = numeral_words(language)
        self._is_french = language == "fr"

    def number(self, at: int) -> _Read | None:
        head = self._below_thousand(at)
        if head is not None and self._kind(head.end) == "thousand" and head.value > 0:
            return self._with_rest(_Read(head.value * 1000, head.end + 1), thousand=True)
        if head is None and self._kind(at) == "thousand":
            return self._with_rest(_Read(1000, at + 1), thousand=True)
        return head

    def _with_rest(self, head: _Read, *, thousand: bool) -> _Read:
        joint = int(self._is_joint(head.end, self._words.rest_joint))
        rest = self._below_thousand(head.end + joint) if thousand else self._below_hundred(head.end + joint)
        return _Read(head.value + rest.value, rest.end) if rest is not None and rest.value > 0 else head

    def _below_thousand(self, at: int) -> _Read | None:
        if self._kind(at) == "hundreds":
            return self._with_rest(_Read(self._atoms[at].value, at + 1), thousand=False)
        if self._kind(at) == "hundred":
            return self._with_rest(_Read(100, at + 1), thousand=False)
        head = self._below_hundred(at)
        if head is not None and self._may_multiply(head) and self._kind(head.end) == "hundred":
            return self._with_rest(_Read(head.value * 100, head.end + 1), thousand=False)
        return head

    def _may_multiply(self, head: _Read) -> bool:
        """Whether so many hundreds are said: "achtzehnhundert" and "dix-huit cents", but Italian stops at nine."""
        return 0 < head.value <= (9 if self._words.elided else 99 if self._words.tens_joint == "" else 19)

    def _below_hundred(self, at: int) -> _Read | None:
        match self._kind(at):
            case "unit":
                return self._from_unit(at)
            case "teen":
                return self._from_teen(at)
            case "ten" | "elided":
                return self._from_ten(at)
            case _:
                return None

    def _from_unit(self, at: int) -> _Read:
        value = self._atoms[at].value
        if self._words.units_first and value and self._is_joint(at + 1, self._words.tens_joint) and self._kind(at + 2) == "ten":
            return _Read(value + self._atoms[at + 2].value, at + 3)
        if self._is_french and value == 4 and self._is_ten(at + 1, 20):
            return self._after_ten(_Read(80, at + 2), up_to=19)
        return _Read(value, at + 1)

    def _from_teen(self, at: int) -> _Read:
        value = self._atoms[at].value
        if self._is_french and value == 10 and self._kind(at + 1) == "unit" and self._atoms[at + 1].value >= 7:
            return _Read(value + self._atoms[at + 1].value, at + 2)
        return _Read(value, at + 1)

    def _from_ten(self, at: int) -> _Read | None:
        head = _Read(self._atoms[at].value, at + 1)
        if self._words.units_first:
            return head
        after = self._after_ten(head, up_to=19 if self._is_french and head.value == 60 else 9)
        return None if self._atoms[at].kind == "elided" and after is head else after

    def _after_ten(self, head: _Read, up_to: int) -> _Read:
        joint = int(self._is_joint(head.end, self._words.tens_joint))
        at = head.end + joint
        if self._words.joint_needed and not joint:
            return head
        if self._words.glued and self._kind(at) and self._atoms[at].place != self._atoms[at - 1].place:
            return head
        rest = self._from_teen(at) if up_to > 9 and self._kind(at) == "teen" else None
        if rest is None and self._kind(at) == "unit" and self._atoms[at].value:
            rest = _Read(self._atoms[at].value, at + 1)
        return head if rest is None else _Read(head.value + rest.value, rest.end)

    def _kind(self, at: int) -> Kind | None:
        return self._atoms[at].kind if at < len(self._atoms) else None

    def _is_ten(self, at: int, value: int) -> bool:
        return self._kind(at) == "ten" and self._atoms[at].value == value

    def _is_joint(self, at: int, word: str) -> bool:
        return bool(word) and self._kind(at) == "joint"


@lru_cache(maxsize=8192)
def _parts(word: str, language: Language) -> tuple[tuple[Kind, int], ...]:
    """The atoms of a word: one, or several where numbers are written in one word; none when it is no number."""
    table = _table(language)
    if (own := table.get(word)) is not None:
        return (own,)
    return _unglued(word, table) if numeral_words(language).glued else ()


def _unglued(word: str, table: Mapping[str, tuple[Kind, int]]) -> tuple[tuple[Kind, int], ...]:
    if not word:
        return ()
    for length in range(len(word), 1, -1):
        own = table.get(word[:length])
        if own is None:
            continue
        rest = _unglued(word[length:], table)
        if rest or length == len(word):
            return (own, *rest)
    return ()


@cache
def _table(language: Language) -> dict[str, tuple[Kind, int]]:
    words = numeral_words(language)
    table: dict[str, tuple[Kind, int]] = {}
    groups: tuple[tuple[Kind, Mapping[int, Wordings]], ...] = (
        ("unit", words.units),
        ("teen", words.teens),
        ("ten", words.tens),
        ("elided", words.elided),
        ("hundreds", words.hundreds),
        ("hundred", {100: words.hundred}),
        ("thousand", {1000: words.thousand}),
        ("joint", {0: tuple(filter(None, (words.tens_joint, words.rest_joint)))}),
    )
    for kind, values in groups:
        for value, names in values.items():
            for spelling in (spelling for name in names for spelling in (fold(name), fold(name.replace("ü", "ue").replace("ö", "oe")))):
                table.setdefault(spelling, (kind, value))
    return table
