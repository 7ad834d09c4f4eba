"""E-mail addresses said aloud: "l e a punkt meier at bluewin punkt c h"."""

from collections.abc import Iterator, Sequence

from orchestrator.conversation import Language
from orchestrator.understanding.entities import EntityKind
from orchestrator.understanding.normalise import fold

from .elements import Element
from .lists import endings, marks
from .text import Change

JOINTS = frozenset(".-_")
LONGEST_ENDING = 12
GLUED_WORDS = 2
"""Words before the first one of an address that belong to it when an address was asked for ("lea rochat at …")."""


def addresses(elements: Sequence[Element], language: Language, expects: frozenset[EntityKind]) -> Iterator[Change]:
    """Every address that has a name, an at sign and a host with an ending."""
    elements = _without_asides(elements)
    for at, element in enumerate(elements):
        if element.kind != "sign" or element.text != "@" or at == 0:
            continue
        host = _host(elements, at + 1)
        if host is None:
            continue
        start, local = _local(elements, at, language, expects)
        written = f"{local}@{host[0]}"
        if local and not (elements[at].gap == "" and elements[start].first is elements[at - 1].last):
            yield Change(elements[start].start, elements[host[1] - 1].end, written)


def _without_asides(elements: Sequence[Element]) -> list[Element]:
    """The parts without "all lowercase" and the like; beside a dot or dash such a word is a name ("lea punkt klein")."""
    return [
        element
        for at, element in enumerate(elements)
        if element.kind != "aside" or any(other.kind == "sign" and other.text in JOINTS for other in elements[max(at - 1, 0) : at + 2])
    ]


def _host(elements: Sequence[Element], at: int) -> tuple[str, int] | None:
    """The host that begins here and where it ends; it has a dot."""
    text, at = _label(elements, at)
    if not text:
        return None
    end, dots = at, 0
    while at < len(elements) and elements[at].kind == "sign" and elements[at].text in ".-":
        sign = elements[at].text
        part, after = _ending(elements, at + 1) if sign == "." else _label(elements, at + 1)
        if not part or (sign == "." and len(part) > LONGEST_ENDING):
            break
        text, at, end, dots = f"{text}{sign}{part}", after, after, dots + (sign == ".")
    return (text, end) if dots else None


def _label(elements: Sequence[Element], at: int) -> tuple[str, int]:
    """A word, or letters and digits in a row."""
    if at < len(elements) and elements[at].kind in ("word", "link", "aside", "correction"):
        return _plain(elements[at]), at + 1
    text = ""
    while at < len(elements) and elements[at].kind in ("letter", "number"):
        text += _plain(elements[at])
        at += 1
        if len(elements[at - 1].first.text) > 1 and elements[at - 1].is_prefix:
            break
    return text, at


def _ending(elements: Sequence[Element], at: int) -> tuple[str, int]:
    """What follows a dot: a word ("com"), or letters ("c h"), whose names may have been written as words ("see h")."""
    names = endings()
    text = ""
    while at < len(elements) and len(text) < 3:
        element = elements[at]
        following = elements[at + 1] if at + 1 < len(elements) else None
        spelt = element.kind == "letter" and not element.is_prefix
        if element.kind == "letter" and element.is_common and text and not _goes_on(following):
            spelt = len(text) == 1
        if spelt:
            text += _plain(element)
        elif (text or _is_letter(following)) and (letter := names.get(element.first.folded)) and element.first is element.last:
            text += letter
        else:
            break
        at += 1
    if text:
        return text, at
    return (_plain(elements[at]), at + 1) if at < len(elements) and elements[at].kind == "word" else ("", at)


def _goes_on(element: Element | None) -> bool:
    return element is None or element.kind in ("letter", "sign")


def _is_letter(element: Element | None) -> bool:
    return element is not None and (element.kind == "letter" or (element.first.folded in endings() and len(element.text) > 1))


def _local(elements: Sequence[Element], at: int, language: Language, expects: frozenset[EntityKind]) -> tuple[int, str]:
    """The name before the at sign and where it begins."""
    start, text = _label_before(elements, at)
    while start >= 2 and text and elements[start - 1].kind == "sign" and elements[start - 1].text in JOINTS:
        before, part = _label_before(elements, start - 1)
        if not part:
            break
        start, text = before, f"{part}{elements[start - 1].text}{text}"
    if "email" in expects and text:
        start, text = _glued(elements, start, text, language)
    return start, text


def _label_before(elements: Sequence[Element], at: int) -> tuple[int, str]:
    """The label that ends before this element: letters and digits in a row, or a word, with the digits after it."""
    text = ""
    start = at
    while start > 0 and _is_spelling(elements[start - 1]) and (start == at or "." not in elements[start].gap):
        start -= 1
        text = _plain(elements[start]) + text
    only_digits = text.isdigit() or not text
    if only_digits and start > 0 and elements[start - 1].kind == "word":
        start -= 1
        text = _plain(elements[start]) + text
    return start, text


def _is_spelling(element: Element) -> bool:
    return element.kind in ("letter", "number")


def _glued(elements: Sequence[Element], start: int, text: str, language: Language) -> tuple[int, str]:
    """With the one or two words before, when nothing else was said: a recogniser hears no dot that is not pronounced."""
    stops = marks(language).stops
    first = start
    while first > 0 and elements[first - 1].kind == "word" and elements[first - 1].first.folded not in stops:
        if elements[first].gap.strip():
            return start, text
        first -= 1
    if 0 < start - first <= GLUED_WORDS:
        return first, "".join(_plain(element) for element in elements[first:start]) + text
    return start, text


def _plain(element: Element) -> str:
    return fold(element.text).replace("'", "")
