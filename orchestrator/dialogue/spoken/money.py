"""Amounts in words that any voice reads alike: `CHF 4.90` is "4 francs 90"."""

import re
from functools import cache

from orchestrator.conversation import Language

from .words import SpeechWords, one_of, speech

_SIGNS = {
    "CHF": "CHF", "SFr.": "CHF", "Fr.": "CHF", "EUR": "EUR", "€": "EUR", "GBP": "GBP", "£": "GBP", "US$": "USD", "USD": "USD", "$": "USD",
    "R$": "BRL", "BRL": "BRL", "£GB": "GBP", "$US": "USD",
}  # fmt: skip
_CENTS = r"(?:[.,]\d{2})?(?!\d)"
_NUMBER = rf"\d{{1,3}}(?:['’\u00a0\u202f ]\d{{3}})+{_CENTS}|\d{{1,3}}(?:[.,]\d{{3}})+{_CENTS}|\d+(?:[.,]\d{{1,2}})?(?!\d)"
_WHOLE = r"(?:[.,][-–—]{1,2})?"
LARGE = 5
"""Digits from which thousands are set apart, so that the number is not taken for a code."""


def with_money(text: str, language: Language) -> str:
    """The text with every amount that has a currency said in words."""
    return _pattern(language).sub(lambda found: _said(found, language), text)


@cache
def _pattern(language: Language) -> re.Pattern[str]:
    signs, number = one_of(_SIGNS), _NUMBER
    between = rf"(?: ?[-–—] ?| (?:{re.escape(speech(language).to)}) )"
    before = rf"(?P<before>{signs}) ?(?P<n1>{number}){_WHOLE}(?:{between}(?:{signs})? ?(?P<m1>{number}){_WHOLE})?"
    after = rf"(?:(?P<n2>{number}){_WHOLE}{between})?(?P<m2>{number}){_WHOLE} ?(?P<after>{signs})"
    return re.compile(rf"(?P<minus>[−])?(?<![\w$]){before}(?![\w%]|[.,]\d)|(?P<minus2>[−])?(?<![\w.,’']){after}(?!\w)")


def _said(found: re.Match[str], language: Language) -> str:
    words = speech(language)
    if found["before"]:
        currency, numbers = _SIGNS[found["before"]], [found["n1"], found["m1"]]
    else:
        currency, numbers = _SIGNS[found["after"]], [found["n2"], found["m2"]]
    amounts = [_parts(number) for number in numbers if number]
    minus = f"{words.minus} " if found["minus"] or found["minus2"] else ""
    if len(amounts) == 2 and not any(cents for _, cents in amounts):
        return f"{minus}{_grouped(amounts[0][0], language)} {words.to} {_amount(*amounts[1], currency, language)}"
    return minus + f" {words.to} ".join(_amount(whole, cents, currency, language) for whole, cents in amounts)


def _parts(number: str) -> tuple[str, str]:
    """The whole and the cents (two digits, or none when they are zero)."""
    tail = re.search(r"[.,](\d{1,2})$", number)
    whole = re.sub(r"\D", "", number[: tail.start()] if tail else number).lstrip("0") or "0"
    cents = tail[1].ljust(2, "0") if tail else ""
    return whole, "" if cents == "00" else cents


def _amount(whole: str, cents: str, currency: str, language: Language) -> str:
    words: SpeechWords = speech(language)
    one, many, cent, cent_many = words.currencies[currency]
    unit = one if whole == "1" else many
    small = cents.startswith("0")
    bare = cents.lstrip("0")
    cent_unit = cent if bare == "1" else cent_many
    if not cents:
        return f"{_grouped(whole, language)} {unit}"
    if whole == "0":
        return f"{bare} {cent_unit}"
    pattern = words.amount_small if small else words.amount
    return pattern.format(whole=_grouped(whole, language), unit=unit, cents=bare if small else cents, cent_unit=cent_unit)


def _grouped(whole: str, language: Language) -> str:
    if len(whole) < LARGE:
        return whole
    mark = {"en": ",", "fr": " "}.get(language, ".")
    return f"{int(whole):,}".replace(",", mark)
