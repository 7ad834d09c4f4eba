"""What must never leave in any sentence: foreign links, markup, names of our own parts, the prompt itself."""

import re
from collections.abc import Collection, Sequence
from functools import lru_cache

from orchestrator.governance.lexicon import fold

HOST = r"(?<![@\w.-])(?:[^\W_][\w-]*\.)+"
ENDINGS = (
    "com|net|org|info|biz|io|co|ai|app|dev|shop|store|online|site|xyz|top|link|click|example|test|support|page|cloud|live|pro|vip|tech"
    "|agency|website|digital|zip|mov|ru|cn|tk|ch|de|fr|it|es|pt|br|at|eu|uk|us|me|ly|gl|gg|cc|tv|nl|be|pl|se|dk|cz|ie|ca|au|in"
)
ADDRESS = re.compile(
    r"(?:[a-z][a-z0-9+.-]*:)?//[^\s)>\]]+|\bwww\.[^\s)>\]]+|\b(?:javascript|data|mailto|tel|sms|file|ftp|vbscript):\S+"
    rf"|{HOST}(?:{ENDINGS})(?:/[^\s)>\]]*)?(?![\w@])|{HOST}[^\W\d_]{{2,}}/[^\s)>\]]+",
    re.IGNORECASE,
)
"""What leads somewhere: a scheme, a host with a known ending, or any host with a path."""
TARGET = re.compile(r"\]\(\s*<?([^)\s>]+)|^\s{0,3}\[[^\]]+\]:\s*(\S+)", re.MULTILINE)
IMAGE = re.compile(r"!\[[^\]]*\](?:\([^)]*\)?|\[[^\]]*\])?")
MARKUP = re.compile(
    r"<[a-z/!?|][^>\n]*>?|&(?:#\w+|[a-z]{2,8});|```|<\|"
    "|[\u00ad\u200b\u200e\u200f\u202a-\u202e\u2060-\u2069\ufeff\U000e0000-\U000e007f]",
    re.IGNORECASE,
)
PLUMBING = re.compile(
    r"\b[a-z][a-z0-9]*(?:_[a-z0-9]+)+\b|[{\[]\s*[\"']\w+[\"']\s*[:,]|\{\{|\}\}|\{%|\b[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}\b|\b[0-9a-f]{24,}\b"
)
WORD = re.compile(r"[^\W_]+")
RUN = 9
"""So many words in a row that stand in the prompt are a quotation of it."""


def foreign_addresses(text: str, allowed: Collection[str]) -> tuple[str, ...]:
    """Links, images, bare domains and link targets that lead elsewhere than the allowed prefixes."""
    found = [match.group() for match in IMAGE.finditer(text)]
    found += [match[1] or match[2] for match in TARGET.finditer(text) if not _is_allowed(match[1] or match[2], allowed)]
    found += [match.group() for match in ADDRESS.finditer(text) if not _is_allowed(match.group().rstrip(".,;:!?"), allowed)]
    return tuple(dict.fromkeys(found))


def _is_allowed(address: str, allowed: Collection[str]) -> bool:
    """Whether an address lies under an allowed prefix; a host is whole ("shop.example" does not allow "shop.example.evil")."""
    for prefix in allowed:
        bare = re.sub(r"^https?://", "", prefix) if "://" not in address else prefix
        if address.startswith(bare) and (bare.endswith("/") or address[len(bare) : len(bare) + 1] in ("", "/", "?", "#")):
            return True
        if bare.endswith("/") and address == bare[:-1]:
            return True
    return False


def markup(text: str) -> tuple[str, ...]:
    """HTML, entities, code fences, control tokens and characters that nobody sees."""
    return tuple(match.group() for match in MARKUP.finditer(text))


def plumbing(text: str, names: Collection[str]) -> tuple[str, ...]:
    """Names of our own parts: those given, and whatever looks like a field, a template or an id of ours."""
    found = [match.group() for match in PLUMBING.finditer(text)]
    if names:
        found += [match.group() for match in _names(frozenset(names)).finditer(text)]
    return tuple(dict.fromkeys(found))


@lru_cache(maxsize=8)
def _names(names: frozenset[str]) -> re.Pattern[str]:
    return re.compile(r"(?<!\w)(?:" + "|".join(map(re.escape, sorted(names, key=len, reverse=True))) + r")(?!\w)")


def quotes_prompt(text: str, prompt: str, shown: Sequence[str] = ()) -> str:
    """The words that a text has in a row from the prompt; none when they also stand in what may be shown (passages)."""
    words = _words(text)
    if not prompt or len(words) < RUN:
        return ""
    runs = _runs(prompt)
    for place in range(len(words) - RUN + 1):
        run = tuple(words[place : place + RUN])
        if run in runs and not any(run in _runs(piece) for piece in shown):
            return " ".join(run)
    return ""


@lru_cache(maxsize=64)
def _runs(text: str) -> frozenset[tuple[str, ...]]:
    words = _words(text)
    return frozenset(tuple(words[place : place + RUN]) for place in range(len(words) - RUN + 1))


def _words(text: str) -> list[str]:
    return [fold(word) for word in WORD.findall(text)]
