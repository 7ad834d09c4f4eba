"""Telephone numbers, in the customer's country's format or international."""

import re

import phonenumbers

from .base import Entity, EntityContext, entity

_PLAUSIBLE = re.compile(r"(?:\+|00)?\(?\d[\d\s().\-/]{5,18}\d")


def find_phones(text: str, context: EntityContext) -> list[Entity]:
    """Every telephone number, as E.164."""
    # The matcher costs 100 µs and more: most messages have nothing that could be one.
    if _PLAUSIBLE.search(text) is None:
        return []
    text = re.sub(r"\b00(?=[1-9])", " +", text) if not context.region else text
    found: list[Entity] = []
    for match in phonenumbers.PhoneNumberMatcher(text, context.region, leniency=phonenumbers.Leniency.VALID):
        number = phonenumbers.format_number(match.number, phonenumbers.PhoneNumberFormat.E164)
        sure = match.raw_string.lstrip().startswith(("+", "00", "0", "("))
        found.append(entity("phone", number, text, (match.start, match.end), 0.95 if sure else 0.75))
    return found
