"""Amounts of money, in the notations of eight countries."""

import re
from collections.abc import Iterator
from decimal import Decimal
from functools import cache

from orchestrator.conversation import Language
from orchestrator.understanding.lexicon import Phrases, WordList, load_list
from orchestrator.understanding.normalise import fold, fold_aligned

from .base import Entity, EntityContext, entity
from .numbers import number_words
from .patterns import any_of

_NUMBER = r"\d{1,3}(?:[ '.,]\d{3})+(?:[.,]\d{1,2})?(?!\d)|\d+(?:[.,]\d{1,2})?(?!\d)"
_WHOLE = r"(?:\.[-–—]+|,[-–—]+)?"


class AmountWords(WordList):
    """Signs, words and the home currency of each country."""

    signs: dict[str, Phrases]
    words: dict[str, Phrases]
    cents: Phrases
    regions: dict[str, str]


def find_amounts(text: str, language: Language, context: EntityContext) -> list[Entity]:
    """Every amount with a currency; a bare number only when the form asks for an amount."""
    folded = fold_aligned(text)
    found = [_entity(text, match, context) for match in _pattern().finditer(folded)]
    found += _in_words(text, folded, language)
    if not found and "amount" in context.expects and (currency := _home(context)):
        found += [
            entity("amount", f"{_decimal(match[0])} {currency}", text, match.span(), 0.7)
            for match in re.finditer(rf"(?<![\w.,-])(?:{_NUMBER})(?![\w-])", folded)
        ]
    return found


def _entity(text: str, match: re.Match[str], context: EntityContext) -> Entity:
    before, after, home = match["before"], match["after"], match["home"]
    number = _decimal(match["n1"] or match["n2"] or match["n3"])
    if before or after:
        currency = _currencies()[before or after]
        # A bare dollar sign is the customer's own dollar where there is one; "fr" after a number is a Swiss habit.
        return entity("amount", f"{number} {currency}", text, match.span(), 0.95)
    currency = _home(context) or "CHF"
    return entity("amount", f"{number} {currency}", text, match.span(), 0.85 if home else 0.6)


def _in_words(text: str, folded: str, language: Language) -> Iterator[Entity]:
    values = number_words(language).values
    pattern = _worded(language)
    for match in pattern.finditer(folded):
        yield entity("amount", f"{Decimal(values[match['n']]):.2f} {_currencies()[match['after']]}", text, match.span(), 0.85)


def _decimal(written: str) -> str:
    digits = re.sub(r"[ ']", "", written)
    if (tail := re.search(r"[.,](\d{1,2})$", digits)) is not None:
        whole, cents = digits[: tail.start()], tail[1]
        return f"{Decimal(re.sub('[.,]', '', whole) + '.' + cents):.2f}"
    return f"{Decimal(re.sub('[.,]', '', digits)):.2f}"


def _home(context: EntityContext) -> str | None:
    return load_list("amounts", AmountWords).regions.get(context.region or "")


@cache
def _currencies() -> dict[str, str]:
    words = load_list("amounts", AmountWords)
    return {fold(name): currency for table in (words.words, words.signs) for currency, names in table.items() for name in names}


@cache
def _pattern() -> re.Pattern[str]:
    words = load_list("amounts", AmountWords)
    signs = any_of(name for names in words.signs.values() for name in names)
    after = any_of(name for table in (words.signs, words.words) for names in table.values() for name in names)
    return re.compile(
        rf"(?<![\w$])(?P<before>{signs}) ?(?P<n1>{_NUMBER}){_WHOLE}(?!\w)"
        rf"|(?<![\w.,-])(?P<n2>{_NUMBER}){_WHOLE}(?: |-)?(?P<after>{after})(?!\w)"
        rf"|(?<![\w.,-])(?P<n3>\d{{1,5}})(?P<home>\.[-–—]+|,[-–—]+)(?!\w)"
    )


@cache
def _worded(language: Language) -> re.Pattern[str]:
    words = load_list("amounts", AmountWords)
    numbers = any_of(word for word, value in number_words(language).values.items() if value > 1)
    after = any_of(name for names in words.words.values() for name in names if len(name) > 2)
    return re.compile(rf"\b(?P<n>{numbers}) (?P<after>{after})\b")
