"""The words of numbers, units, days and money of one language, or of all at once for evidence in any."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

from orchestrator.conversation import LANGUAGES, Language
from orchestrator.governance.lexicon import Phrasebook, Phrases, WordList, fold, load_list, phrases_of

FORTNIGHT = 14
HUNDRED = 100
MOST_GLUED = 36
GERMAN = "}und{"
GLUED = ("}{", GERMAN)
"""Between ten and one in the languages that write a number as one word."""
ELIDED = frozenset(("uno", "otto"))
"""Italian tens lose their last vowel before these."""


class LanguageFigures(WordList):
    """How one language writes figures."""

    ones: tuple[str, ...]
    tens: dict[int, Phrases]
    hundreds: tuple[str, ...]
    joined: tuple[str, ...]
    more: dict[int, Phrases]
    articles: Phrases
    limits: Phrases
    units: dict[str, Phrases]
    workday_words: Phrases
    fillers: Phrases
    months: tuple[Phrases, ...]
    verbs_too: Phrases
    weekdays: tuple[Phrases, ...]
    days: dict[int, Phrases]
    ordinals: Phrases
    of: Phrases
    at: Phrases
    wishes: Phrases
    parts: Phrases


class FigureLists(WordList):
    """The list `figures`."""

    currencies: dict[str, Phrases]
    cents: Phrases
    percent: Phrases
    measures: dict[str, dict[str, int]]
    clock: dict[str, Phrases]
    often: Phrases
    ranges: Phrases
    joins: Phrases
    lists: Phrases
    languages: dict[Language, LanguageFigures]


@dataclass(frozen=True, kw_only=True)
class Vocabulary:
    """Phrasebooks by what a phrase may be.

    `glued` are numbers and units in one word, `full_months` holds the months that need no day beside them.
    """

    numbers: Phrasebook[int]
    glued: Phrasebook[tuple[int, str]]
    articles: frozenset[str]
    limits: frozenset[str]
    units: Phrasebook[str]
    workday_words: frozenset[str]
    fillers: frozenset[str]
    months: Phrasebook[int]
    full_months: frozenset[str]
    verbs_too: frozenset[str]
    weekdays: Phrasebook[int]
    days: Phrasebook[int]
    ordinals: frozenset[str]
    of: frozenset[str]
    at: frozenset[str]
    wishes: frozenset[str]
    parts: frozenset[str]
    currencies: Phrasebook[str]
    cents: Phrasebook[str]
    percent: Phrasebook[str]
    measures: Phrasebook[tuple[str, int]]
    clock: Phrasebook[str]
    often: frozenset[str]
    ranges: frozenset[str]
    joins: frozenset[str]
    lists: frozenset[str]


@cache
def vocabulary(language: Language | None) -> Vocabulary:
    """The vocabulary of a language; without one, of all six together."""
    lists = load_list("figures", FigureLists)
    languages: tuple[Language, ...] = (language,) if language else LANGUAGES
    chosen = [lists.languages[one] for one in languages]
    currencies = phrases_of(lists.currencies)
    return Vocabulary(
        numbers=Phrasebook([pair for words in chosen for pair in _numbers(words)]),
        glued=Phrasebook([pair for words in chosen for pair in _glued(words)]),
        articles=_set(*(words.articles for words in chosen)),
        limits=_set(*(words.limits for words in chosen)),
        units=Phrasebook([pair for words in chosen for pair in phrases_of(words.units)]),
        workday_words=_set(*(words.workday_words for words in chosen)),
        fillers=_set(*(words.fillers for words in chosen)),
        months=Phrasebook([pair for words in chosen for pair in _numbered(words.months)]),
        full_months=_set(*(names[:1] for words in chosen for names in words.months)),
        verbs_too=_set(*(words.verbs_too for words in chosen)),
        weekdays=Phrasebook([pair for words in chosen for pair in _numbered(words.weekdays)]),
        days=Phrasebook([pair for words in chosen for pair in phrases_of(words.days)]),
        ordinals=_set(*(words.ordinals for words in chosen)),
        of=_set(*(words.of for words in chosen)),
        at=_set(*((phrase.split()[-1] for phrase in words.at) for words in chosen)),
        wishes=_set(*(words.wishes for words in chosen)),
        parts=_set(*(words.parts for words in chosen)),
        currencies=Phrasebook(currencies),
        cents=Phrasebook((word, word) for word in lists.cents),
        percent=Phrasebook((word, word) for word in lists.percent),
        measures=Phrasebook((name, (base, size)) for base, names in lists.measures.items() for name, size in names.items()),
        clock=Phrasebook(phrases_of(lists.clock)),
        often=_set(lists.often),
        ranges=_set(lists.ranges),
        joins=_set(lists.joins),
        lists=_set(lists.lists),
    )


def _set(*lists: "tuple[str, ...] | Iterator[str]") -> frozenset[str]:
    return frozenset(fold(word) for words in lists for word in words)


def _numbered(names: tuple[Phrases, ...]) -> list[tuple[str, int]]:
    return [(name, number) for number, wordings in enumerate(names, 1) for name in wordings]


def _numbers(words: LanguageFigures) -> list[tuple[str, int]]:
    found = [(word, value) for value, word in enumerate(words.ones)]
    for ten, wordings in words.tens.items():
        found += [(wording, ten) for wording in wordings]
        found += [(joined, ten + one) for wording in wordings for one in range(1, 10) for joined in _joined(words, wording, one)]
    found += [(word, value * HUNDRED) for value, word in enumerate(words.hundreds, 1)]
    if any(mark in words.joined[0] for mark in GLUED):
        found += [
            (f"{word}{rest}", value * HUNDRED + count) for value, word in enumerate(words.hundreds, 1) for rest, count in found[1:100]
        ]
    found += phrases_of(words.more)
    return found


def _glued(words: LanguageFigures) -> Iterator[tuple[str, tuple[int, str]]]:
    """German writes a number and its unit as one word ("zweijährig", "vierzehntägige")."""
    for unit, wordings in words.units.items():
        for wording in wordings:
            if GERMAN in words.joined[0] and wording[0].islower():
                yield from ((fold(word) + wording, (value, unit)) for word, value in _numbers(words) if value <= MOST_GLUED)


def _joined(words: LanguageFigures, ten: str, one: int) -> list[str]:
    name = words.ones[one]
    shortened = ten[:-1] if name in ELIDED and words.joined == ("{ten}{one}",) else ten
    return [pattern.format(ten=shortened, one=name) for pattern in words.joined]
