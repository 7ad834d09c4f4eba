"""Text from pieces that may end anywhere: inside a character, or inside a model's own thinking."""

import codecs
import re
from typing import Literal

_PAIR_HEAD = re.compile("[\ud800-\udbff]\\Z")
_RAW_TAIL = re.compile("(?<![\ud800-\udbff])[\udc80-\udcff]+\\Z")
_RAW = re.compile("(?<![\ud800-\udbff])[\udc80-\udcff]+")
_Decoder = codecs.getincrementaldecoder("utf-8")
OPEN, CLOSE = "<think>", "</think>"


class TextJoiner:
    """Gives whole characters only.

    Some servers cut answers between the halves of a surrogate pair (as JSON escapes) or between the bytes of a character (which the decoder
    of events keeps as lone surrogates); such an end is held back until the rest comes.
    """

    def __init__(self) -> None:
        self._held = ""

    def push(self, piece: str) -> str:
        """The text that is whole by now, perhaps none."""
        text, self._held = self._held + piece, ""
        if _is_whole(text):
            return text
        whole = len(text) - _unfinished(text)
        self._held = text[whole:]
        return mended(text[:whole])

    def end(self) -> str:
        """What is left; half a character becomes a replacement character."""
        return mended(self._held)


class ThoughtFilter:
    """Leaves out the `<think>…</think>` with which reasoning models begin on some servers: it is not meant for customers."""

    def __init__(self) -> None:
        self._held = ""
        self._state: Literal["before", "inside", "closed", "after"] = "before"

    def push(self, piece: str) -> str:
        """The text outside of thoughts, perhaps none yet."""
        if self._state == "after":
            return piece
        self._held += piece
        if self._state == "before":
            begin = self._held.lstrip()
            if begin.startswith(OPEN):
                self._state = "inside"
            elif not OPEN.startswith(begin):
                return self._pass_on(self._held)
        if self._state == "inside":
            _, closed, rest = self._held.partition(CLOSE)
            self._held = rest if closed else self._held[-len(CLOSE) :]
            self._state = "closed" if closed else "inside"
        # After a thought come line ends that belong to nobody.
        return self._pass_on(self._held.lstrip()) if self._state == "closed" and self._held.strip() else ""

    def end(self) -> str:
        """What was held back because it might have become a thought."""
        return self._held if self._state == "before" else ""

    def _pass_on(self, text: str) -> str:
        self._held, self._state = "", "after"
        return text


def _is_whole(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def _unfinished(text: str) -> int:
    """How many of the last code points are the beginning of a character."""
    if _PAIR_HEAD.search(text):
        return 1
    run = _RAW_TAIL.search(text)
    if run is None:
        return 0
    decoder = _Decoder(errors="replace")
    decoder.decode(run[0].encode("utf-8", "surrogateescape"))
    return len(decoder.getstate()[0])


def mended(text: str) -> str:
    """The text with pairs and bytes joined; what fits nothing becomes a replacement character."""
    raw = _RAW.sub(lambda found: found[0].encode("utf-8", "surrogateescape").decode("utf-8", "replace"), text)
    return raw.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
