"""A transcript as the parts of a dictation: letters, numbers, signs, corrections, and plain words between them."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal

from orchestrator.conversation import Language

from .letters import letter_at
from .lists import Marks, marks, numeral_words, signs
from .numerals import numeral_at
from .text import Phrases, Word, words_of

ElementKind = Literal["letter", "number", "sign", "correction", "restart", "link", "aside", "word"]


@dataclass(frozen=True, kw_only=True)
class Element:
    """One part. `text` is what it writes: an upper-case letter, digits, a sign, or the word itself.

    `is_sure`: a letter spelt with a word of its own. `is_digit`: a digit said alone, or as double. `is_prefix`: an alphabet's word that
    may stand before digits. `is_common`: a letter that is also a word of the language.
    """

    kind: ElementKind
    text: str
    first: Word
    last: Word
    is_sure: bool = False
    is_digit: bool = False
    is_prefix: bool = False
    is_common: bool = False

    @property
    def start(self) -> int:
        """Where it begins in the text."""
        return self.first.start

    @property
    def end(self) -> int:
        """Where it ends in the text."""
        return self.last.end

    @property
    def gap(self) -> str:
        """What stands between it and the element before."""
        return self.first.gap


PLUS = "+"
Reading = tuple[Element, int]


def read_elements(text: str, language: Language) -> list[Element]:
    """All parts of a text in order; none is left out."""
    words = words_of(text)
    elements: list[Element] = []
    at = 0
    while at < len(words):
        element, taken = _element(words, at, language)
        elements.append(element)
        at += taken
    return _with_homophones(_with_letters(elements), marks(language))


def _element(words: Sequence[Word], at: int, language: Language) -> Reading:
    readers: tuple[Callable[[Sequence[Word], int, Language], Reading | None], ...] = (
        _mark,
        _letter,
        _repeated,
        _number,
        _sign,
    )
    for read in readers:
        if (found := read(words, at, language)) is not None:
            return found
    return Element(kind="word", text=words[at].text, first=words[at], last=words[at]), 1


def _mark(words: Sequence[Word], at: int, language: Language) -> Reading | None:
    known = marks(language)
    kinds: tuple[tuple[ElementKind, Phrases], ...] = (
        ("restart", known.restarts),
        ("correction", known.corrections),
        ("link", known.links),
        ("aside", known.capital),
        ("aside", known.together),
    )
    best: tuple[int, ElementKind] = (0, "word")
    for kind, phrases in kinds:
        best = max(best, (phrases.at(words, at), kind), key=lambda one: one[0])
    taken, kind = best
    if not taken or letter_at(words, at, language, spelt_only=True) is not None:
        return None
    return Element(
        kind=kind, text=" ".join(word.text for word in words[at : at + taken]), first=words[at], last=words[at + taken - 1]
    ), taken


def _letter(words: Sequence[Word], at: int, language: Language) -> Reading | None:
    found = letter_at(words, at, language)
    if found is None:
        return None
    element = Element(
        kind="letter",
        text=found.letter,
        first=words[at],
        last=words[at + found.words - 1],
        is_sure=found.is_spelt,
        is_prefix=found.is_prefix,
        is_common=found.is_common,
    )
    return element, found.words


def _repeated(words: Sequence[Word], at: int, language: Language) -> Reading | None:
    """ "Double seven", "doppel s"."""
    tables = (numeral_words(language).repeaters, numeral_words("en").repeaters)
    times = next((count for table in tables for count, names in table.items() if Phrases(names).at(words, at)), 0)
    if not times or at + 1 >= len(words):
        return None
    following = _number(words, at + 1, language) or _letter(words, at + 1, language)
    if following is None or not (following[0].is_digit or following[0].kind == "letter"):
        return None
    one, taken = following
    return Element(
        kind=one.kind, text=one.text * times, first=words[at], last=one.last, is_sure=one.is_sure, is_digit=one.is_digit
    ), taken + 1


def _number(words: Sequence[Word], at: int, language: Language) -> Reading | None:
    word = words[at]
    if word.text[0].isdigit():
        digits = "".join(character for character in word.text if character.isdigit())
        if not word.text.isdigit() and not _is_grouped(word.text):
            return None
        return Element(kind="number", text=digits, first=word, last=word, is_digit=len(digits) == 1), 1
    found = numeral_at(words, at, language)
    if found is None and language != "en":
        english = numeral_at(words, at, "en")
        found = english if english is not None and english.is_digit else None
    if found is None:
        return None
    last = words[at + found.words - 1]
    return Element(kind="number", text=str(found.value), first=word, last=last, is_digit=found.is_digit), found.words


def _is_grouped(written: str) -> bool:
    """Whether a recogniser wrote a long number with separators: 20,417."""
    parts = written.replace("'", ",").replace("’", ",").replace(".", ",").split(",")
    return len(parts[0]) <= 3 and len(parts) > 1 and all(len(part) == 3 and part.isdigit() for part in parts[1:])


def _sign(words: Sequence[Word], at: int, language: Language) -> Reading | None:
    best = max(((phrases.at(words, at), sign) for sign, phrases in signs().items()), key=lambda one: one[0])
    taken, sign = best
    if sign == PLUS and (at + taken >= len(words) or _number(words, at + taken, language) is None):
        return None  # "mais" and "más" are words unless a number follows
    return (Element(kind="sign", text=sign, first=words[at], last=words[at + taken - 1]), taken) if taken else None


def _with_letters(elements: list[Element]) -> list[Element]:
    """A link of one letter ("e", "y") is that letter beside letters that are spelt."""
    heard = list(elements)
    for at, one in enumerate(elements):
        if one.kind != "link" or len(one.text) != 1 or not one.text.isascii():
            continue
        before, after = heard[at - 1] if at else None, elements[at + 1] if at + 1 < len(elements) else None
        beside = [other.kind for other in (before, after) if other is not None]
        if "letter" in beside and "number" not in beside:
            heard[at] = Element(kind="letter", text=one.text.upper(), first=one.first, last=one.last, is_common=True)
    return heard


def _with_homophones(elements: list[Element], known: Marks) -> list[Element]:
    """ "Two oh for one": a word that sounds like a digit is one where it stands between digits."""
    digits = sum(element.is_digit for element in elements)
    if digits < 3:
        return elements
    heard = list(elements)
    for at in range(1, len(elements) - 1):
        one, before, after = elements[at], heard[at - 1], elements[at + 1]
        sounds = known.homophones.get(one.first.folded) if one.first is one.last else None
        flanked = before.is_digit and (after.is_digit or known.homophones.get(after.first.folded) is not None)
        if sounds and one.kind != "number" and flanked and not one.is_sure:
            heard[at] = Element(kind="number", text=sounds, first=one.first, last=one.last, is_digit=True)
    return heard
