"""A text in the pieces that figures are made of: dates, hours, codes, contacts, numbers, words and signs."""

import re
from decimal import Decimal
from typing import Literal, NamedTuple, cast

from orchestrator.governance.lexicon import fold

TokenKind = Literal["email", "day", "hour", "phone", "money", "code", "number", "word", "sign"]

_GROUPED = r"\d{1,3}(?:[.,'’\u00a0\u202f ]\d{3})+(?:[.,]\d{1,2})?(?!\d)"
_CURRENCY = r"(?:chf|eur|usd|gbp|brl|sfr|fr)"
_TOKEN = re.compile(
    r"(?P<email>[\w.+-]+@[\w-]+(?:\.[\w-]+)+)"
    r"|(?P<day>(?<!\d)\d{4}-\d\d-\d\d(?!\d)|(?<![\d.])\d{1,2}(?P<mark>[./-])\s?\d{1,2}(?P=mark)\s?(?:20)?\d\d(?!\d|\.\d)"
    r"|(?<![\d.,])\d{1,2}\.\s?(?:0?[1-9]|1[0-2])\.(?=\s*[\w,;)–-])|(?<![\d/])\d{1,2}/\d{1,2}(?![\d/]))"
    r"|(?P<hour>(?<!\d)\d{1,2}:\d\d(?::\d\d(?:\.\d+)?)?(?!\d)|(?<!\d)\d{1,2}\s?h(?:\s?\d\d(?!\d)|(?!\w))|(?<![\d.])\d{1,2}\.\d\d(?=\s?uhr))"
    r"|(?P<phone>(?:\+|(?<!\d)00)\d[\d ()/.-]{6,}\d|(?<![\d.,'-])0\d{1,4}(?:[ ./-]?\d{2,4}){2,5}(?!\d)"
    r"|(?<!\d)\d{3,4}(?:[ .-]\d{2,4}){3,}(?!\d))"
    r"|(?P<money>(?<![a-z])R\$|(?<![a-z])US\$|[€£$])"
    rf"|(?P<code>(?<![^\W_])(?!{_CURRENCY}\d)(?:[a-z]{{1,3}}-?\d[\da-z]*|[a-z]{{4,}}-?\d{{2,}}[\da-z]*|[a-z]{{4,}}\d)(?:-[\da-z]+)*(?![^\W_])"
    r"|(?<![^\W_])\d+[a-z]+\d[\da-z]*(?![^\W_]))"
    rf"|(?P<number>{_GROUPED}|\d+(?:[.,]\d+)?)"
    r"|(?P<word>[^\W\d_]+)"
    r"|(?P<sign>°C|[%°ºª–—‑/×&,;.:()|!?-])",
    re.IGNORECASE,
)


class Token(NamedTuple):
    """One piece: `word` is folded, `start` and `end` are offsets into the text."""

    kind: TokenKind
    word: str
    start: int
    end: int


def tokens_of(text: str) -> list[Token]:
    """The pieces of a text in order; white space and other signs are left out."""
    found = list[Token]()
    for match in _TOKEN.finditer(text):
        kind = cast("TokenKind", match.lastgroup)
        found.append(Token(kind, fold(match.group()), match.start(), match.end()))
    return found


def decimal_of(written: str) -> Decimal:
    """The value of a number in any notation: `1'200.50`, `1.200,50` and `1 200,5` are 1200.5, `1.200` is 1200, `0.125` is itself."""
    compact = re.sub(r"['’\s]", "", written)
    marks = re.findall(r"[.,]", compact)
    tail = re.search(r"[.,](\d+)$", compact)
    is_decimal = tail is not None and (len(tail[1]) != 3 or compact.startswith("0") or marks[-1] != marks[0])
    if tail is not None and is_decimal:
        return Decimal(re.sub(r"[.,]", "", compact[: tail.start()]) + "." + tail[1])
    return Decimal(re.sub(r"[.,]", "", compact))


def plain(value: Decimal) -> str:
    """A value in its shortest spelling: `59.9`, `1200`."""
    return f"{value.normalize():f}"
