"""Phrase patterns: a small notation for wordings, found in a message in microseconds however many there are.

Word lists are content, so they are written by people who write, not as regular expressions:

- words as they are said; case, accents and punctuation do not matter (`where is my order`);
- `(a|the|one of your)` is a choice, `[please]` may be absent, `[a|the]` is both;
- `refund*` is any ending of a word; `~` is a gap of up to three words within a sentence; `.` is the end of a sentence or a comma;
- `^` is the start of the message, `$` its end; `{other words}` must not follow.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache

from .normalise import fold

_KEY = 4
_NOT_WORD = re.compile(r"[^\w.\n]+|_+")
_ENDS = re.compile(r"(?:\s*[.!?…;:,()\n]+)+(?=\s|$)|[!?…;:,()\n]+")
_ELEMENT = re.compile(r"\(([^)]*)\)|\[([^\]]*)\]|\{([^}]*)\}|([~^$.])|([^\s()\[\]{}~^$.]+)")

_MISWRITTEN = re.compile(r"\([^)]*[(\[{]|\[[^\]]*[(\[{]|\{[^}]*[(\[{]|\([^)]*$|\[[^\]]*$|\{[^}]*$|^[^(]*\)|^[^\[]*\]|^[^{]*\}")


def matching_form(text: str) -> str:
    """The text as phrases see it: folded words between blanks, each clause end (and the last) a `.`, blanks at both ends."""
    ended = _ENDS.sub(" . ", fold(text))
    return f" {' '.join(_NOT_WORD.sub(' ', ended).split())} . "


def words_of(form: str) -> list[str]:
    """The words of a matching form, without clause ends."""
    return [word for word in form.split() if word != "."]


@dataclass(frozen=True, kw_only=True)
class Found:
    """A phrase found in a matching form; `start` and `end` are the offsets of its words, without the spaces around."""

    label: str
    start: int
    end: int


@dataclass(frozen=True)
class _Phrase:
    label: str
    text: str


class PhraseBook:
    """Phrases by label. Only those that share a rare word's beginning with the message are tried at all."""

    def __init__(self, phrases: Mapping[str, Iterable[str]]) -> None:
        self._by_key: dict[str, list[_Phrase]] = {}
        for label, texts in phrases.items():
            for text in texts:
                if _MISWRITTEN.search(text):
                    msg = f"phrase {text!r} ({label}) nests or leaves open a bracket; write the choices out side by side"
                    raise ValueError(msg)
                phrase = _Phrase(label, text)
                for key in _anchor_keys(text):
                    self._by_key.setdefault(key, []).append(phrase)

    def find(self, form: str) -> list[Found]:
        """Every phrase in the matching form, by start; the longer first where two start together."""
        found: set[tuple[int, int, str]] = set()
        for phrase in self._candidates(form):
            for match in phrase_pattern(phrase.text).finditer(form):
                start, end = match.span()
                found.add((start + 1, -end, phrase.label))
        return [Found(label=label, start=start, end=-end) for start, end, label in sorted(found)]

    def labels(self, form: str) -> frozenset[str]:
        """The labels that have a phrase in the matching form."""
        seen: set[str] = set()
        for phrase in self._candidates(form):
            if phrase.label not in seen and phrase_pattern(phrase.text).search(form):
                seen.add(phrase.label)
        return frozenset(seen)

    def _candidates(self, form: str) -> list[_Phrase]:
        found: dict[_Phrase, None] = {}
        by_key = self._by_key
        for word in dict.fromkeys(form.split()):
            for phrase in by_key.get(word[:_KEY], ()):
                found[phrase] = None
        return list(found)


@cache
def phrase_pattern(phrase: str) -> re.Pattern[str]:
    """The regular expression of one phrase over a matching form."""
    parts: list[str] = []
    for choice, optional, barred, mark, word in _ELEMENT.findall(phrase):
        if mark:
            parts.append(_MARKS[mark])
        elif barred:
            parts.append(f"(?!{_choice(barred)}(?= ))")
        elif optional:
            parts.append(f"(?:{_choice(optional)})?")
        else:
            parts.append(f"(?:{_choice(choice or word)})")
    return re.compile("".join(parts) + "(?= )")


_MARKS = {"~": r"(?: \w+){0,3}?", ".": r" \.", "^": r"^(?: \.)*", "$": r"(?: \.)*(?= $)"}


def _choice(options: str) -> str:
    # Longest first: an alternation takes the first that fits.
    return "|".join(_words(option) for option in sorted(options.split("|"), key=len, reverse=True))


def _words(text: str) -> str:
    return "".join(f" {_word(word)}" for word in _plain_words(text))


def _plain_words(text: str) -> list[str]:
    return re.sub(r"[^\w*'.]+", " ", _umlauts(_folded_but_umlauts(text))).split()


def _word(word: str) -> str:
    if word == ".":
        return r"\."
    # An apostrophe is typed, left out, or a space: "don't", "dont", "don t".
    pattern = word.replace("'", " ?").replace("*", r"\w*").strip()
    return pattern.replace("AE", "(?:a|ae)").replace("OE", "(?:o|oe)").replace("UE", "(?:u|ue)")


def _folded_but_umlauts(text: str) -> str:
    """Folded, but with ä ö ü kept: in German a phrase must also be found when typed ae, oe, ue."""
    return "".join(character if character in "äöü" else fold(character) for character in text.lower())


def _umlauts(text: str) -> str:
    return text.replace("ä", "AE").replace("ö", "OE").replace("ü", "UE")


def _anchor_keys(phrase: str) -> set[str]:
    """The word beginnings one of which every match has: of the mandatory elements, the one with the longest."""
    best: tuple[int, set[str]] = (0, set())
    for choice, _optional, _barred, _mark, word in _ELEMENT.findall(phrase):
        options = [option for option in (choice or word).split("|") if option]
        anchors = [_anchor(option) for option in options]
        if anchors and (length := min(size for size, _ in anchors)) > best[0]:
            best = length, set[str]().union(*(keys for _, keys in anchors))
    if not best[1]:
        msg = f"phrase {phrase!r} has no word that must be there; add one outside the brackets"
        raise ValueError(msg)
    return best[1]


def _anchor(option: str) -> tuple[int, set[str]]:
    candidates = [(_anchor_length(word), word) for word in _plain_words(option)]
    if not candidates:
        return 0, set()
    length, word = max(candidates)
    return length, _keys(word)


def _anchor_length(word: str) -> int:
    if word == ".":
        return 0
    head = word.split("*")[0]
    return 0 if "*" in word and len(head) < _KEY else (1 if "'" in word else len(head))


def _keys(word: str) -> set[str]:
    head = word.split("*")[0]
    forms = {head}
    if "'" in head:
        forms = {head.replace("'", ""), head.split("'")[0]}
    spelled = {form.replace("AE", "a").replace("OE", "o").replace("UE", "u") for form in forms}
    spelled |= {form.replace("AE", "ae").replace("OE", "oe").replace("UE", "ue") for form in forms}
    return {form[:_KEY] for form in spelled}
