"""What a tool's result says in figures: its keys tell what a bare number is (`refund_days`, `amount` beside `currency`)."""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal, InvalidOperation
from typing import cast

from orchestrator.governance.tokens import plain
from orchestrator.governance.units import UNITS

NUMBER = re.compile(r"-?\d+(?:\.\d+)?")
KEY_WORD = re.compile(r"[a-z]+")
CURRENCY = re.compile(r"[A-Z]{3}")
SPANS = {
    **dict.fromkeys(("minute", "minutes"), ("minute",)),
    **dict.fromkeys(("hour", "hours"), ("hour",)),
    **dict.fromkeys(("day", "days"), ("day", "workday")),
    **dict.fromkeys(("night", "nights"), ("day",)),
    **dict.fromkeys(("week", "weeks"), ("week",)),
    **dict.fromkeys(("month", "months"), ("month",)),
    **dict.fromkeys(("year", "years"), ("year",)),
}
SHARES = frozenset(("percent", "percentage", "pct", "rate", "share"))
COUNTS = frozenset(("id", "count", "quantity", "number", "items", "stock", "version", "rating"))


def is_structured(text: str) -> bool:
    """Whether a text is a JSON object or list."""
    return text.lstrip().startswith(("{", "["))


def read(text: str) -> tuple[frozenset[str], tuple[str, ...]]:
    """The keys of its bare numbers, and its texts. What is not valid JSON is one text."""
    try:
        value = cast("object", json.loads(text, parse_float=Decimal))
    except ValueError:
        return frozenset(), (text,)
    keys, texts = set[str](), list[str]()
    for path, leaf, currency in _leaves(value, ()):
        if isinstance(leaf, str) and not NUMBER.fullmatch(leaf):
            texts.append(leaf)
        elif (number := _number(leaf)) is not None:
            keys.update(_keys(path, number, currency))
    return frozenset(keys), tuple(texts)


def _leaves(value: object, path: tuple[str, ...], currency: str = "") -> Iterator[tuple[tuple[str, ...], object, str]]:
    if isinstance(value, Mapping):
        fields = cast("Mapping[str, object]", value)
        beside = fields.get("currency")
        inner = beside if isinstance(beside, str) else currency
        for key, item in fields.items():
            yield from _leaves(item, (*path, key), key if CURRENCY.fullmatch(key) else inner)
    elif isinstance(value, Sequence) and not isinstance(value, str):
        for item in cast("Sequence[object]", value):
            yield from _leaves(item, path, currency)
    elif value is not None and not isinstance(value, bool):
        yield path, value, currency


def _number(leaf: object) -> Decimal | None:
    try:
        return abs(Decimal(str(leaf)))
    except InvalidOperation:
        return None


def _keys(path: tuple[str, ...], number: Decimal, currency: str) -> Iterator[str]:
    """What a number under this path is evidence for."""
    bare = plain(number)
    yield f"number:{bare}"
    words = KEY_WORD.findall(path[-1].lower()) if path else []
    spans = [span for word in words for span in SPANS.get(word, ())]
    if spans:
        for span in spans:
            unit, size = UNITS[span]
            yield f"duration:{plain(number * size)} {unit}"
    elif SHARES & set(words):
        yield f"percentage:{bare}"
    elif currency:
        yield f"amount:{currency} {bare}"
    elif not COUNTS & set(words):
        yield f"any:{bare}"
