"""Cuts streamed text into sentences as they end, so that none waits for the whole answer."""

import re
from functools import cache

from orchestrator.governance.lexicon import Phrases, WordList, fold, load_list

LONGEST = 240
"""A sentence without an end is let go at this many characters."""
END = re.compile(r"(?P<newline>\n)|(?P<wide>[。！？]+[」』”’）]*)|(?P<mark>[.!?…]+)[»”\"’')\]*_]*(?=(?P<space>\s+)(?P<next>\S)?)")
LAST_WORD = re.compile(r"[^\s(«“\"„‘]+$")
BREAK = re.compile(r"[,;:)–—](?=\s)")
GAP = re.compile(r"(?<!\d)\s(?!\d)")


class EndWords(WordList):
    """The list `sentence_ends`."""

    never: Phrases
    sometimes: Phrases


class Cutter:
    """Takes pieces of text and gives whole sentences; all of them joined are the text again."""

    def __init__(self, language: str) -> None:
        self._language = language
        self._open = ""
        self._searched = 0

    def feed(self, piece: str) -> list[str]:
        """The sentences that have ended with this piece."""
        self._open += piece
        ended = list[str]()
        while (size := self._size()) > 0:
            ended.append(self._open[:size])
            self._open, self._searched = self._open[size:], 0
        return ended

    def close(self) -> list[str]:
        """What is left when no more comes."""
        left, self._open, self._searched = self._open, "", 0
        return [left] if left else []

    def _size(self) -> int:
        """The length of the first sentence, 0 while it goes on."""
        for match in END.finditer(self._open, self._searched):
            if not self._open[: match.end()].strip():
                continue
            verdict = self._ends(match)
            if verdict is None:
                return 0
            if verdict:
                return match.end()
        if len(self._open) > LONGEST:
            return self._forced()
        # An end at the edge of the text has not seen what follows; everything before it need not be looked at again.
        self._searched = max(0, len(self._open.rstrip(".!?…»”\"’')]*_ \n\t")) - 1)
        return 0

    def _ends(self, match: re.Match[str]) -> bool | None:
        """Whether a sentence ends here; None: what comes next will tell."""
        if match["newline"] or match["wide"] or match["mark"] != ".":
            return True
        before = self._open[: match.start()]
        last = LAST_WORD.search(before)
        word = fold(last.group()).strip(".’'-") if last else ""
        never, sometimes = _end_words()
        if word in never or (len(word) == 1 and word.isalpha()):
            return False
        if word.isdigit():
            return self._ends_after_number(before, word, match["next"])
        if word in sometimes:
            return match["next"].isupper() if match["next"] else None
        return True

    def _ends_after_number(self, before: str, number: str, following: str | None) -> bool | None:
        """ "1. First" and "am 3. November" go on; "It costs 20. The other" does not."""
        if before.strip() == number or (self._language == "de" and len(number) <= 2):
            return False
        return None if following is None else not following.islower()

    def _forced(self) -> int:
        """The last place to break within the limit: after a comma, between words that are no figures, anywhere."""
        for pattern in (BREAK, GAP):
            places = [match.end() for match in pattern.finditer(self._open, LONGEST // 2, LONGEST)]
            if places:
                return places[-1]
        return LONGEST


@cache
def _end_words() -> tuple[frozenset[str], frozenset[str]]:
    words = load_list("sentence_ends", EndWords)
    return frozenset(map(fold, words.never)), frozenset(map(fold, words.sometimes))
