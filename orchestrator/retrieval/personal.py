"""Personal data in texts: found before anything is indexed, and masked in what is encoded."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

Kind = Literal["email", "phone", "iban", "card", "national_id"]

EMAIL = re.compile(r"[\w.+%-]+@[\w-]+(?:\.[\w-]+)+")
OFFICES = frozenset({
    "info", "contact", "kontakt", "contatto", "contato", "contacto", "service", "services", "support", "help", "hello", "hallo", "bonjour",
    "ciao", "hola", "office", "sales", "shop", "store", "orders", "order", "business", "b2b", "billing", "accounts", "press", "media",
    "jobs", "careers", "privacy", "datenschutz", "dataprotection", "data-protection", "dpo", "dsb", "rgpd", "gdpr", "legal", "security",
    "abuse", "postmaster", "webmaster", "noreply", "no-reply", "returns", "refunds", "complaints", "customerservice", "customer-service",
    "kundendienst", "kundenservice", "serviceclient", "service-client", "assistenza", "atendimento", "sac", "atencion", "admin", "team",
})  # fmt: skip
"""Mailboxes of an office, which belong to no person."""
IBAN = re.compile(r"\b[A-Z]{2}\d{2}(?:[ ]?[A-Z0-9]{4}){2,7}(?:[ ]?[A-Z0-9]{1,3})?\b")
CARD = re.compile(r"(?<![\w.-])\d(?:[ -]?\d){12,18}(?![\w-])")
NATIONAL = re.compile(r"\b756\.?\d{4}\.?\d{4}\.?\d{2}\b|\b\d{3}-\d{2}-\d{4}\b|\b\d{3}\.\d{3}\.\d{3}-\d{2}\b")
"""Swiss AHV, United States social security, Brazilian CPF, as they are written."""
DIGITS = re.compile(r"\d(?:\D{0,3}\d){6}")
REGIONS = ("CH", "FR", "DE", "IT", "ES", "BR", "US", "GB", "PT", "AT")


@dataclass(frozen=True, kw_only=True)
class Finding:
    """Something that points to a person, with its place in the text; `shown` has its middle hidden."""

    kind: Kind
    start: int
    end: int
    shown: str


def find_personal(text: str, regions: Sequence[str] = REGIONS) -> tuple[Finding, ...]:
    """What in a text points to a person, in order, without overlaps.

    E-mail addresses of offices (info@…) and service numbers (toll-free, shared cost) are not personal. Names alone are not found.

    Args:
        text: Any text.
        regions: Whose national phone numbers are recognised.
    """
    spans = sorted(_spans(text, regions), key=lambda found: (found[1], -found[2]))
    kept, end = list[Finding](), 0
    for kind, start, stop in spans:
        if start >= end:
            kept.append(Finding(kind=kind, start=start, end=stop, shown=_hidden(text[start:stop])))
            end = stop
    return tuple(kept)


def masked(text: str) -> str:
    """The text with each finding replaced by its kind in brackets: what may be encoded and kept."""
    if "@" not in text and not DIGITS.search(text):
        return text
    parts, last = list[str](), 0
    for found in find_personal(text):
        parts += [text[last : found.start], f"[{found.kind}]"]
        last = found.end
    return "".join([*parts, text[last:]])


def _spans(text: str, regions: Sequence[str]) -> Iterator[tuple[Kind, int, int]]:
    if "@" in text:
        for match in EMAIL.finditer(text):
            if match.group().partition("@")[0].lower() not in OFFICES:
                yield "email", match.start(), match.end()
    if not DIGITS.search(text):
        return
    checks: tuple[tuple[Kind, re.Pattern[str], Callable[[str], bool]], ...] = (
        ("iban", IBAN, _is_iban), ("card", CARD, _is_card), ("national_id", NATIONAL, bool),
    )  # fmt: skip
    for kind, pattern, holds in checks:
        for match in pattern.finditer(text):
            if holds(match.group()):
                yield kind, match.start(), match.end()
    for start, end in _phones(text, regions):
        yield "phone", start, end


def _phones(text: str, regions: Sequence[str]) -> Iterator[tuple[int, int]]:
    import phonenumbers

    kinds = phonenumbers.PhoneNumberType
    service = {kinds.TOLL_FREE, kinds.PREMIUM_RATE, kinds.SHARED_COST, kinds.UAN, kinds.VOICEMAIL}
    found = [match for region in regions for match in phonenumbers.PhoneNumberMatcher(text, region)]
    # What is a service number in one of the countries is one in a text for all of them.
    open_to_all = {match.start for match in found if phonenumbers.number_type(match.number) in service}
    yield from {(match.start, match.end) for match in found if match.start not in open_to_all}


def _is_iban(text: str) -> bool:
    plain = text.replace(" ", "")
    return 15 <= len(plain) <= 34 and int("".join(str(int(letter, 36)) for letter in plain[4:] + plain[:4])) % 97 == 1


def _is_card(text: str) -> bool:
    digits = [int(letter) for letter in text if letter.isdigit()]
    doubled = (2 * digit - 9 * (digit > 4) if place % 2 else digit for place, digit in enumerate(reversed(digits)))
    return len(set(digits)) > 1 and sum(doubled) % 10 == 0


def _hidden(text: str) -> str:
    return f"{text[:2]}…{text[-2:]}"
