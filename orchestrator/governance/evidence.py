"""Reviews what is about to be said: every amount, date and duration must stand in the evidence, and no foreign link may leave."""

import re
from collections.abc import Iterable

NUMBER = re.compile(r"\d+(?:[.,'\u2019\u00a0\u202f ]\d{3})*(?:[.,]\d+)?")
LINK = re.compile(r"(?:https?:)?//[^\s)>\]]+|!\[[^\]]*\]\([^)]*\)")


def numbers(text: str) -> frozenset[str]:
    """The numbers of a text in one spelling: `1'200.50`, `1.200,50` and `1 200,5` are all `1200.5`."""
    return frozenset(_plain(found.group()) for found in NUMBER.finditer(text))


def unsupported(text: str, evidence: Iterable[str]) -> frozenset[str]:
    """The numbers of a text that the evidence does not have."""
    return numbers(text) - frozenset(number for piece in evidence for number in numbers(piece))


def foreign_links(text: str, allowed: tuple[str, ...] = ()) -> tuple[str, ...]:
    """Links and images to other places than the allowed prefixes."""
    return tuple(found.group() for found in LINK.finditer(text) if not found.group().startswith(allowed or ("\0",)))


def sentences(text: str) -> tuple[str, ...]:
    """The text in pieces that can be sent one by one; joined they are the text again."""
    pieces = re.split(r"(?<=[.!?…])(?=\s+[^\s\d])|(?<=\n)", text)
    return tuple(piece for piece in pieces if piece)


def _plain(number: str) -> str:
    compact = re.sub(r"['\u2019\u00a0\u202f ]", "", number)
    whole, point, rest = re.match(r"(.*?)(?:([.,])(\d{1,2}))?$", compact).groups() if re.search(r"\d", compact) else (compact, None, None)  # type: ignore[union-attr]
    digits = re.sub(r"[.,]", "", whole or "")
    decimals = (rest or "").rstrip("0") if point else ""
    return f"{int(digits or '0')}.{decimals}" if decimals else str(int(digits or "0"))
