"""The word lists of this package in their shapes, and what is made of them once per language."""

import re
from dataclasses import dataclass
from functools import cache

from pydantic import Field

from orchestrator.conversation import Language
from orchestrator.understanding.lexicon import Phrases as Wordings
from orchestrator.understanding.lexicon import WordList, load_list
from orchestrator.understanding.normalise import fold

from .text import Phrases, phrase

NO_WORDINGS: Wordings = ()


class NumeralWords(WordList):
    """How one language builds numbers."""

    units: dict[int, Wordings]
    teens: dict[int, Wordings]
    tens: dict[int, Wordings]
    hundreds: dict[int, Wordings] = Field(default_factory=dict[int, Wordings])
    elided: dict[int, Wordings] = Field(default_factory=dict[int, Wordings])
    hundred: Wordings = NO_WORDINGS
    thousand: Wordings
    tens_joint: str = ""
    rest_joint: str = ""
    glued: bool = False
    units_first: bool = False
    joint_needed: bool = False
    repeaters: dict[int, Wordings]


class NumeralLists(WordList):
    """Numbers by language."""

    languages: dict[Language, NumeralWords]


class SpellingWords(WordList):
    """How letters are spelt aloud in one language."""

    prefixed: Wordings = NO_WORDINGS
    alphabet: Wordings
    names: dict[str, Wordings]
    like: Wordings
    weakly_like: Wordings
    ambiguous: Wordings
    capital: Wordings


class SpellingLists(WordList):
    """Spelling by language, and the international alphabet."""

    international: Wordings
    languages: dict[Language, SpellingWords]


class SignWords(WordList):
    """How the signs of addresses and numbers are spoken, in all languages."""

    at: Wordings
    dot: Wordings
    underscore: Wordings
    dash: Wordings
    plus: Wordings


class HeardWords(WordList):
    """What one language's transcripts hold besides."""

    fillers: Wordings
    backchannels: Wordings
    corrections: Wordings
    restarts: Wordings
    links: Wordings
    homophones: dict[int, Wordings]
    stops: Wordings
    together: Wordings


class HeardLists(WordList):
    """All of it."""

    signs: SignWords
    announcing: Wordings
    endings: dict[str, Wordings]
    languages: dict[Language, HeardWords]


@dataclass(frozen=True)
class Marks:
    """Wordings that mean something inside a dictation."""

    corrections: Phrases
    restarts: Phrases
    links: Phrases
    capital: Phrases
    together: Phrases
    like: Phrases
    weakly_like: Phrases
    homophones: dict[str, str]
    ambiguous: frozenset[str]
    stops: frozenset[str]


def numeral_words(language: Language) -> NumeralWords:
    """The list `numerals` of a language."""
    return load_list("numerals", NumeralLists).languages[language]


def heard_lists() -> HeardLists:
    """The list `heard`."""
    return load_list("heard", HeardLists)


@cache
def marks(language: Language) -> Marks:
    """The wordings of a language, ready to be looked for."""
    words, spelling = heard_lists().languages[language], load_list("spelling", SpellingLists).languages[language]
    return Marks(
        corrections=Phrases(words.corrections),
        restarts=Phrases(words.restarts),
        links=Phrases(words.links),
        capital=Phrases(spelling.capital),
        together=Phrases(words.together),
        like=Phrases(spelling.like),
        weakly_like=Phrases(spelling.weakly_like),
        homophones={fold(word): str(digit) for digit, names in words.homophones.items() for word in names},
        ambiguous=frozenset(map(fold, spelling.ambiguous)),
        stops=frozenset(map(fold, words.stops)),
    )


@cache
def signs() -> dict[str, Phrases]:
    """Each sign of addresses with its wordings, "tiret du 8" before "tiret"."""
    spoken = heard_lists().signs
    return {
        "_": Phrases((*spoken.underscore, "_")),
        "@": Phrases((*spoken.at, "@")),
        ".": Phrases(spoken.dot),
        "-": Phrases(spoken.dash),
        "+": Phrases((*spoken.plus, "+")),
    }


@cache
def alphabet(language: Language) -> tuple[dict[str, str], frozenset[str]]:
    """Spelling words with their letters, and those that may stand alone before digits."""
    lists = load_list("spelling", SpellingLists)
    own = lists.languages[language]
    standing = (*lists.international, *own.prefixed)
    letters = {fold(word): word[0].upper() for word in standing}
    for written in own.alphabet:
        letter, _, word = written.rpartition("=")
        letters.setdefault(fold(word), letter or fold(word)[0].upper())
    return letters, frozenset(map(fold, standing))


@cache
def letter_names(language: Language) -> dict[tuple[str, ...], str]:
    """Names of letters ("double u", "ypsilon") as folded words."""
    own = load_list("spelling", SpellingLists).languages[language].names
    return {phrase(name): letter for letter, names in own.items() for name in names}


@cache
def endings() -> dict[str, str]:
    """Letter names that count only at the end of an address."""
    return {fold(name): letter for letter, names in heard_lists().endings.items() for name in names}


@cache
def fillers(language: Language) -> re.Pattern[str]:
    """A word in lower case that is a filler."""
    return re.compile("|".join(heard_lists().languages[language].fillers))
