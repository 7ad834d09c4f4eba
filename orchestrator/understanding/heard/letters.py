"""One letter, as it is spelt: alone, by its name, by an alphabet's word, or with one ("W wie Wilhelm", "A as in Alpha")."""

from collections.abc import Sequence
from dataclasses import dataclass

from orchestrator.conversation import Language
from orchestrator.understanding.normalise import fold

from .lists import alphabet, letter_names, marks
from .text import Word

WORDS = frozenset("àèéêôóìòù")
"""Accented letters that stand alone as words (è, é, à) and are not spelt so."""


@dataclass(frozen=True, kw_only=True)
class Letter:
    """A letter and how many words it takes. `is_spelt`: with a word for it; `is_common`: it is also a word of the language."""

    letter: str
    words: int
    is_spelt: bool = False
    is_prefix: bool = False
    is_common: bool = False


def letter_at(words: Sequence[Word], at: int, language: Language, *, spelt_only: bool = False) -> Letter | None:
    """The letter that begins at this word, or None."""
    named = _named(words, at, language)
    if named is not None:
        spelt = _spelt(words, at, named, language)
        return spelt or (None if spelt_only else named)
    standing = alphabet(language)
    folded = words[at].folded
    if not spelt_only and folded in standing[1]:
        return Letter(letter=standing[0][folded], words=1, is_prefix=True)
    return None


def _named(words: Sequence[Word], at: int, language: Language) -> Letter | None:
    names = letter_names(language)
    for length in (3, 2, 1):
        name = tuple(word.folded for word in words[at : at + length])
        if len(name) == length and name in names:
            return Letter(letter=names[name], words=length)
    word = words[at]
    if len(word.text) != 1 or not word.text.isalpha() or word.text.lower() in WORDS:
        return None
    return Letter(letter=word.text.upper(), words=1, is_common=word.folded in marks(language).ambiguous)


def _spelt(words: Sequence[Word], at: int, named: Letter, language: Language) -> Letter | None:
    """The letter with the word that spells it, when the word is known for it or can only be meant so."""
    known = marks(language)
    after = at + named.words
    strong, weak = known.like.at(words, after), known.weakly_like.at(words, after)
    place = after + max(strong, weak)
    if place == after or place >= len(words):
        return None
    letters = alphabet(language)[0]
    word = words[place].folded
    letter = fold(named.letter).upper()
    fits = word.upper().startswith(letter)
    expected = fold(letters.get(word, "")).upper()
    if expected == letter or (strong and fits and not named.is_common and len(word) > 1 and word not in known.stops):
        return Letter(letter=named.letter, words=place + 1 - at, is_spelt=True, is_common=named.is_common)
    return None
