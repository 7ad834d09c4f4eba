"""Dates as customers give them: written, named, or counted from today; resolved against the conversation's clock."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from typing import Literal

from orchestrator.conversation import Language
from orchestrator.understanding.lexicon import Phrases, WordList, load_list
from orchestrator.understanding.normalise import fold, fold_aligned

from .base import Entity, EntityContext, entity
from .numbers import number_words
from .patterns import any_of

Unit = Literal["day", "week", "month", "year"]
Span = tuple[date, date]
_ABOUT = "(?:about|around|environ|ungefahr|etwa|circa|quasi|cerca de|unos|unas|uns|umas)"
_UNIT_DAYS: dict[Unit, int] = {"day": 1, "week": 7, "month": 30, "year": 365}


class DateWords(WordList):
    """The words of one language."""

    days: dict[int, Phrases]
    months: list[Phrases]
    weekdays: list[Phrases]
    units: dict[Unit, Phrases]
    ago_before: Phrases
    ago_after: Phrases
    in_before: Phrases
    in_after: Phrases
    last: Phrases
    next: Phrases
    this: Phrases
    last_after: Phrases
    next_after: Phrases
    in_month: Phrases
    future: Phrases


class DateLists(WordList):
    """Date words by language."""

    languages: dict[Language, DateWords]


@dataclass(frozen=True)
class _Words:
    """Folded words to values, and the patterns made of them."""

    days: dict[str, int]
    months: dict[str, int]
    weekdays: dict[str, int]
    units: dict[str, Unit]
    numbers: dict[str, int]
    patterns: tuple[tuple[str, re.Pattern[str]], ...]
    future: re.Pattern[str]


_NUMERIC = re.compile(
    r"(?<![\w.,/-])(?:(?P<iso>(?P<y>20\d\d)-(?P<m>\d{1,2})-(?P<d>\d{1,2}))"
    r"|(?P<a>\d{1,2})(?P<sep>[./-])(?P<b>\d{1,2})(?:(?P=sep)(?P<year>(?:20)?\d\d)|(?P<open>\.)|(?<=/\d)|(?<=/\d\d)))(?![\w%/]|[.,]\d|-\d)"
)


def find_dates(text: str, language: Language, context: EntityContext) -> list[Entity]:
    """Every date or period, as ISO."""
    folded = fold_aligned(text)
    today = context.now.date()
    words = _words(language)
    found = list(_numeric(text, folded, today, month_first=context.region == "US"))
    taken = [(one.start, one.end) for one in found]
    for name, pattern in words.patterns:
        for match in pattern.finditer(folded):
            if any(start < match.end() and match.start() < end for start, end in taken):
                continue
            resolved = _RESOLVERS[name](match, words, today, folded)
            if resolved is not None:
                (first, last), confidence = resolved
                value = first.isoformat() if first == last else f"{first.isoformat()}/{last.isoformat()}"
                found.append(entity("date", value, text, match.span(), confidence))
                taken.append(match.span())
    return found


def _numeric(text: str, folded: str, today: date, *, month_first: bool) -> Iterator[Entity]:
    for match in _NUMERIC.finditer(folded):
        if match["iso"]:
            day = _day(int(match["y"]), int(match["m"]), int(match["d"]))
        else:
            if match["sep"] == "-" and not match["year"]:
                continue
            first, second = int(match["a"]), int(match["b"])
            month, number = (first, second) if (month_first and first <= 12) or second > 12 else (second, first)
            day = _with_year(match["year"], month, number, today)
        if day is not None:
            yield entity("date", day.isoformat(), text, match.span(), 0.95 if match["iso"] or match["year"] else 0.8)


def _day(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None


def _with_year(year: str | None, month: int, day: int, today: date) -> date | None:
    if year:
        return _day(int(year) + (2000 if len(year) == 2 else 0), month, day)
    candidates = [found for shift in (-1, 0, 1) if (found := _day(today.year + shift, month, day)) is not None]
    return min(candidates, key=lambda found: abs((found - today).days), default=None)


def _resolve_day(match: re.Match[str], words: _Words, today: date, _folded: str) -> tuple[Span, float] | None:
    day = today + timedelta(days=words.days[match["day"]])
    return (day, day), 0.95


def _resolve_written(match: re.Match[str], words: _Words, today: date, _folded: str) -> tuple[Span, float] | None:
    groups = match.groupdict()
    name = groups.get("month") or groups["month2"]
    number = groups.get("number") or groups["number2"]
    year = groups.get("year") or groups.get("year2")
    day = _with_year(year, words.months[name], int(number), today)
    return ((day, day), 0.95) if day is not None else None


def _resolve_counted(match: re.Match[str], words: _Words, today: date, *, sign: int) -> tuple[Span, float] | None:
    groups = match.groupdict()
    number = groups.get("n1") or groups.get("n2") or ""
    unit = words.units[groups.get("u1") or groups.get("u2") or ""]
    count = int(number) if number.isdigit() else words.numbers[number]
    if unit == "year" and count > 100:
        return None
    day = _shift(today, sign * count, unit)
    return (day, day), 0.9 if unit == "day" else 0.75


def _resolve_ago(match: re.Match[str], words: _Words, today: date, _folded: str) -> tuple[Span, float] | None:
    return _resolve_counted(match, words, today, sign=-1)


def _resolve_in(match: re.Match[str], words: _Words, today: date, _folded: str) -> tuple[Span, float] | None:
    return _resolve_counted(match, words, today, sign=1)


def _shift(day: date, count: int, unit: Unit) -> date:
    if unit in ("day", "week"):
        return day + timedelta(days=count * _UNIT_DAYS[unit])
    months = day.year * 12 + day.month - 1 + count * (12 if unit == "year" else 1)
    for number in range(day.day, 27, -1):
        if (found := _day(months // 12, months % 12 + 1, number)) is not None:
            return found
    return date(months // 12, months % 12 + 1, day.day)


def _resolve_near(match: re.Match[str], words: _Words, today: date, folded: str) -> tuple[Span, float] | None:
    """Last, this and next, of a unit or a weekday; and a weekday alone."""
    groups = match.groupdict()
    name = groups.get("w1") or groups.get("w2") or groups.get("w3") or ""
    step = -1 if groups.get("last1") or groups.get("last2") else 1 if groups.get("next1") or groups.get("next2") else 0
    if (unit := words.units.get(name)) is not None:
        if step == 0 and not groups.get("this"):
            return None
        return _period(today, unit, step), 0.9
    weekday = words.weekdays[name]
    if step == 0:
        forward = groups.get("this") is not None or words.future.search(folded) is not None
        return _weekday(today, weekday, 1 if forward else -1), 0.6 if not groups.get("this") else 0.75
    return _weekday(today, weekday, step), 0.9


def _weekday(today: date, weekday: int, step: int) -> Span:
    ahead = (weekday - today.weekday()) % 7
    day = today + timedelta(days=ahead or 7) if step > 0 else today - timedelta(days=(7 - ahead) if ahead else 7)
    return day, day


def _period(today: date, unit: Unit, step: int) -> Span:
    if unit == "week":
        first = today - timedelta(days=today.weekday()) + timedelta(days=7 * step)
        return first, first + timedelta(days=6)
    if unit == "month":
        first = _shift(today.replace(day=1), step, "month")
        return first, _shift(first, 1, "month") - timedelta(days=1)
    if unit == "year":
        return date(today.year + step, 1, 1), date(today.year + step, 12, 31)
    day = today + timedelta(days=step)
    return day, day


def _resolve_month(match: re.Match[str], words: _Words, today: date, folded: str) -> tuple[Span, float] | None:
    month = words.months[match["month"]]
    ahead = words.future.search(folded) is not None
    shift = (1 if ahead else 0) if month < today.month else (0 if ahead else -1) if month > today.month else 0
    year = int(match["year"]) if match["year"] else today.year + shift
    first = date(year, month, 1)
    return (first, _shift(first, 1, "month") - timedelta(days=1)), 0.6


_RESOLVERS: dict[str, Callable[[re.Match[str], _Words, date, str], tuple[Span, float] | None]] = {
    "written": _resolve_written,
    "day": _resolve_day,
    "ago": _resolve_ago,
    "in": _resolve_in,
    "near": _resolve_near,
    "month": _resolve_month,
}


@cache
def _words(language: Language) -> _Words:
    lists = load_list("dates", DateLists).languages[language]
    numbers = number_words(language)
    days = {fold(word): offset for offset, texts in lists.days.items() for word in texts}
    months = {fold(word): index + 1 for index, texts in enumerate(lists.months) for word in texts}
    weekdays = {fold(word): index for index, texts in enumerate(lists.weekdays) for word in texts}
    units: dict[str, Unit] = {fold(word): unit for unit, texts in lists.units.items() for word in texts}
    values = {**numbers.values, **dict.fromkeys(numbers.articles, 1)}
    return _Words(
        days=days,
        months=months,
        weekdays=weekdays,
        units=units,
        numbers=values,
        patterns=_patterns(lists, days, months, (weekdays, units), values),
        future=re.compile(rf"\b(?:{any_of(lists.future)})\b"),
    )


def _patterns(
    lists: DateWords, days: dict[str, int], months: dict[str, int], near: tuple[dict[str, int], dict[str, Unit]], values: dict[str, int]
) -> tuple[tuple[str, re.Pattern[str]], ...]:
    weekdays, units = near
    # Two-letter weekday names ("mo", "di", "so") are words of their own: only the long ones stand alone.
    named = [word for word in weekdays if len(word) > 3]
    month, unit, number = any_of(months), any_of(units), rf"\d{{1,3}}|{any_of(values)}"
    target = any_of([*named, *units])
    year = r"(?:,? (?:de |del |of )?(?P<year{0}>20\d\d))?"
    written = (
        rf"(?<![\w.,])(?P<number>\d{{1,2}})(?:\.|st|nd|rd|th|er|o|º)? ?(?:de |of |d')?(?P<month>{month})\b\.?{year.format('')}"
        rf"|\b(?P<month2>{month})\b\.? (?:the )?(?P<number2>\d{{1,2}})(?:st|nd|rd|th)?(?![\w.,]\d|\d){year.format('2')}"
    )
    last_after, next_after = any_of(lists.last_after), any_of(lists.next_after)
    last, following = any_of(lists.last), any_of(lists.next)
    around = (
        rf"\b(?:(?P<last1>{last})|(?P<next1>{following})|(?P<this>{any_of(lists.this)})) (?P<w1>{target})\b"
        rf"|\b(?P<w2>{target}) (?:(?P<last2>{last_after})|(?P<next2>{next_after}))\b"
        rf"|\b(?P<w3>{any_of(named)})\b"
    )
    spelled = any_of(name for name in months if len(name) > 3)
    return (
        ("written", re.compile(written)),
        ("day", re.compile(rf"(?<!guten )(?<!\bde )\b(?P<day>{any_of(days)})\b")),
        ("ago", _counted(lists.ago_before, lists.ago_after, number, unit)),
        ("in", _counted(lists.in_before, lists.in_after, number, unit)),
        ("near", re.compile(around)),
        ("month", re.compile(rf"\b(?:{any_of(lists.in_month)}) (?P<month>{spelled})\b(?: (?:de |del )?(?P<year>20\d\d))?")),
    )


def _counted(before: Phrases, after: Phrases, number: str, unit: str) -> re.Pattern[str]:
    prefix, suffix = any_of(before), any_of(after)
    return re.compile(
        rf"\b(?:{prefix}) (?:{_ABOUT} )?(?P<n1>{number}) (?P<u1>{unit})\b"
        rf"|\b(?P<n2>{number}) (?P<u2>{unit}) (?:{suffix})\b"
    )
