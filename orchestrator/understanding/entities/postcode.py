"""Postcodes in the format of the customer's country, or of any country we deliver to when the country is unknown."""

import re
from functools import cache

from orchestrator.understanding.normalise import fold_aligned

from .base import Entity, EntityContext, entity
from .email import contact_words
from .patterns import any_of

_NOT_BEFORE = r"(?<![\w.,'€$£#-])(?<!\d )"
_MONEY = r"chf|eur|usd|gbp|brl|fr\b|francs?|franken|franchi|euros?|reais|dollars?|pounds?|€|\$|£"
_NOT_AFTER = rf"(?![\w%'€$£-]|[.,]\d| ?(?:{_MONEY}|%|pieces|stuck|cm|mm|kg|g\b|ml|w\b|watt))"
_FORMATS = {
    "CH": rf"{_NOT_BEFORE}(?:ch-? ?)?([1-9]\d{{3}}){_NOT_AFTER}",
    "BR": rf"{_NOT_BEFORE}(\d{{5}}-? ?\d{{3}}){_NOT_AFTER}",
    "US": rf"{_NOT_BEFORE}(\d{{5}}(?:-\d{{4}})?){_NOT_AFTER}",
    "GB": r"(?<!\w)((?:gir ?0aa|[a-z]{1,2}\d[a-z\d]? ?\d[abd-hjlnp-uw-z]{2}))(?!\w)",
    "FR": rf"{_NOT_BEFORE}(?:f-? ?)?((?:0[1-9]|[1-8]\d|9[0-8])\d{{3}}){_NOT_AFTER}",
    "DE": rf"{_NOT_BEFORE}(?:d-? ?)?((?:0[1-9]|[1-9]\d)\d{{3}}){_NOT_AFTER}",
    "IT": rf"{_NOT_BEFORE}(?:i-? ?)?(\d{{5}}){_NOT_AFTER}",
    "ES": rf"{_NOT_BEFORE}(?:e-? ?)?((?:0[1-9]|[1-4]\d|5[0-2])\d{{3}}){_NOT_AFTER}",
}
_PATTERNS = {region: re.compile(pattern) for region, pattern in _FORMATS.items()}
# Formats that nothing else looks like: they count in every country.
_UNMISTAKABLE = ("GB", "BR")
_OWN_NUMBER = re.compile(r"\b[aerft]-\d{3,6}\b")
"""An order or case number; what follows it may be a postcode."""
_YEAR = re.compile(r"(?:19|20)\d\d$")


def find_postcodes(text: str, context: EntityContext) -> list[Entity]:
    """Postcodes; a bare number needs the word before it, a place name after it, or a form that asks for one."""
    folded = _OWN_NUMBER.sub(lambda own: "x" * len(own.group()), fold_aligned(text))
    home = context.region if context.region in _PATTERNS else None
    regions = dict.fromkeys((home, *_UNMISTAKABLE) if home else (*_UNMISTAKABLE, "US", "CH"))
    if "postcode" in context.expects:
        regions = dict.fromkeys((*regions, *_PATTERNS))
    found: list[Entity] = []
    taken: list[tuple[int, int]] = []
    for region in regions:
        for match in _PATTERNS[region].finditer(folded):
            span = match.span(1)
            confidence = _confidence(text, folded, span, context, region)
            if confidence and not any(start < span[1] and span[0] < end for start, end in taken):
                taken.append(span)
                found.append(entity("postcode", _as_printed(match[1], region), text, span, confidence))
    return found


def _confidence(text: str, folded: str, span: tuple[int, int], context: EntityContext, region: str) -> float:
    start, end = span
    if _announced().search(folded[:start]):
        return 0.95
    if region == "GB" or (region == "BR" and "-" in text[start:end]):
        return 0.9
    if "postcode" in context.expects:
        return 0.9 if text.strip(" .!") == text[start:end] else 0.8
    if re.match(r" [A-ZÀ-Þ][\w'’-]{2,}", text[end:]) and (context.region == region) and not _YEAR.match(text[start:end]):
        return 0.75
    return 0.0


def _as_printed(code: str, region: str) -> str:
    compact = code.replace(" ", "").upper()
    if region == "BR":
        digits = compact.replace("-", "")
        return f"{digits[:5]}-{digits[5:]}"
    return f"{compact[:-3]} {compact[-3:]}" if region == "GB" else compact


@cache
def _announced() -> re.Pattern[str]:
    between = "is|ist|est|e|es|lautet|code|number|nummer|my|no|nr|number is|de|da|do|del|di|:"
    return re.compile(rf"\b(?:{any_of(contact_words().postcode)})\b\W*(?:(?:{between})\W*){{0,2}}$")
