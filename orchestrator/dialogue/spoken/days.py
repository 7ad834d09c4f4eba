"""Dates, days of the week and times of day as they are said."""

import re
from functools import cache

from orchestrator.conversation import Language

from .words import month_name, months, one_of, speech, weekdays

_ISO = re.compile(r"(?<![\w-])(\d{4})-(\d{2})-(\d{2})(?![\w-])")
_NUMERIC = re.compile(r"(?<![\w./-])(\d{1,2})([./])(\d{1,2})\2(\d{4})(?![\w/-]|\.\d)")
_DAY_AND_MONTH = re.compile(r"(?<![\w./-])(\d{1,2})\.(\d{1,2})\.(?!\d)")
_TIME = re.compile(r"(?<![\d:.,/])([01]?\d|2[0-3])(?:[:h]([0-5]\d)|h)(?!\w|:\d)(\s?(?:[aApP]\.?[mM]\b\.?|Uhr|heures|horas|ore|h\b))?")
_CLOCK_POINT = re.compile(r"(?<![\d:.,])([01]?\d|2[0-3])\.([0-5]\d)(?= Uhr)")
_DASH = r"\s?[-–—]\s?"
# Most texts have no day: nothing is looked for unless a number stands by a word or a dash joins two.
_MAY_BE = re.compile(r"\d[\d:h]|\d[.º°]? ?[^\W\d]|[^\W\d]\.? ?\d|[-–—][^\W\d]|[-–—] [^\W\d]")
NOON, HALF_DAY = 12, 12


def with_days(text: str, language: Language, region: str) -> str:
    """The text with dates and times in words."""
    if _MAY_BE.search(text) is None:
        return text
    text = _days_of_week(language).sub(lambda found: _week(found, language), text)
    text = _ISO.sub(lambda found: _date(found, (3, 2, 1), language, region), text)
    order = (3, 1, 4) if region == "US" else (1, 3, 4)
    text = _NUMERIC.sub(lambda found: _date(found, order, language, region), text)
    if language == "de":
        text = _DAY_AND_MONTH.sub(lambda found: _date(found, (1, 2, 0), language, region), text)
        text = _CLOCK_POINT.sub(r"\1:\2", text)
    text = _day_month(language).sub(lambda found: _named(found, text, language, speech(language).day_month), text)
    if language == "en":
        text = _month_day(language).sub(lambda found: _named(found, text, language, speech(language).month_day), text)
    text = re.sub(rf"(?<=\d:\d\d){_DASH}(?=\d{{1,2}}:\d\d)", f" {speech(language).to} ", text)
    return _TIME.sub(lambda found: _time(found, text, language), text)


@cache
def _days_of_week(language: Language) -> re.Pattern[str]:
    names = one_of(weekdays(language))
    return re.compile(
        rf"(?<!\w)(?P<first>{names})\.?{_DASH}(?P<last>{names})\b\.?|(?<!\w)(?P<one>{names})\b\.?(?=,? \d{{1,2}}\b)", re.IGNORECASE
    )


def _week(found: re.Match[str], language: Language) -> str:
    names = weekdays(language)
    if found["one"]:
        full = names[found["one"].lower()]
        return found[0] if found["one"].lower() == full.lower() else full
    return f"{names[found['first'].lower()]} {speech(language).to} {names[found['last'].lower()]}"


@cache
def _day_month(language: Language) -> re.Pattern[str]:
    names = one_of(months(language))
    joint = r"(?: de )" if language in ("pt", "es") else r"(?: )"
    article = r"(?P<article>\bthe )?" if language == "en" else "(?P<article>)"
    ordinal = r"(?P<ordinal>\.|er|º|°|st|nd|rd|th)?"
    return re.compile(
        rf"{article}(?<![\w.,:-])(?P<day>\d{{1,2}}){ordinal}(?:{joint}| )(?P<month>{names})\b(?!['’-])(?P<point>\.)?", re.IGNORECASE
    )


@cache
def _month_day(language: Language) -> re.Pattern[str]:
    names = one_of(months(language))
    return re.compile(rf"(?P<article>)\b(?P<month>{names})\.? (?P<day>\d{{1,2}})(?P<ordinal>)(?P<point>)(?!\w|[:%-]|[.,]\d)", re.IGNORECASE)


def _named(found: re.Match[str], text: str, language: Language, pattern: str) -> str:
    written, day = found["month"], int(found["day"])
    name = months(language)[written.lower()]
    if not 1 <= day <= 31 or (language == "en" and written[0].islower()):
        return found[0]
    is_short = written.lower() != name.lower()
    point = found["point"] or ""
    if is_short and re.match(r",| [^A-ZÀ-Þ]", text[found.end() :]):
        point = ""
    return pattern.format(day=_ordinal(day, language), month=name) + point


def _date(found: re.Match[str], order: tuple[int, int, int], language: Language, region: str) -> str:
    day, month = int(found[order[0]]), int(found[order[1]])
    year = found[order[2]] if order[2] else ""
    if not (1 <= day <= 31 and 1 <= month <= 12):
        return found[0]
    words = speech(language)
    pattern = words.month_day if region == "US" else words.day_month
    said = pattern.format(day=_ordinal(day, language), month=month_name(language, month))
    joint = " de " if language in ("pt", "es") else " "
    return f"{said}{joint}{year}" if year else said


def _ordinal(day: int, language: Language) -> str:
    match language:
        case "en":
            return f"{day}{_english_ending(day)}"
        case "de":
            return f"{day}."
        case "fr":
            return "1er" if day == 1 else str(day)
        case "it":
            return "primo" if day == 1 else str(day)
        case "pt":
            return "primeiro" if day == 1 else str(day)
        case _:
            return str(day)


def _english_ending(day: int) -> str:
    return "th" if 10 < day < 14 else {1: "st", 2: "nd", 3: "rd"}.get(day % 10, "th")


def _time(found: re.Match[str], text: str, language: Language) -> str:
    hour, minute, after = int(found[1]), found[2] or "00", (found[3] or "").strip()
    words = speech(language)
    if language == "en":
        return _english_time(hour, minute, after)
    said = words.hour.format(hour=hour) if minute == "00" else words.hour_minute.format(hour=hour, minute=minute)
    if language == "it" and not re.search(r"\b(?:alle|dalle|le|ore|all[’']|l[’'])\s?$", text[: found.start()], re.IGNORECASE):
        said = f"ore {said}"
    return said


def _english_time(hour: int, minute: str, after: str) -> str:
    half = after[:1].lower()
    if not half:
        half = "p" if hour >= NOON else "a"
        hour = hour - HALF_DAY if hour > HALF_DAY else hour or HALF_DAY
    return f"{hour} {half}m" if minute == "00" else f"{hour}:{minute} {half}m"
