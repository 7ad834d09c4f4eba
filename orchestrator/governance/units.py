"""The unit beside a number: money, shares, spans of time, days, hours and measures, before or after it."""

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

from orchestrator.governance.days import in_day, year_at
from orchestrator.governance.tokens import Token, decimal_of, plain
from orchestrator.governance.vocabulary import FORTNIGHT, Vocabulary

FigureKind = Literal["amount", "percentage", "date", "hour", "duration", "measure", "number", "code", "contact", "product"]
UNITS = {
    "minute": ("minute", 1), "hour": ("minute", 60), "day": ("day", 1), "week": ("day", 7), "fortnight": ("day", FORTNIGHT),
    "workday": ("workday", 1), "month": ("month", 1), "year": ("month", 12),
}  # fmt: skip
HOURS = 24
DAYS = 31
CENTS = Decimal(100)
CURRENCIES = ("CHF", "EUR", "GBP", "USD", "BRL")
Meaning = Callable[[Decimal], tuple[FigureKind, tuple[str, ...]] | None]
"""What a number means with its unit: None when it cannot have it (the 45th of May)."""


@dataclass(kw_only=True)
class Number:
    """A number on its way to a figure: where it begins and ends, and what its unit makes of it.

    `written`: in words. `prefixed`: its unit stands before it. `inherited`: its unit is that of the next number.
    """

    start: int
    end: int
    value: Decimal
    written: bool
    meaning: Meaning | None = None
    prefixed: bool = False
    inherited: bool = False


class Units:
    """Reads the units of the numbers of one text."""

    def __init__(self, words: Vocabulary, tokens: list[Token]) -> None:
        self.words = words
        self.tokens = tokens
        self.plain = [token.word for token in tokens]

    def skip(self, place: int, words: frozenset[str]) -> int:
        """The place after one of those words, if one stands here."""
        return place + 1 if place < len(self.plain) and self.plain[place] in words else place

    def beside(self, number: Number, place: int) -> int:
        """Finds the unit beside a number; the place after both."""
        words, before = self.words, number.start - 1
        if before > 0 and self.plain[before] == "." and self.plain[before - 1].endswith("fr"):
            before -= 1
        if before >= 0 and (sign := words.currencies.at(self.plain, before)) is not None:
            number.meaning, number.prefixed = _money(sign[0]), True
            return place
        if place < len(self.plain) and self.plain[place] in "-‑":
            place += 1
        if self.plain[place - 1 : place] != ["-"] and self._is_swiss_price(place):
            number.meaning = lambda value: ("amount", tuple(f"{code} {plain(value)}" for code in CURRENCIES))
            return place + 2
        for reading in (self._share, self._currency, self._duration, self._day, self._clock, self._measure):
            if (end := reading(number, place)) is not None:
                return end
        return number.end

    def _is_swiss_price(self, place: int) -> bool:
        """Whether `.-` or `.–` follows: whole francs."""
        following = self.tokens[place : place + 2]
        return [token.word for token in following[:1]] in (["."], [","]) and any(
            token.word in "-–—" and token.start == following[0].end for token in following[1:]
        )

    def _share(self, number: Number, place: int) -> int | None:
        if (found := self.words.percent.at(self.plain, place)) is None:
            return None
        number.meaning = lambda value: ("percentage", (plain(value),))
        return found[1]

    def _currency(self, number: Number, place: int) -> int | None:
        if (coin := self.words.cents.at(self.plain, place)) is not None:
            number.meaning = lambda value: (
                "amount",
                tuple(f"{code} {plain(value / CENTS)}" for code in CURRENCIES),
            )
            return coin[1]
        place = self.skip(place, self.words.of)
        if (found := self.words.currencies.at(self.plain, place)) is None:
            return None
        end = found[1]
        cents = self._cents(end)
        if cents is not None:
            number.value += cents[0] / CENTS
            end = cents[1]
        number.meaning = _money(found[0])
        return end

    def _cents(self, place: int) -> tuple[Decimal, int] | None:
        """The coins after the notes: "12 francs 50", "five pounds and twenty pence"."""
        joined = place < len(self.plain) and self.plain[place] in self.words.joins
        start = place + joined
        if start >= len(self.tokens):
            return None
        if (spelled := self.words.numbers.at(self.plain, start)) is not None:
            value, end = Decimal(spelled[0]), spelled[1]
        elif self.tokens[start].kind == "number" and self.plain[start].isdigit():
            value, end = decimal_of(self.plain[start]), start + 1
        else:
            return None
        coin = self.words.cents.at(self.plain, end)
        if value >= CENTS or (joined and coin is None) or (coin is None and self._has_unit(end)):
            return None
        return value, coin[1] if coin else end

    def _has_unit(self, place: int) -> bool:
        books = (self.words.units, self.words.percent, self.words.measures, self.words.months, self.words.currencies)
        return any(book.at(self.plain, place) is not None for book in books)

    def _duration(self, number: Number, place: int) -> int | None:
        words, is_workday = self.words, False
        while place < len(self.plain) and self.plain[place] in (words.fillers | words.workday_words):
            is_workday = is_workday or self.plain[place] in words.workday_words
            place = self.skip(place + 1, frozenset("-"))
        if (found := words.units.at(self.plain, place)) is None:
            return None
        unit, end = found
        if end < len(self.plain) and self.plain[end] in words.workday_words:
            is_workday, end = True, end + 1
        before = self.plain[number.start - 1] if number.start else ""
        if self.plain[number.start] in words.articles and not self._limits(before, unit):
            return None
        number.meaning = span("workday" if is_workday and unit == "day" else unit, clock=before in words.at)
        return end

    def _limits(self, before: str, unit: str) -> bool:
        """Whether "a day", "a month" is a length of time: months always but in "once a month", days and hours after "within"."""
        if before in self.words.often or unit == "minute":
            return False
        return unit in ("week", "month", "year") or before in self.words.limits

    def _day(self, number: Number, place: int) -> int | None:
        start = place
        while place < len(self.plain) and place < start + 2 and self.plain[place] in (self.words.of | {"."}):
            place += 1
        if (found := self.words.months.at(self.plain, place)) is None or number.value != int(number.value):
            return None
        month = found[0]
        year, last = year_at(self.plain, found[1], self.words)
        head = f"{year or '-'}-{month:02d}"
        number.meaning = lambda value: ("date", (f"{head}-{int(value):02d}",)) if 1 <= value <= DAYS else None
        return last if year else found[1]

    def _clock(self, number: Number, place: int) -> int | None:
        if (found := self.words.clock.at(self.plain, place)) is None:
            return None
        half = found[0]
        number.meaning = lambda value: ("hour", (f"{in_day(int(value), half):02d}:00",))
        return found[1]

    def _measure(self, number: Number, place: int) -> int | None:
        if (found := self.words.measures.at(self.plain, place)) is None:
            return None
        (base, size), end = found
        number.meaning = lambda value: ("measure", (f"{plain(value * size)} {base}",))
        return end


def _money(currency: str) -> Meaning:
    return lambda value: ("amount", (f"{currency} {plain(value)}",))


def span(unit: str, *, clock: bool) -> Meaning:
    """What a number of such units is; `clock`: hours may be an hour of the day."""
    name, size = UNITS[unit]

    def meaning(value: Decimal) -> tuple[FigureKind, tuple[str, ...]]:
        span = f"duration:{plain(value * size)} {name}"
        is_clock = clock and unit == "hour" and value <= HOURS and value == int(value)
        return "duration", (span, f"hour:{int(value):02d}:00") if is_clock else (span,)

    return meaning
