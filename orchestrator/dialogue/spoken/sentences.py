"""Short sentences with clean punctuation: brackets become pauses, semicolons ends."""

import re
from functools import cache

from orchestrator.conversation import Language

from .words import one_of, speech

LONG = 22
"""Words from which a sentence is parted where a clause ends."""
WHOLE = 5
"""Words that a part needs to stand alone."""
_PLURAL = re.compile(r"(?<=\w)\([^\W\d]{1,3}\)")
_ASIDE = re.compile(r"\s*[(\[]\s*([^()\[\]]*?)\s*[)\]]")
_DASH = re.compile(r"\s+[–—-]+(?:\s+|(?=[,.;:!?]|$))|(?<=[^\W\d])—(?=\w)")
_SEMICOLON = re.compile(r"\s*;\s*(?=\S)")
_ENDS = re.compile(r"(?<=[.!?])\s+(?=[^\s\d])")
_TIDY: tuple[tuple[re.Pattern[str], str], ...] = (
    (re.compile(r"\s*…\s*(?=[.!?,;:])"), ""),
    (re.compile(r"\s*…\s*$"), "."),
    (re.compile(r"\s*…\s*"), ", "),
    (re.compile(r"[ \t\n\u00a0\u202f]+(?![?!:;])|[ \t\n]+"), " "),
    (re.compile(r"(?:\s?,)+\s?(?=[,.!?;:])"), ""),
    (re.compile(r"(?<=[.!?:;]) ?,"), ""),
    (re.compile(r" +(?=[,.])"), ""),
    (re.compile(r"\s?:\s*(?=\.|$)"), ""),
    (re.compile(r"\.(?: ?\.)+"), "."),
    (re.compile(r"(?<=[!?]) ?\."), ""),
    (re.compile(r",(?=[^\s\d])"), ", "),
    (re.compile(r"^[\s,;:.]+|[\s,;:]+$"), ""),
)


def in_sentences(text: str, language: Language) -> str:
    """The text with pauses for brackets and dashes, and long sentences parted."""
    text = _PLURAL.sub("", text)
    for _ in range(3):
        text = _ASIDE.sub(lambda found: f", {found[1]}, " if re.search(r"\w", found[1]) else " ", text)
    text = _DASH.sub(", ", re.sub(r"[()\[\]]", " ", text))
    text = _tidied(text)
    text = _SEMICOLON.sub(". ", text)
    parts = (_parted(_capital(part), language) for part in _ENDS.split(text))
    said = _tidied(" ".join(part for part in parts if part))
    return f"{said}." if said[-1:].isalnum() else said


def sentences_of(text: str) -> list[str]:
    """The sentences of what is spoken."""
    return [part for part in _ENDS.split(text) if part]


def _tidied(text: str) -> str:
    for _ in range(4):
        before = text
        for pattern, instead in _TIDY:
            text = pattern.sub(instead, text)
        if text == before:
            break
    return text


def _capital(sentence: str) -> str:
    at = next((index for index, character in enumerate(sentence) if character.isalnum()), None)
    if at is None or not sentence[at].isalpha():
        return sentence
    return sentence[:at] + sentence[at].upper() + sentence[at + 1 :]


def _parted(sentence: str, language: Language) -> str:
    if len(sentence.split()) < LONG:
        return sentence
    for border in _borders(language).finditer(sentence):
        before, after = sentence[: border.start()], sentence[border.start() + 1 :].strip()
        if len(before.split()) >= WHOLE and len(after.split()) >= WHOLE:
            return f"{before}. {_parted(_capital(after), language)}"
    return sentence


@cache
def _borders(language: Language) -> re.Pattern[str]:
    return re.compile(rf",\s+(?=(?:{one_of(speech(language).borders)})\s)")
