"""E-mail addresses, written or spoken ("jane dot doe at example dot com") in six languages."""

import re
from functools import cache

from orchestrator.understanding.lexicon import Phrases, WordList, load_list
from orchestrator.understanding.normalise import fold_aligned

from .base import Entity, entity
from .patterns import any_of

_WRITTEN = re.compile(
    r"(?<![\w.+-])[a-z0-9][\w.+'-]{0,63} ?@ ?(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]{2,24}(?![\w-]|\.\w)", re.IGNORECASE
)
_MASKED_DOT = r" ?(?:[\[({] ?(?:dot|point|punkt|punto|ponto)? ?[\])}]|\.) ?"
_MASKED = re.compile(
    rf"(?<![\w.+-])([\w.+-]{{1,64}}) ?[\[({{] ?(?:at|@|arobase|arroba|chiocciola) ?[\])}}] ?([\w-]+(?:{_MASKED_DOT}[\w-]+)+)",
    re.IGNORECASE,
)


class ContactWords(WordList):
    """How the signs of addresses are spoken, and the words before postcodes."""

    at: Phrases
    dot: Phrases
    underscore: Phrases
    dash: Phrases
    hosts: Phrases
    postcode: Phrases


def contact_words() -> ContactWords:
    """The list `contact`."""
    return load_list("contact", ContactWords)


def find_emails(text: str) -> list[Entity]:
    """Every e-mail address, lower-case."""
    found = [
        entity("email", match[0].replace(" ", "").lower(), text, match.span(), 1.0) for match in _WRITTEN.finditer(text) if "@" in text
    ]
    found += [_masked(text, match) for match in _MASKED.finditer(text)]
    if not found:
        found = [_spoken(text, match) for match in _spoken_pattern().finditer(fold_aligned(text))]
    return found


def _masked(text: str, match: re.Match[str]) -> Entity:
    host = re.sub(_MASKED_DOT, ".", match[2], flags=re.IGNORECASE)
    return entity("email", f"{match[1]}@{host}".lower(), text, match.span(), 0.95)


def _spoken(text: str, match: re.Match[str]) -> Entity:
    local, host = _signs(match["local"]), _signs(match["host"])
    confidence = 0.9 if "." in host.rpartition(".")[0] or host.split(".")[0] in _hosts() else 0.85
    return entity("email", f"{local}@{host}", text, match.span(), confidence)


def _signs(spoken: str) -> str:
    words = contact_words()
    for sign, names in ((".", words.dot), ("_", words.underscore), ("-", words.dash)):
        spoken = re.sub(rf"\s+(?:{any_of(names)})\s+", sign, spoken)
    return re.sub(r"\s+", "", spoken)


@cache
def _hosts() -> frozenset[str]:
    return frozenset(contact_words().hosts)


@cache
def _spoken_pattern() -> re.Pattern[str]:
    words = contact_words()
    joint = rf"(?: (?:{any_of(words.dot + words.underscore + words.dash)}) |[._-])"
    local = rf"(?P<local>[a-z0-9]+(?:{joint}[a-z0-9]+){{0,4}})"
    host = (
        rf"(?P<host>[a-z0-9]+(?:(?: (?:{any_of(words.dash)}) |-)[a-z0-9]+){{0,2}}(?:(?: (?:{any_of(words.dot)}) |\.)[a-z]{{2,12}}){{1,3}})"
    )
    return re.compile(rf"(?<![\w@]){local} (?:{any_of(words.at)}|@) {host}(?!\w)")
