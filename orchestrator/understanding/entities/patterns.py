"""Words as a regular expression."""

import re
from collections.abc import Iterable

from orchestrator.understanding.normalise import fold

NEVER = "(?!)"


def any_of(words: Iterable[str]) -> str:
    """An alternation of the folded words, longest first; one that never matches when there are none."""
    texts = sorted({fold(word) for word in words}, key=len, reverse=True)
    return "|".join(map(re.escape, texts)) or NEVER
