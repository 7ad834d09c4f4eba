"""What is heard and not meant: fillers, and the sounds of somebody who listens."""

from functools import cache

from orchestrator.conversation import Language
from orchestrator.understanding.normalise import clean, fold

from .lists import fillers, heard_lists
from .text import phrase, words_of

_SIGNS = frozenset("@_+")


def is_backchannel(text: str, language: Language) -> bool:
    """Whether the whole utterance only says "I'm listening" ("mhmm", "ja ja", "ok"), or nothing at all ("uh", "…").

    A bare yes or no is an answer and therefore none. What is one depends on the moment: after a question, "ok" may be a yes.
    """
    words = [word for word in words_of(clean(text)) if word.text not in _SIGNS]
    noise, known = fillers(language), _backchannels(language)
    meant = tuple(word.folded for word in words if not noise.fullmatch(word.text.lower()))
    return not meant or meant in known or tuple(word.folded for word in words) in known


def without_fillers(text: str, language: Language) -> str:
    """The text without "uh" and its kin; the comma after one goes too."""
    noise = fillers(language)
    pieces: list[str] = []
    end = 0
    for word in words_of(text):
        if not noise.fullmatch(word.text.lower()) or _is_joined(text, word.start, word.end):
            continue
        pieces.append(text[end : word.start])
        end = word.end
        while end < len(text) and text[end] in ",.… ":
            end += 1
        if pieces and pieces[-1] and not pieces[-1].endswith(" ") and end < len(text):
            pieces.append(" ")
    if not end:
        return text
    return " ".join("".join((*pieces, text[end:])).split()).rstrip(",")


def _is_joined(text: str, start: int, end: int) -> bool:
    """Whether the word is a part of another, as in an address or "e-mail"."""
    before, after = text[start - 1 : start], text[end : end + 1]
    return before in tuple("@.-_'’") or (after in tuple("@-_'’") and after != "")


@cache
def _backchannels(language: Language) -> frozenset[tuple[str, ...]]:
    return frozenset(phrase(fold(wording)) for wording in heard_lists().languages[language].backchannels)
