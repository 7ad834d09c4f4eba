"""Several requests in one message, taken apart: "where is my order and can I return the kettle?"."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache

from orchestrator.conversation import Language

from .lexicon import Phrases, WordList, load_list
from .normalise import clean, fold_aligned

_SENTENCE_END = re.compile(r"(?<=[?!;])\s+|(?<=[^\W\d]\.)\s+|\n+|(?<=\?)(?=\w)")
# "Hi," or "Bonjour madame," before the request.
_GREETING = re.compile(r"^[^\W\d]+(?: [^\W\d]+)?, ")
_SENTENCE = re.compile(r"(?<=[.?!;])\s+|\n+")
_SHORTEST = 3
# "My postcode is 8004", "Mein Name ist Jonas Keller, 8004 Zürich": longer than this it says something else too.
_LONGEST_PROOF = 7
# More pieces than this is a story, not a list of requests: it stays whole.
_MOST = 4


class SegmentWords(WordList):
    """The words of one language; see the list for what each is."""

    joints: Phrases
    additions: Phrases
    asks: Phrases
    commands: Phrases
    back: Phrases
    closing: Phrases


class SegmentLists(WordList):
    """The words by language, and the words a dependent clause opens with."""

    languages: dict[Language, SegmentWords]
    subordinate: Phrases


@dataclass(frozen=True)
class _Patterns:
    cut: re.Pattern[str]
    addition: re.Pattern[str]
    ask: re.Pattern[str]
    command: re.Pattern[str]
    back: re.Pattern[str]
    closing: re.Pattern[str]


@dataclass(frozen=True)
class _Piece:
    """A stretch of the message; `added` when it is announced as a further thing, `opens` when it starts a sentence."""

    text: str
    added: bool
    opens: bool


def split_requests(text: str, language: Language) -> tuple[str, ...]:
    """The requests of a message in order; the whole (cleaned) text when there is one, or when in doubt.

    Two requests are two questions, wishes or orders, each with words of its own; a statement with its question is one.
    """
    text = clean(text)
    patterns = _patterns(language)
    requests: list[str] = []
    asked = False
    for piece in _pieces(text, patterns):
        asks = _asks(piece, patterns)
        own = asks and (piece.added or (asked and not _points_back(piece.text, patterns)))
        if requests and own and _is_full(requests[-1]):
            requests.append(piece.text)
            asked = True
        elif requests:
            requests[-1] = f"{requests[-1]} {piece.text}"
            asked = asked or asks
        else:
            requests.append(piece.text)
            asked = asks
    if not 1 < len(requests) <= _MOST:
        return (text,) if text else ()
    return tuple(requests)


def without_proofs(text: str, proofs: Iterable[str], language: Language) -> str:
    """The text without its short statements that only prove who is asking ("My postcode is 8004."), as long as something is left."""
    patterns, proofs = _patterns(language), tuple(proofs)

    def proves(sentence: str) -> bool:
        short = len(sentence.split()) <= _LONGEST_PROOF
        return short and any(proof in sentence for proof in proofs) and not _asks(_Piece(sentence, added=False, opens=True), patterns)

    return " ".join(sentence for sentence in _SENTENCE.split(text) if not proves(sentence)) or text


def _pieces(text: str, patterns: _Patterns) -> list[_Piece]:
    pieces: list[_Piece] = []
    for sentence in _SENTENCE_END.split(text):
        start, added = 0, False
        if (leading := patterns.addition.match(fold_aligned(sentence))) is not None:
            start, added = leading.end(), True
        opens = True
        for match in patterns.cut.finditer(fold_aligned(sentence), start):
            rest = fold_aligned(sentence[match.end() :])
            if _is_full(sentence[start : match.start()]) and _is_full(rest) and patterns.ask.match(rest) and not _subordinate().match(rest):
                pieces.append(_Piece(sentence[start : match.start()].strip(" ,"), added, opens))
                start, added, opens = match.end(), match["addition"] is not None, False
        pieces.append(_Piece(sentence[start:].strip(" ,"), added, opens))
    return [piece for piece in pieces if piece.text.strip(" .!?")]


def _asks(piece: _Piece, patterns: _Patterns) -> bool:
    folded = _GREETING.sub("", fold_aligned(piece.text)).lstrip("¿¡ ")
    if _subordinate().match(folded):
        return False
    return (
        patterns.ask.match(folded) is not None or (piece.opens and patterns.command.match(folded) is not None) or piece.text.endswith("?")
    )


def _points_back(text: str, patterns: _Patterns) -> bool:
    folded = fold_aligned(text)
    return patterns.back.search(folded) is not None or patterns.closing.search(folded) is not None or not _is_full(text)


def _is_full(text: str) -> bool:
    return len(text.split()) >= _SHORTEST


@cache
def _patterns(language: Language) -> _Patterns:
    words = load_list("segments", SegmentLists).languages[language]
    additions = _any(words.additions)
    return _Patterns(
        cut=re.compile(rf"(?:,\s*|\s+)(?:(?P<addition>{additions})|(?:{_any(words.joints)}))(?:,\s*|\s+)|,\s+"),
        addition=re.compile(rf"(?:{additions})(?:,\s*|\s+)"),
        ask=re.compile(rf"[¿¡]?(?:{_any(words.asks)})(?!\w)"),
        command=re.compile(rf"(?:{_any(words.commands)})(?!\w)"),
        back=re.compile(rf"(?<!\w)(?:{_any(words.back)})(?!\w)"),
        closing=re.compile(rf"(?<!\w)(?:{_any(words.closing)})\W*$"),
    )


@cache
def _subordinate() -> re.Pattern[str]:
    return re.compile(rf"(?:{_any(load_list('segments', SegmentLists).subordinate)})(?!\w)")


def _any(words: Phrases) -> str:
    return "|".join(sorted((re.escape(fold_aligned(word)) for word in words), key=len, reverse=True))
