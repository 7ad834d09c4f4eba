"""Amounts, shares and periods a text names, on one scale per unit, so that two texts can be held against each other."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from typing import cast

import yaml

UNITS = Path(__file__).with_name("units.yaml")
NUMBER = r"\d{1,3}(?:[' ’.,\u00a0\u202f]\d{3})+(?:[.,]\d{1,2})?|\d+(?:[.,]\d+)?"


def values_in(text: str) -> Mapping[str, frozenset[float]]:
    """The numbers a text names by unit (`CHF`, `%`, `day`, …), periods in their own unit."""
    pattern, units = _units()
    found = dict[str, set[float]]()
    for match in pattern.finditer(text):
        unit = units[(match.group("before") or match.group("after")).lower()]
        numbers = (match.group("first"), match.group("second"))
        found.setdefault(unit, set()).update(number_of(number) for number in numbers if number)
    return {unit: frozenset(numbers) for unit, numbers in found.items()}


def disagree(left: Mapping[str, frozenset[float]], right: Mapping[str, frozenset[float]]) -> tuple[str, ...]:
    """The units in which both name numbers and none of them is the same."""
    return tuple(sorted(unit for unit in left.keys() & right.keys() if not left[unit] & right[unit]))


def number_of(text: str) -> float:
    """A number as any of the regions writes it: the last separator is the decimal one unless three digits follow it."""
    plain = re.sub(r"[' ’\u00a0\u202f]", "", text)
    whole, separator, rest = plain.rpartition("," if plain.rfind(",") > plain.rfind(".") else ".")
    if separator and len(rest) != 3:
        return float(f"{re.sub(r'[.,]', '', whole)}.{rest}")
    return float(re.sub(r"[.,]", "", plain))


@lru_cache(maxsize=1)
def _units() -> tuple[re.Pattern[str], Mapping[str, str]]:
    lists = cast("Mapping[str, Mapping[str, str]]", yaml.safe_load(UNITS.read_text("utf-8")))
    before = {word.lower(): unit for unit, words in lists["before"].items() for word in words.split()}
    after = {word.lower(): unit for unit, words in lists["after"].items() for word in words.split()}
    leads, tails = ("|".join(re.escape(word) for word in sorted(words, key=len, reverse=True)) for words in (before, after))
    pattern = re.compile(
        rf"(?:(?<!\w)(?P<before>{leads})\s?)?(?<![\w.,])(?P<first>{NUMBER})(?:\s?(?:–|-|to|à|bis|a|au|e)\s?(?P<second>{NUMBER}))?"
        rf"(?(before)|[\s\u00a0\u202f]?(?:[A-Za-zÀ-ÿ]+\s)??(?P<after>{tails})(?!\w))",
        re.IGNORECASE,
    )
    return pattern, before | after
