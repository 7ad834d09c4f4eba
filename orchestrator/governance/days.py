"""Days, months and hours as figures: their notations, and when a word that may be one is one."""

import re
from collections.abc import Sequence

from orchestrator.governance.tokens import Token
from orchestrator.governance.vocabulary import Vocabulary

YEAR = re.compile(r"(?:19|20)\d\d")
DAYS, MONTHS, HOURS, MINUTES = 31, 12, 24, 60
FRACTION = 4
"""Up to this, `1/2` and `3/4` are parts, not days."""


def day_of(written: str) -> tuple[str, ...]:
    """The readings of a day in digits: `2026-11-03`, or `--11-03` without a year; a slash leaves open which is the month."""
    parts = [int(part) for part in re.findall(r"\d+", written)]
    if len(parts) == 3 and parts[0] > DAYS:
        year, month, day = parts
        return _read(str(year), day, month)
    day, month, *rest = parts
    year = str(rest[0] if rest[0] > 99 else 2000 + rest[0]) if rest else "-"
    if "/" not in written:
        return _read(year, day, month)
    if not rest and ((day, month) == (24, 7) or max(day, month) <= FRACTION):
        return ()
    return tuple(dict.fromkeys((*_read(year, day, month), *_read(year, month, day))))


def _read(year: str, day: int, month: int) -> tuple[str, ...]:
    return (f"{year}-{month:02d}-{day:02d}",) if 1 <= day <= DAYS and 1 <= month <= MONTHS else ()


def hour_of(written: str) -> str:
    """`14:00` for `14:00`, `14 h`, `14h00` and `14.00`; empty when it is no hour."""
    hour, minute, *_ = [int(part) for part in re.findall(r"\d+", written)] + [0]
    return f"{hour:02d}:{minute:02d}" if hour <= HOURS and minute < MINUTES else ""


def year_at(words: Sequence[str], place: int, vocabulary: Vocabulary) -> tuple[str, int]:
    """The year at this place, "of" and a comma passed over, and the place after it; empty when there is none."""
    while place < len(words) and (words[place] in vocabulary.of or words[place] == ","):
        place += 1
    if place < len(words) and YEAR.fullmatch(words[place]):
        return words[place], place + 1
    return "", place


def is_month_word(text: str, tokens: Sequence[Token], place: int, vocabulary: Vocabulary) -> bool:
    """Whether a month's name alone is meant as one: written in full, and no verb ("may")."""
    word = tokens[place].word
    if word not in vocabulary.full_months:
        return False
    return word not in vocabulary.verbs_too or (place > 0 and text[tokens[place].start].isupper())


def follows(words: Sequence[str], place: int, known: frozenset[str]) -> bool:
    """Whether the word before this place is one of those: "a nice" before Sunday, "heute" before "Morgen"."""
    return place > 0 and words[place - 1] in known


def in_day(hour: int, half: str) -> int:
    """The hour of the day from one said with "am" or "pm"; any other word leaves it."""
    if half == "pm":
        return hour % 12 + 12
    return hour % 12 if half == "am" else hour
