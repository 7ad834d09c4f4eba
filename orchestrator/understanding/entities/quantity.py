"""How many: digits or number words that count things."""

import re
from functools import cache

from orchestrator.conversation import Language
from orchestrator.understanding.lexicon import Phrases, WordList, load_list
from orchestrator.understanding.normalise import fold, fold_aligned

from .base import Entity, EntityContext, entity
from .numbers import number_words
from .patterns import any_of

_MOST = 999
_BEFORE = r"(?<![\w.,'/:#€$£+-])(?<!\d )"


class QuantityWords(WordList):
    """What is counted, and what a number before it measures instead."""

    counters: Phrases
    announced: Phrases
    not_counted: Phrases


def find_quantities(text: str, language: Language, context: EntityContext, things: list[Entity]) -> list[Entity]:
    """Counts of `things` (products and categories found), of pieces, and of plural nouns; bare numbers when the form asks."""
    folded = fold_aligned(text)
    values = number_words(language)
    found: list[Entity] = []
    for match in _pattern(language).finditer(folded):
        number = match["number"] or match["times"] or match["xn"]
        value = int(number) if number.isdigit() else values.values[number]
        if not 0 < value <= _MOST:
            continue
        span = match.span("number" if match["number"] else "times" if match["times"] else "xn")
        is_article = number in values.articles
        confidence = _confidence(match, folded, span, things, language)
        if is_article:
            confidence = 0.0
        if "quantity" in context.expects:
            alone = folded.strip(" .!") == number
            confidence = max(confidence, 0.9 if alone else 0.7 if not is_article or len(folded.split()) <= 3 else 0.0)
        if confidence > 0:
            found.append(entity("quantity", str(value), text, span, confidence))
    return found


def _confidence(match: re.Match[str], folded: str, span: tuple[int, int], things: list[Entity], language: Language) -> float:
    if match["times"] or match["xn"] or _announced().search(folded[: span[0]]):
        return 0.9
    rest = folded[span[1] :]
    if any(0 <= thing.start - span[1] <= 1 for thing in things):
        return 0.9
    if _counters().match(rest):
        return 0.85
    following = re.match(r" ([a-z]{3,})", rest)
    if following is None or following[1] in _not_counted() or following[1] in number_words(language).values:
        return 0.0
    plural = following[1].endswith(("s", "n", "e", "i", "er"))
    return 0.5 if plural and (match["number"] or "") not in number_words(language).articles else 0.0


@cache
def _pattern(language: Language) -> re.Pattern[str]:
    words = any_of(number_words(language).values)
    return re.compile(
        rf"{_BEFORE}(?:(?P<times>\d{{1,3}}) ?[x×](?!\w)(?! ?\d)|(?<!\d )[x×] ?(?P<xn>\d{{1,3}})(?!\w|[.,]\d)"
        rf"|(?P<number>\d{{1,3}}(?![\w%€$£°\"]|[.,/:'-]\d| ?[x×] ?\d)|\b(?:{words})\b))"
    )


@cache
def _counters() -> re.Pattern[str]:
    return re.compile(rf" (?:{any_of(_lists().counters)})(?!\w)")


@cache
def _announced() -> re.Pattern[str]:
    return re.compile(rf"\b(?:{any_of(_lists().announced)})\W*(?:is|ist|est|e|es|of|de|di)?\W*$")


@cache
def _not_counted() -> frozenset[str]:
    return frozenset(fold(word) for word in _lists().not_counted)


@cache
def _lists() -> QuantityWords:
    return load_list("quantities", QuantityWords)
