"""The figures of a text in one normal form, whatever language and notation they are written in."""

import re
from dataclasses import dataclass, field
from decimal import Decimal
from functools import lru_cache

from orchestrator.conversation import Language
from orchestrator.governance.days import MINUTES, day_of, follows, hour_of, in_day, is_month_word, year_at
from orchestrator.governance.tokens import Token, decimal_of, plain, tokens_of
from orchestrator.governance.units import CURRENCIES, DAYS, FigureKind, Number, Units, span
from orchestrator.governance.vocabulary import HUNDRED, Vocabulary, vocabulary

SHORT_CODE = 3
"""Up to this many characters with one digit, letters and digits name a format or a size (A4, MP3), not an order."""
THOUSAND = 1000
PRICE = re.compile(r"[.,]\d\d$")
"""Two decimals and no unit: money of some currency."""


@dataclass(frozen=True, kw_only=True)
class Figure:
    """One figure. `values` are its normal forms, several where the notation leaves it open; `number` is its bare value.

    `loose`: a number with no word after it (in a table, after a colon), which may be of any kind.
    """

    kind: FigureKind
    values: tuple[str, ...]
    text: str
    number: str = ""
    loose: bool = False


@lru_cache(maxsize=2048)
def figures_of(text: str, language: Language | None) -> tuple[Figure, ...]:
    """Every figure of a text in order; without a language, in any of the six."""
    return tuple(_Scan(text, vocabulary(language)).figures())


@dataclass
class _Scan:
    text: str
    words: Vocabulary
    tokens: list[Token] = field(init=False)
    plain: list[str] = field(init=False)
    units: Units = field(init=False)
    found: list[tuple[int, Figure]] = field(init=False, default_factory=list[tuple[int, Figure]])
    numbers: list[Number] = field(init=False, default_factory=list[Number])

    def __post_init__(self) -> None:
        self.tokens = tokens_of(self.text)
        self.units = Units(self.words, self.tokens)
        self.plain = self.units.plain

    def figures(self) -> list[Figure]:
        place = 0
        while place < len(self.tokens):
            place = self._step(place)
        self._share_units()
        for number in self.numbers:
            if (figure := self._figure(number)) is not None:
                self.found.append((number.start, figure))
        return [figure for _, figure in sorted(self.found, key=lambda one: one[0])]

    def _step(self, place: int) -> int:
        """Takes in what begins at this place, and returns the next."""
        token = self.tokens[place]
        if token.kind == "number" or (token.kind == "day" and self._is_price(place)):
            return self._number(place, place + 1, decimal_of(token.word.rstrip(".")), written=False)
        if token.kind == "word":
            return self._word(place)
        if token.kind in ("sign", "money"):
            return place + 1
        self._single(place, token)
        return place + 1

    def _is_price(self, place: int) -> bool:
        """ "CHF 4.10. Then": an amount at the end of a sentence, though it looks like a day."""
        return place > 0 and self.words.currencies.at(self.plain, place - 1) is not None and self.plain[place].count(".") == 2

    def _single(self, place: int, token: Token) -> None:
        if token.kind == "day":
            self._add("date", day_of(token.word), place)
        elif token.kind == "hour":
            self._hour(place, token.word)
        elif token.kind == "code":
            compact = "".join(letter for letter in token.word if letter.isalnum()).upper()
            if len(compact) > SHORT_CODE or sum(letter.isdigit() for letter in compact) > 1:
                self._add("code", (compact,), place)
        elif token.kind == "phone":
            self._add("contact", ("".join(letter for letter in token.word if letter.isdigit())[-9:],), place)
        else:
            self._add("contact", (token.word.strip("."),), place)

    def _hour(self, place: int, word: str) -> None:
        hour = hour_of(word)
        if word.rstrip().endswith("h"):
            value = decimal_of(word.rstrip("h "))
            self._add("duration", (f"duration:{plain(value * MINUTES)} minute", *([f"hour:{hour}"] if hour else [])), place, plain(value))
        elif hour:
            half = self.words.clock.at(self.plain, place + 1)
            self._add("hour", (f"{in_day(int(hour[:2]), half[0]):02d}{hour[2:]}" if half else hour,), place)

    def _word(self, place: int) -> int:
        words = self.words
        if (number := words.numbers.at(self.plain, place)) is not None:
            value, end = number
            return self._number(place, end, Decimal(value), written=True)
        if self.plain[place] in words.articles:
            return self._article(place)
        if (month := words.months.at(self.plain, place)) is not None:
            return self._month(place, *month)
        if (weekday := words.weekdays.at(self.plain, place)) is not None:
            if not follows(self.plain, place, words.wishes):
                self._add("date", (f"w{weekday[0]}",), place)
            return weekday[1]
        if (day := words.days.at(self.plain, place)) is not None:
            if not follows(self.plain, place, words.parts):
                self._add("date", (f"{day[0]:+d}",), place)
            return day[1]
        if (glued := words.glued.at(self.plain, place)) is not None:
            (value, unit), end = glued
            self.numbers.append(Number(start=place, end=end, value=Decimal(value), written=True, meaning=span(unit, clock=False)))
        return place + 1

    def _article(self, place: int) -> int:
        """ "Within a month": one, but only where it limits."""
        number = Number(start=place, end=place + 1, value=Decimal(1), written=True)
        end = self.units.beside(number, place + 1)
        if number.meaning is None:
            return place + 1
        number.end = end
        self.numbers.append(number)
        return end

    def _month(self, place: int, month: int, end: int) -> int:
        """A month before its day ("November 3, 2026"), with a year, or alone."""
        day = self._plain_number(end)
        if day is not None and 1 <= day <= DAYS:
            after = self.units.skip(end + 1, self.words.ordinals)
            year, last = year_at(self.plain, after, self.words)
            self._add("date", (f"{year or '-'}-{month:02d}-{int(day):02d}",), place, plain(day))
            return last if year else after
        year, last = year_at(self.plain, end, self.words)
        if year or is_month_word(self.text, self.tokens, place, self.words):
            self._add("date", (f"{year}-{month:02d}" if year else f"--{month:02d}",), place)
        return last if year else end

    def _plain_number(self, place: int) -> Decimal | None:
        known = place < len(self.tokens) and self.tokens[place].kind == "number" and len(self.plain[place]) <= 2
        return decimal_of(self.plain[place]) if known else None

    def _number(self, place: int, end: int, value: Decimal, *, written: bool) -> int:
        if written:
            value, end = self._whole(value, end)
        number = Number(start=place, end=end, value=value, written=written)
        after = self.units.skip(end, self.words.ordinals) if not written else end
        number.end = self.units.beside(number, after)
        self.numbers.append(number)
        return max(number.end, end)

    def _whole(self, value: Decimal, end: int) -> tuple[Decimal, int]:
        """The rest of a number in words: "two thousand", "five hundred and twenty"."""
        while True:
            joined = self.units.skip(end, self.words.joins) if value % HUNDRED == 0 else end
            if (more := self.words.numbers.at(self.plain, joined)) is None:
                return value, end
            if more[0] in (HUNDRED, THOUSAND) and joined == end and value < more[0]:
                value, end = value * more[0], more[1]
            elif value >= HUNDRED and more[0] < (HUNDRED if value % THOUSAND else THOUSAND) and value % HUNDRED == 0:
                value, end = value + more[0], more[1]
            else:
                return value, end

    def _share_units(self) -> None:
        """ "14, 30 or 60 days" and "CHF 20 to 30": one unit for all."""
        pairs = list(zip(self.numbers, self.numbers[1:], strict=False))
        for left, right in reversed(pairs):
            between = self.plain[left.end : right.start]
            joined = len(between) == 1 and (
                between[0] in self.words.ranges | self.words.joins or (right.inherited and between[0] in self.words.lists)
            )
            if left.meaning is None and right.meaning is not None and joined and not right.prefixed:
                left.meaning, left.inherited = right.meaning, True
        for left, right in pairs:
            between = self.plain[left.end : right.start]
            if right.meaning is None and left.prefixed and len(between) == 1 and between[0] in self.words.ranges:
                right.meaning, right.prefixed = left.meaning, True

    def _figure(self, number: Number) -> Figure | None:
        first, last = self.tokens[number.start], self.tokens[min(number.end, len(self.tokens)) - 1]
        text, bare = self.text[first.start : last.end], plain(number.value)
        meant = number.meaning(number.value) if number.meaning else None
        if meant is not None:
            values = tuple(_key(meant[0], value) for value in meant[1])
            if number.inherited and meant[0] == "hour":
                values = (*values, f"hour:{int(number.value):02d}:00")
            return Figure(kind=meant[0], values=values, text=text, number=bare)
        if number.written:
            return None
        if PRICE.search(first.word):
            return Figure(kind="amount", values=tuple(f"amount:{code} {bare}" for code in CURRENCIES), text=text, number=bare)
        after = self.tokens[number.end] if number.end < len(self.tokens) else None
        return Figure(kind="number", values=(f"number:{bare}",), text=text, number=bare, loose=after is None or after.kind != "word")

    def _add(self, kind: FigureKind, values: tuple[str, ...], place: int, number: str = "") -> None:
        if values:
            token = self.tokens[place]
            keys = tuple(_key(kind, value) for value in values)
            self.found.append((place, Figure(kind=kind, values=keys, text=self.text[token.start : token.end], number=number)))


def _key(kind: FigureKind, value: str) -> str:
    return value if value.startswith(("hour:", "duration:")) else f"{kind}:{value}"
