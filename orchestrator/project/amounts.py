"""Amounts and locales as a region writes them."""

import re
from functools import lru_cache
from typing import cast

from babel import Locale, UnknownLocaleError
from babel.numbers import format_currency

CODE_BEFORE_DIGIT = re.compile(r"(?<=[A-Z]{3})(?=\d)")
"""CLDR puts a space between a currency's letters and the digits; Babel does not."""


def format_amount(amount: float, currency: str, language: str, region: str | None = None) -> str:
    """An amount as the region writes it, without decimals when whole: `CHF 80`, `4,90 €`.

    Switzerland puts CHF first in all its languages, which CLDR has only for German and Italian.
    """
    locale = locale_of("de" if region == "CH" and language == "fr" else language, region)
    pattern = cast("str", locale.currency_formats["standard"].pattern)
    if float(amount).is_integer():
        pattern = pattern.replace("0.00", "0")
    written = format_currency(amount, currency, format=pattern, locale=locale, currency_digits=False)
    return CODE_BEFORE_DIGIT.sub("\N{NO-BREAK SPACE}", written)


@lru_cache(maxsize=256)
def locale_of(language: str, region: str | None) -> Locale:
    """The locale of a language in a region, or of the language alone where CLDR knows no such pair."""
    try:
        return Locale.parse(f"{language}_{region}" if region else language)
    except (UnknownLocaleError, ValueError):
        return Locale.parse(language)
