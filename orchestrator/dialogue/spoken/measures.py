"""Abbreviations, percentages, ranges, measures and the signs between words, in words."""

import re
from functools import cache

from orchestrator.conversation import Language

from .money import LARGE
from .words import one_of, speech

_THOUSANDS = re.compile(r"(?<![\w.,’'])\d{1,3}(?:[’'\u00a0\u202f]\d{3})+(?![\w’'])")
_PERCENT = re.compile(r"(?<=\d)[ \u00a0\u202f]?%")
_TIMES = re.compile(r"(?<=\d) ?[×x✕] ?(?=\d)")
_OFTEN = re.compile(r"(?<![\w.,])(\d+)x(?= [^\W\dA-Z]|[.,;:!?]|$)")
_PIECES = re.compile(r"(?<![\w.,])(\d+) ?[×✕x](?!\w)|(?<!\w)[×✕] ?(\d+)")
_RANGE = re.compile(r"(?<![\w.,–—-])(\d{1,3}(?:[.,]\d{1,2})?)(?: ?[–—] ?|-)(\d{1,3}(?:[.,]\d{1,2})?)(?![\w–—-]|[.,]\d)")
_YEARS = re.compile(r"(?<![\w.,–—-])((?:19|20)\d\d)[–—-]((?:19|20)\d\d)(?![\w–—-])")
_MINUS = re.compile(r"(?<!\w)[−](?=\d)")


def with_abbreviations(text: str, language: Language) -> str:
    """The text with abbreviations in full."""
    words = speech(language)
    text = _abbreviations(language).sub(lambda found: words.abbreviations[found[0]], text)
    return _before_numbers(language).sub(lambda found: words.before_numbers[found[1]] + " ", text)


def with_measures(text: str, language: Language) -> str:
    """The text with ranges, percentages, measures and signs in words."""
    words = speech(language)
    text = _THOUSANDS.sub(lambda found: _regrouped(found[0], language), text)
    text = _YEARS.sub(rf"\1 {words.to} \2", text)
    text = _RANGE.sub(lambda found: _range(found, text, language), text)
    text = _PERCENT.sub(f" {words.percent}", text)
    text = _TIMES.sub(f" {words.by} ", text)
    text = _OFTEN.sub(rf"\1 {words.times}", text)
    text = _PIECES.sub(lambda found: found[1] or found[2], text)
    text = _MINUS.sub(f"{words.minus} ", text)
    text = _units(language).sub(lambda found: _unit(found, language), text)
    return _signs(text, language)


def _range(found: re.Match[str], text: str, language: Language) -> str:
    first, last = found[1], found[2]
    if language == "it":
        near = first.isdigit() and last.isdigit() and int(last) - int(first) == 1
        if near:
            return f"{first} {speech(language).either} {last}"
        if not re.search(r"\b(?:da|dalle|dal|dai|tra|fra)\s$", text[: found.start()], re.IGNORECASE):
            return f"da {first} a {last}"
    return f"{first} {speech(language).to} {last}"


def _regrouped(written: str, language: Language) -> str:
    digits = re.sub(r"\D", "", written)
    mark = {"en": ",", "fr": " "}.get(language, ".")
    return digits if len(digits) < LARGE else f"{int(digits):,}".replace(",", mark)


def _unit(found: re.Match[str], language: Language) -> str:
    one, many = speech(language).units[found["unit"]]
    per = f" {speech(language).per} " if found["per"] else ""
    return f"{found['number']} {one if found['number'] == '1' else many}{per}"


def _signs(text: str, language: Language) -> str:
    words = speech(language)
    text = re.sub(r" ?& ?", f" {words.both} ", text)
    text = re.sub(r"(?<=[^\W\d_])/(?=[^\W\d_])", f" {words.either} ", text)
    text = re.sub(r"\s+/\s+|\s*[|=·•]\s*", ", ", text)
    text = re.sub(r"(?<=\s)\+\s?(?=[^\W\d])", f"{words.plus} ", text)
    return re.sub(r"[#*^~<>\\{}\[\]]|(?<!\w)_|_(?!\w)", "", text)


@cache
def _abbreviations(language: Language) -> re.Pattern[str]:
    return re.compile(rf"(?<![\w.])(?<!\d )(?:{one_of(speech(language).abbreviations)})(?!\w)")


@cache
def _before_numbers(language: Language) -> re.Pattern[str]:
    return re.compile(rf"(?<!\w)({one_of(speech(language).before_numbers)}) ?(?=[A-Z]?-?\d)")


@cache
def _units(language: Language) -> re.Pattern[str]:
    units = one_of(speech(language).units)
    number = r"(?P<number>\d+(?:[.,]\d+)?)"
    # Not the "1 W A" of a code that is spelt already.
    spelt = r"(?! [A-Z0-9](?!\w))"
    return re.compile(
        rf"(?<![\w.,’'-])(?<!(?<![\w°])[A-Z0-9] ){number} ?(?P<unit>{units})(?P<per>/(?=[^\W\d]))?(?![\w°²/-]){spelt}(?(per)| ?(?=\W|$))"
    )
