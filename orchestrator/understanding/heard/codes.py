"""Dictated numbers and letters, written as one: "A wie Anton zwo null vier eins sieben" is `A20417`."""

from collections.abc import Iterator, Sequence
from functools import cache

from orchestrator.understanding.entities import EntityKind
from orchestrator.understanding.entities.email import contact_words
from orchestrator.understanding.entities.ids import IdWords
from orchestrator.understanding.lexicon import load_list

from .elements import Element
from .lists import heard_lists
from .text import Change, phrase

CODES: frozenset[EntityKind] = frozenset(
    ("order_id", "return_id", "exchange_id", "invoice_id", "ticket_id", "postcode", "phone", "code")
)  # fmt: skip
ENOUGH = 4
"""Digits said one by one from which they can only be a code; fewer count where one is expected or announced."""
LONG = 4
"""Digits from which a number that is written in digits stands for itself."""
TIMES = "X"
REACH = 4
"""Words between a code and what announces it."""


def codes(elements: Sequence[Element], expects: frozenset[EntityKind]) -> Iterator[Change]:
    """Every dictation that is a code, and what it writes."""
    at = 0
    while at < len(elements):
        end = _run_end(elements, at)
        if end == at:
            at += 1
            continue
        run = _trimmed(elements[at:end])
        if run and not _is_attached(elements, end):
            alone = len(run) == len(elements)
            told = bool(expects & CODES) or _is_announced(elements[:at])
            yield from _changes(run, told=told, alone=alone)
        at = end


def _run_end(elements: Sequence[Element], at: int) -> int:
    end = at
    while end < len(elements) and elements[end].kind != "word" and elements[end].text not in ("@", "."):
        if end > at and _is_border(elements, end):
            break
        end += 1
    return end


def _is_attached(elements: Sequence[Element], end: int) -> bool:
    """Whether the letter before this is a part of the next word ("y a-t-il")."""
    return end < len(elements) and elements[end].gap == "-" and elements[end - 1].kind == "letter"


def _is_border(elements: Sequence[Element], at: int) -> bool:
    """Whether another thing begins here: a sentence, a second long number, or a word of one letter between two numbers."""
    before, one = elements[at - 1], elements[at]
    if any(mark in one.gap for mark in "?!;:"):
        return True
    if one.kind == "letter" and not one.is_sure and before.kind == "number":
        return one.is_common or one.text == TIMES
    if one.kind == before.kind == "letter" and one.is_common and not one.is_sure:
        return one.first.text.islower() and before.first.text.isupper()
    return before.kind == "number" and one.kind == "number" and max(_written_digits(before), _written_digits(one)) >= LONG


def _written_digits(element: Element) -> int:
    return len(element.text) if element.first.text.isdigit() and element.first is element.last else 0


def _trimmed(run: Sequence[Element]) -> list[Element]:
    """The run from its first to its last letter or number."""
    told = [index for index, element in enumerate(run) if element.kind in ("letter", "number") or element.text == "+"]
    return list(run[told[0] : told[-1] + 1]) if told else []


def _changes(run: list[Element], *, told: bool, alone: bool) -> Iterator[Change]:
    """The run as one code; else its parts that are one, then the letters in it that are spelt."""
    while run and _is_loose(run):
        run = _trimmed(run[1:])
    if not run:
        return
    symbols = _corrected(run)
    if _is_written(run):
        return
    is_put_right = any(element.kind == "correction" for element in run) and any(element.is_sure for element in symbols)
    if is_put_right or _is_code(symbols, told=told, alone=alone):
        yield Change(run[0].start, run[-1].end, _written(symbols))
        return
    for element in run:
        # "I like India" is a sentence.
        if element.is_sure and (told or len(run) > 1 or not element.is_common):
            yield Change(element.start, element.end, element.text)


def _is_loose(run: Sequence[Element]) -> bool:
    """Whether the first letter is a word of the sentence ("is it a two zero…" has no A, "a like alpha two…" has one)."""
    first = run[0]
    if first.kind != "letter" or first.is_sure or not first.is_common:
        return False
    if len(run) > 2 and run[1].kind == "correction":
        return run[2].kind != "letter"
    return len(run) > 1 and run[1].kind in ("restart", "link", "aside")


def _is_written(run: Sequence[Element]) -> bool:
    """Whether the text already has it as it should be."""
    whole = all(element.gap == "" or (element.gap == "-" and len(run) > 1) for element in run[1:])
    return whole and all(element.first is element.last and len(element.text) == len(element.first.text) for element in run)


def _corrected(run: Sequence[Element]) -> list[Element]:
    """What remains when corrections replace the symbols just before them."""
    kept: list[Element] = []
    segment: list[Element] = []
    for element in (*run, None):
        if element is None or element.kind in ("correction", "restart"):
            kept = _replaced(kept, segment)
            segment = []
            if element is not None and element.kind == "restart":
                kept = []
        elif element.kind not in ("link", "aside"):
            segment.append(element)
    return kept


def _replaced(kept: list[Element], segment: list[Element]) -> list[Element]:
    size = sum(len(element.text) for element in segment)
    only_digits = all(element.kind == "number" for element in segment)
    while kept and size > 0:
        last = kept[-1]
        if only_digits and last.kind == "letter":
            break
        if len(last.text) > size:
            shorter = last.text[: len(last.text) - size]
            kept = [*kept[:-1], Element(kind=last.kind, text=shorter, first=last.first, last=last.last)]
            break
        size -= len(last.text)
        kept = kept[:-1]
    return [*kept, *segment]


def _is_code(symbols: Sequence[Element], *, told: bool, alone: bool) -> bool:
    digits = sum(len(element.text) for element in symbols if element.kind == "number")
    letters = [element for element in symbols if element.kind == "letter"]
    parts = [element for element in symbols if element.kind == "number"]
    singles = _longest_row(symbols)
    if digits == 0:
        return _is_word(letters)
    if told and (digits >= ENOUGH or (letters and digits + len(letters) >= ENOUGH)):
        return True
    if singles >= ENOUGH or (digits > ENOUGH and _are_groups(parts)) or _is_mixed(symbols):
        return True
    head = symbols[0]
    clear = head.kind == "letter" and (head.is_sure or not head.is_common)
    if clear and (digits >= ENOUGH or (head.is_sure and digits >= 3)):
        return True
    if head.kind == "letter" and len(symbols) > 1 and symbols[1].text == "-" and digits >= 3:
        return True
    return alone and digits >= ENOUGH and len(parts) >= 2


def _are_groups(parts: Sequence[Element]) -> bool:
    """Whether numbers are the groups of one ("null sechs, zwölf, vierunddreissig"), not several that are listed."""
    listed = any("," in part.gap for part in parts[1:]) and not parts[0].text.startswith("0")
    return len(parts) >= 3 and not listed and not all(part.first.text.isdigit() for part in parts)


def _is_mixed(symbols: Sequence[Element]) -> bool:
    """Whether letters and digits come one by one, as in a British postcode."""
    digits = sum(element.is_digit for element in symbols)
    clear = any(element.kind == "letter" and (element.is_sure or not element.is_common) and not element.is_prefix for element in symbols)
    return clear and digits >= 2 and len(symbols) > ENOUGH and all(element.kind == "letter" or element.is_digit for element in symbols)


def _longest_row(symbols: Sequence[Element]) -> int:
    """Digits in the longest row of digits said one by one."""
    best = row = 0
    for element in symbols:
        row = row + len(element.text) if element.kind == "number" and element.is_digit else 0
        best = max(best, row)
    return best


def _is_word(letters: Sequence[Element]) -> bool:
    """Whether letters alone are a word that is spelt."""
    is_sure = any(element.is_sure for element in letters)
    plain = sum(len(element.text) for element in letters if not element.is_prefix)
    return len(letters) >= 4 or (len(letters) >= 2 and is_sure) or (len(letters) >= 3 and plain >= 3)


def _written(symbols: Sequence[Element]) -> str:
    text = "".join(element.text for element in symbols).strip("-_")
    return text.capitalize() if len(text) > 2 and text.isalpha() else text


def _is_announced(before: Sequence[Element]) -> bool:
    """Whether one of the last words says that a number comes: "order number", "Postleitzahl"."""
    reach = [element.first.folded for element in before[-REACH:]]
    for at, word in enumerate(reach):
        pair = (word, *reach[at + 1 : at + 2])
        if (word,) in _announcing() or pair in _announcing():
            return True
    return False


@cache
def _announcing() -> frozenset[tuple[str, ...]]:
    ids, contact = load_list("ids", IdWords), contact_words()
    names = (*ids.order_id, *ids.return_id, *ids.exchange_id, *ids.invoice_id, *ids.ticket_id, *contact.postcode)
    return frozenset(phrase(name) for name in (*names, *heard_lists().announcing))
