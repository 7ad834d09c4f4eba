"""The words by which a voice says signs, money, dates and lists (`words.yaml` next door), and CLDR's names of days and months."""

import re
from collections.abc import Iterable, Mapping
from functools import cache
from importlib.resources import files
from typing import cast

import yaml
from babel import Locale

from orchestrator.conversation import Language
from orchestrator.understanding.lexicon import Phrases, WordList


class SpeechWords(WordList):
    """The words of one language; `words.yaml` says what each is."""

    to: str
    either: str
    both: str
    by: str
    times: str
    per: str
    plus: str
    minus: str
    percent: str
    signs: dict[str, str]
    amount: str
    amount_small: str
    currencies: dict[str, Phrases]
    day_month: str
    month_day: str
    hour: str
    hour_minute: str
    first: str
    then: str
    finally_: str
    steps: Phrases
    choices: str
    something_else: str
    units: dict[str, Phrases]
    abbreviations: dict[str, str]
    before_numbers: dict[str, str]
    cues: Phrases
    dial: Phrases
    dialled: Phrases = ("024", "112", "114", "116", "117", "118", "143", "144", "147", "188", "190", "192", "911", "988", "999", "3114")
    borders: Phrases


class SpeechLists(WordList):
    """The words of all languages."""

    languages: dict[Language, SpeechWords]


@cache
def _lists() -> SpeechLists:
    path = files("orchestrator.dialogue") / "spoken" / "words.yaml"
    return SpeechLists.model_validate(yaml.safe_load(path.read_text(encoding="utf-8")))


def speech(language: Language) -> SpeechWords:
    """The words of a language."""
    return _lists().languages[language]


def one_of(texts: Iterable[str]) -> str:
    """A regular expression that matches any of the texts, the longest first."""
    return "|".join(map(re.escape, sorted(texts, key=len, reverse=True)))


@cache
def months(language: Language) -> dict[str, str]:
    """Written months in lower case, without a point, with their full names."""
    return _names(language, "months", range(1, 13))


@cache
def weekdays(language: Language) -> dict[str, str]:
    """Written days of the week in lower case, without a point, with their full names."""
    return _names(language, "days", range(7))


def month_name(language: Language, number: int) -> str:
    """The name of a month, from 1 on."""
    return _table(language, "months", "wide")[number]


def _names(language: Language, kind: str, keys: Iterable[int]) -> dict[str, str]:
    wide, short = _table(language, kind, "wide"), _table(language, kind, "abbreviated")
    found: dict[str, str] = {}
    for key in keys:
        for written in (wide[key], short[key]):
            found[written.lower().rstrip(".")] = wide[key]
        found.setdefault(wide[key].lower()[: 2 if kind == "days" and language == "de" else 3], wide[key])
    return found


def _table(language: Language, kind: str, width: str) -> Mapping[int, str]:
    locale = Locale.parse(language)
    tables = locale.months if kind == "months" else locale.days
    return cast("Mapping[int, str]", tables["format"][width])
