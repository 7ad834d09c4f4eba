"""How values are written for a reader: amounts, days, times and lists in the language and region, by Babel's CLDR data."""

import re
from collections.abc import Callable, Sequence
from datetime import date, datetime, time
from typing import Literal

from babel.dates import format_date, format_time
from babel.lists import format_list
from babel.numbers import format_decimal

from orchestrator.conversation import Language, Money
from orchestrator.project.amounts import format_amount, locale_of

_WITH_YEAR = {"en": "EEEE d MMMM y", "fr": "EEEE d MMMM y", "de": "EEEE, d. MMMM y", "it": "EEEE d MMMM y"}
_DAY = {"en": "EEEE d MMMM", "fr": "EEEE d MMMM", "de": "EEEE, d. MMMM", "it": "EEEE d MMMM"}
_IBERIAN_DAY = "EEEE, d 'de' MMMM"
_FIRST_OF_MONTH = {"fr": "1er", "it": "1º", "pt": "1º"}


class Wording:
    """The template filters of one language and region, seen from one day."""

    def __init__(self, language: Language, region: str, today: date) -> None:
        self._language: Language = language
        self._region = region
        self._locale = locale_of(language, region)
        self._today = today

    def filters(self) -> dict[str, Callable[..., str]]:
        """The filters by the names templates use."""
        return {
            "money": self.money,
            "day": self.day,
            "date": self.short,
            "time": self.time,
            "listed": self.listed,
            "either": self.either,
            "number": self.number,
            "capitalize_first": capitalize_first,
        }

    def money(self, value: Money) -> str:
        """`CHF 59.90`, `59,90 €`, `R$ 1.200`."""
        return format_amount(float(value.amount), value.currency, self._language, self._region)

    def day(self, value: date | datetime) -> str:
        """`Tuesday 24 November`; with the year when it is not this one."""
        day = value.date() if isinstance(value, datetime) else value
        if self._region == "US" and self._language == "en":
            pattern = "EEEE, MMMM d" if day.year == self._today.year else "EEEE, MMMM d, y"
        elif day.year == self._today.year:
            pattern = _DAY.get(self._language, _IBERIAN_DAY)
        else:
            pattern = _WITH_YEAR.get(self._language, _IBERIAN_DAY + " 'de' y")
        written = format_date(day, pattern, locale=self._locale)
        ordinal = _FIRST_OF_MONTH.get(self._language) if day.day == 1 else None
        return re.sub(r"\b1\b", ordinal, written, count=1) if ordinal else written

    def short(self, value: date | datetime) -> str:
        """`24 Nov`."""
        day = value.date() if isinstance(value, datetime) else value
        pattern = "MMM d" if self._region == "US" and self._language == "en" else "d MMM"
        return format_date(day, pattern, locale=self._locale).rstrip(".")

    def time(self, value: time | datetime) -> str:
        """`14:00`, `2:00 PM` in the United States."""
        pattern = "h:mm a" if self._region == "US" else "HH:mm"
        return format_time(value, pattern, locale=self._locale)

    def listed(self, values: Sequence[object]) -> str:
        """`a, b and c`."""
        return self._joined(values, "standard")

    def either(self, values: Sequence[object]) -> str:
        """`a, b or c`."""
        return self._joined(values, "or")

    def number(self, value: float) -> str:
        """`1,200.5` as the region writes it."""
        return format_decimal(value, locale=self._locale)

    def _joined(self, values: Sequence[object], style: Literal["standard", "or"]) -> str:
        written = format_list([str(value) for value in values], style=style, locale=self._locale)
        return _euphonic(written) if self._language == "es" else written


def _euphonic(text: str) -> str:
    """Spanish «y» before an i and «o» before an o change to «e» and «u»."""
    return re.sub(r" o (?=h?[oó])", " u ", re.sub(r" y (?=h?[ií](?![aeo]))", " e ", text, flags=re.IGNORECASE), flags=re.IGNORECASE)


def capitalize_first(text: str) -> str:
    """The text with its first letter in upper case, the rest as it is."""
    return text[:1].upper() + text[1:]
