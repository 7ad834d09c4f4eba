"""A question the knowledge base could not answer, made fit to be kept: without what points to a person."""

import re
from dataclasses import dataclass

from orchestrator.conversation import Language

MAX_CHARACTERS = 500
PERSONAL = (
    ("[email]", re.compile(r"[\w.+%-]+@[\w-]+(?:\.[\w-]+)+")),
    ("[link]", re.compile(r"\b(?:https?://|www\.)\S+", re.IGNORECASE)),
    ("[iban]", re.compile(r"\b[A-Z]{2}\d{2}(?:[ ]?[A-Z0-9]{4}){2,7}(?:[ ]?[A-Z0-9]{1,3})?\b")),
    ("[id]", re.compile(r"\b[A-Z]{1,3}-?\d{3,}\b", re.IGNORECASE)),
    ("[number]", re.compile(r"\b(?:\d[ -]?){12,18}\d\b")),
    ("[phone]", re.compile(r"(?<![\w.,])\+?\(?\d(?:[ ()./-]{0,2}\d){7,14}(?!\w)")),
    ("[number]", re.compile(r"\b\d{5,}\b")),
)


@dataclass(frozen=True, kw_only=True)
class Gap:
    """What was asked in vain; `nearest` is the passage that came closest, or empty."""

    question: str
    language: Language
    region: str | None
    topics: tuple[str, ...]
    nearest: str
    confidence: float


def redact(text: str) -> str:
    """The text on one line with e-mail addresses, links, phone and account numbers and ids replaced by what they were."""
    plain = " ".join(text.split())[:MAX_CHARACTERS]
    for label, pattern in PERSONAL:
        plain = pattern.sub(label, plain)
    return plain
