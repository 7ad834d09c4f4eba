"""Numbers of orders, returns, exchanges, invoices and tickets, written (A-20417, "order 20417") or spoken ("A two zero four one seven")."""

import re
from collections.abc import Iterator
from functools import cache
from itertools import pairwise

from orchestrator.conversation import Language
from orchestrator.understanding.lexicon import Phrases, WordList, load_list
from orchestrator.understanding.normalise import fold, fold_aligned

from .base import Entity, EntityContext, EntityKind, entity
from .numbers import digit_words, number_words
from .patterns import any_of

# Letter, kind, digits: as the shop prints them.
_SHAPES: dict[str, tuple[EntityKind, int, int]] = {
    "a": ("order_id", 5, 6),
    "r": ("return_id", 5, 6),
    "e": ("exchange_id", 4, 6),
    "f": ("invoice_id", 5, 6),
    "t": ("ticket_id", 4, 6),
}
_LETTER_OF: dict[EntityKind, str] = {shape[0]: letter for letter, shape in _SHAPES.items()}
_WRITTEN = re.compile(r"(?<![\w-])([areft])(?: ?[-–—_./#:] ?| )?(\d(?:[ .-]?\d){3,5})(?![\d%]|[-.,]\d|\w)")
_NOT_ID_WORD = re.compile(r"(?:€|\$|£|chf|eur|francs?|franken|euros?|reais|%)")
_BARE = re.compile(r"(?<![\w.,-])#?(\d{4,6})(?![\w%]|[.,-]\d)")


class IdWords(WordList):
    """What the numbered things are called, and how a number is spoken."""

    order_id: Phrases
    return_id: Phrases
    exchange_id: Phrases
    invoice_id: Phrases
    ticket_id: Phrases
    between: Phrases
    dash: Phrases
    letters: dict[str, Phrases]


def find_ids(text: str, language: Language, context: EntityContext) -> list[Entity]:
    """Every order, return, exchange, invoice and ticket number."""
    folded = fold_aligned(text)
    found = list(_written(text, folded))
    if any(character.isdigit() for character in folded):
        found += _named(text, folded)
        found += _expected(text, folded, context)
    found += _spoken(text, folded, language, context)
    return found


def _written(text: str, folded: str) -> Iterator[Entity]:
    for match in _WRITTEN.finditer(folded):
        letter, digits = match[1], re.sub(r"\D", "", match[2])
        kind, shortest, longest = _SHAPES[letter]
        if not shortest <= len(digits) <= longest or _NOT_ID_WORD.match(folded[match.end() :].lstrip()):
            continue
        joined = match.end(1) == match.start(2) or folded[match.end(1) : match.start(2)].strip() != ""
        if not joined and not _is_letter_apart(text, folded, match):
            continue
        upper = text[match.start(1)].isupper()
        # "a 20417" may be an article before a number: only a capital or a dash makes it certain.
        yield entity(kind, f"{letter.upper()}-{digits}", text, match.span(), 1.0 if joined else 0.95 if upper else 0.85)


def _is_letter_apart(text: str, folded: str, match: re.Match[str]) -> bool:
    """Whether a letter that stands alone before a number belongs to it: not the "à", "è" or "e" of a sentence."""
    letter = text[match.start(1)]
    contiguous = match[2].isdigit() and re.match(r" \d", folded[match.end() :]) is None
    return contiguous and letter.isascii() and letter != "e"


def _named(text: str, folded: str) -> Iterator[Entity]:
    for match in _named_pattern().finditer(folded):
        kind = _kind_of(match["word"])
        letter = _LETTER_OF[kind]
        _, shortest, longest = _SHAPES[letter]
        digits = match["digits"]
        if not shortest <= len(digits) <= longest or _NOT_ID_WORD.match(folded[match.end() :].lstrip()):
            continue
        yield entity(kind, f"{letter.upper()}-{digits}", text, match.span("digits"), 0.9)


def _expected(text: str, folded: str, context: EntityContext) -> Iterator[Entity]:
    kinds: list[EntityKind] = [kind for kind in _LETTER_OF if kind in context.expects]
    if not kinds:
        return
    for match in _BARE.finditer(folded):
        for kind in kinds:
            letter = _LETTER_OF[kind]
            _, shortest, longest = _SHAPES[letter]
            if shortest <= len(match[1]) <= longest and not _NOT_ID_WORD.match(folded[match.end() :].lstrip()):
                yield entity(kind, f"{letter.upper()}-{match[1]}", text, match.span(1), 0.8)
                break


def _spoken(text: str, folded: str, language: Language, context: EntityContext) -> Iterator[Entity]:
    """Ids said word by word: a letter (or the thing's name), then digits as words."""
    digits, repeaters = digit_words(language), {**number_words("en").repeaters, **number_words(language).repeaters}
    words = [(match[0], match.start(), match.end()) for match in re.finditer(r"[a-z]+|\d", folded)]
    at = 0
    while at < len(words):
        run, after = _digit_run(words, at, digits, repeaters)
        if len(run) < 4 or after - at < 3:
            at += 1
            continue
        if (named := _spoken_kind(words, at, context)) is not None:
            kind, start = named
            _, shortest, longest = _SHAPES[_LETTER_OF[kind]]
            spelled = _is_spelled(words[at:after])
            if spelled and shortest <= len(run) <= longest:
                yield entity(kind, f"{_LETTER_OF[kind].upper()}-{run}", text, (words[start][1], words[after - 1][2]), 0.85)
        at = after


def _is_spelled(words: list[tuple[str, int, int]]) -> bool:
    """Whether digits are said one by one, as words or apart, and not written as a number."""
    apart = all(following[1] > word[2] for word, following in pairwise(words))
    return apart or any(not word.isdigit() for word, _, _ in words)


def _digit_run(words: list[tuple[str, int, int]], at: int, digits: dict[str, str], repeaters: dict[str, int]) -> tuple[str, int]:
    run = ""
    while at < len(words):
        word = words[at][0]
        if word in repeaters and at + 1 < len(words) and words[at + 1][0] in digits:
            run += digits[words[at + 1][0]] * repeaters[word]
            at += 2
        elif word.isdigit() or word in digits:
            run += digits.get(word, word)
            at += 1
        else:
            break
    return run, at


def _spoken_kind(words: list[tuple[str, int, int]], at: int, context: EntityContext) -> tuple[EntityKind, int] | None:
    dashes, letters, between = _dashes(), _spoken_letters(), _between()
    start = at
    while start > 0 and words[start - 1][0] in dashes:
        start -= 1
    if start > 0 and (letter := letters.get(words[start - 1][0])):
        return _SHAPES[letter][0], start - 1
    before = start
    while before > 0 and words[before - 1][0] in between and start - before < 3:
        before -= 1
    if before > 0 and words[before - 1][0] in _kinds():
        return _kinds()[words[before - 1][0]], at
    expected: list[EntityKind] = [kind for kind in _LETTER_OF if kind in context.expects]
    return (expected[0], at) if expected else None


@cache
def _id_words() -> IdWords:
    return load_list("ids", IdWords)


@cache
def _kinds() -> dict[str, EntityKind]:
    words = _id_words()
    lists: list[tuple[EntityKind, Phrases]] = [
        ("order_id", words.order_id),
        ("return_id", words.return_id),
        ("exchange_id", words.exchange_id),
        ("invoice_id", words.invoice_id),
        ("ticket_id", words.ticket_id),
    ]
    return {fold(word): kind for kind, names in lists for word in names}


def _kind_of(word: str) -> EntityKind:
    return _kinds()[word]


@cache
def _named_pattern() -> re.Pattern[str]:
    word = rf"\b(?P<word>{any_of(_kinds())})"
    between = rf"(?:[ .:,#°º-]{{0,3}}(?:{any_of(_id_words().between)})[.:°º#]?){{0,3}}[ :#°º.-]{{0,3}}"
    return re.compile(rf"{word}{between}(?P<digits>\d{{4,6}})(?![\w%]|[.,-]\d)")


@cache
def _dashes() -> frozenset[str]:
    return frozenset(part for phrase in _id_words().dash for part in re.findall(r"[a-z]+", fold(phrase)))


@cache
def _between() -> frozenset[str]:
    return frozenset(part for phrase in _id_words().between for part in re.findall(r"[a-z]+", fold(phrase)))


@cache
def _spoken_letters() -> dict[str, str]:
    letters = {letter: letter for letter in _SHAPES}
    for letter, names in _id_words().letters.items():
        letters.update({fold(name): letter.lower() for name in names})
    return letters
