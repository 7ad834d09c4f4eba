"""The body of a letter: an e-mail without its salutation, its closing and what follows it."""

import re
from functools import lru_cache

from orchestrator.understanding.lexicon import WordList, load_list
from orchestrator.understanding.normalise import fold


class LetterLines(WordList):
    """First and last lines of letters in all languages, as regular expressions over folded text."""

    openings: tuple[str, ...]
    closings: tuple[str, ...]


def letter_body(text: str) -> str:
    """The lines between salutation and closing; the whole text when nothing would be left."""
    openings, closings = _patterns()
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    start = 1 if lines and openings.fullmatch(_plain(lines[0])) else 0
    end = next((number for number, line in enumerate(lines) if number > start and closings.fullmatch(_plain(line))), len(lines))
    return "\n".join(lines[start:end]) or text


def _plain(line: str) -> str:
    return fold(line).strip(" ,.!:;-")


@lru_cache
def _patterns() -> tuple[re.Pattern[str], re.Pattern[str]]:
    lines = load_list("letters", LetterLines)
    return re.compile("|".join(lines.openings)), re.compile("|".join(lines.closings))
