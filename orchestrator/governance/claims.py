"""Which sentences say that something was done, will be done or is the customer's right: what needs a ledger row or a passage."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Annotated, Literal

from pydantic import BeforeValidator

from orchestrator.conversation import Language
from orchestrator.governance.lexicon import Phrases, WordList, fold, load_list

CLAUSE = re.compile(r"[,;:—–](?=\s)|\s[-–—]\s|[.!?…](?=\s)|\b(?:but|mais|aber|sondern|ma|mas|pero|sino)\b")
DRESS = re.compile(r"[*_`#>«»“”\"„¡¿()\[\]]+")
TAG_WORDS = 3
"""A question of so few words after a statement ("..., all right?") leaves the statement one."""
KINDS = frozenset((
    "refund", "return", "exchange", "cancel", "address", "reschedule", "discount", "invoice", "replace", "claim", "ticket", "message",
    "delivery", "pickup", "order",
))  # fmt: skip
"""What a claim can be about."""
EVERY = KINDS - {"message", "delivery", "pickup"}
CLASSES: Mapping[str, frozenset[str]] = {
    "made": EVERY - {"address"},
    "sent": frozenset(("refund", "discount", "invoice", "replace", "message")),
    "changed": frozenset(("address", "reschedule")),
    "moved": frozenset(("reschedule",)),
    "passed": frozenset(("ticket",)),
}
"""What each class of verbs may be done to; the other verbs name their effect themselves."""

NEVER_PROMISED = frozenset(("reschedule", "order", "address"))
"""Their words name what is on its way: a promise about a parcel is one of delivery."""
ORDER = "order"
"""Placed by us ("I have placed the order") it is an effect; "your order was placed" is the customer's own."""


def _lines(written: object) -> object:
    return tuple(line.strip() for line in written.splitlines() if line.strip()) if isinstance(written, str) else written


Lines = Annotated[tuple[str, ...], BeforeValidator(_lines)]


class ClaimList(WordList):
    """The list `claims/<language>`: regular expressions over folded text."""

    topics: dict[str, Phrases]
    verbs: dict[str, Phrases]
    states_of: Phrases
    own: Lines
    habit: Lines = ()
    joined: Lines
    passive: Lines
    state: Lines
    plain: dict[str, Phrases]
    promise: Phrases
    entitlement: Phrases
    negation: str
    condition: str
    generic: str
    consent: str
    free: str
    promised: dict[str, Phrases]


@dataclass(frozen=True, kw_only=True)
class Claims:
    """What a sentence claims.

    Attributes:
        effects: Kinds of effects said to be done; "any" when it is not said which.
        promises: It says what will happen.
        entitlement: It grants or explains a right, a guarantee, something free of charge.
        own: An effect is said to be our own act ("I have refunded").
        habitual: Every effect is said in words that may as well say what we usually do (Portuguese "enviamos").
        kinds: What the promise or entitlement is about.
    """

    effects: frozenset[str] = frozenset()
    promises: bool = False
    entitlement: bool = False
    own: bool = False
    habitual: bool = False
    kinds: frozenset[str] = frozenset()


@lru_cache(maxsize=1024)
def claims_of(sentence: str, language: Language) -> Claims:
    """The claims of one sentence. Questions, negations, conditions and general rules claim no effect."""
    rules = _rules(language)
    text = " ".join(DRESS.sub(" ", fold(sentence).replace("’", "'")).split())
    clauses = _stated([clause for part in CLAUSE.split(text) if (clause := part.strip())], sentence)
    if not clauses:
        return Claims()
    hypothetical = rules.condition.match(clauses[0]) is not None
    found = [effect for clause in clauses for effect in rules.effects(clause, text, hypothetical=hypothetical)]
    asks_consent = rules.consent.search(text) is not None
    promise = None if asks_consent else next((match for clause in clauses if (match := rules.promise(clause))), None)
    right = next((match for clause in clauses if (match := rules.entitlement(clause))), None)
    first = promise or right
    return Claims(
        effects=frozenset(kind for kind, _ in found),
        promises=promise is not None,
        entitlement=right is not None,
        own=any(voice in ("own", "habit") for _, voice in found),
        habitual=bool(found) and all(voice == "habit" for _, voice in found),
        kinds=rules.about(first.string[first.start() :], text) if first else frozenset(),
    )


def _stated(clauses: list[str], sentence: str) -> list[str]:
    """The clauses that state something: none of a question, except what stands before a tag."""
    if not sentence.rstrip(" \n»”\"')*_").endswith("?"):
        return clauses
    return clauses[:-1] if len(clauses) > 1 and len(clauses[-1].split()) <= TAG_WORDS else []


Voice = Literal["own", "habit", "passive", "state", "plain"]

OWN: frozenset[Voice] = frozenset(("own", "habit"))


class _Rules:
    """The list of one language, compiled."""

    def __init__(self, lists: ClaimList) -> None:
        self._topics = {kind: _words(patterns) for kind, patterns in lists.topics.items()}
        named = dict.fromkeys((*lists.promised, *(kind for kind in lists.topics if kind not in NEVER_PROMISED)))
        self._promised = {kind: _words((*lists.promised.get(kind, ()), *lists.topics.get(kind, ()))) for kind in named}
        self._verbs = {kind: re.compile(rf"(?:{'|'.join(patterns)})") for kind, patterns in lists.verbs.items()}
        verb = rf"(?P<verb>{'|'.join(pattern for patterns in lists.verbs.values() for pattern in patterns)})\b"
        state = rf"(?P<verb>{'|'.join(lists.states_of)})\b"
        self._voices: tuple[tuple[Voice, re.Pattern[str]], ...] = (
            *(("own", re.compile(line.replace("V", verb))) for line in lists.own),
            *(("habit", re.compile(line.replace("V", verb))) for line in lists.habit),
            *(("passive", re.compile(line.replace("V", verb))) for line in lists.passive),
            *(("state", re.compile(line.replace("S", state))) for line in lists.state),
        )
        self._joined = re.compile("|".join(lists.joined).replace("V", verb))
        self._plain = {kind: re.compile("|".join(f"(?:{pattern})" for pattern in patterns)) for kind, patterns in lists.plain.items()}
        self._promise = re.compile("|".join(f"(?:{pattern})" for pattern in lists.promise))
        self._entitlement = re.compile("|".join(f"(?:{pattern})" for pattern in lists.entitlement))
        self._negation, self._generic, self._free = (re.compile(text) for text in (lists.negation, lists.generic, lists.free))
        self.condition, self.consent = re.compile(lists.condition), re.compile(lists.consent)

    def effects(self, clause: str, sentence: str, *, hypothetical: bool) -> Iterator[tuple[str, Voice]]:
        """Each effect that a clause says is done, and in which voice."""
        for voice, pattern in self._voices:
            if voice in ("state", "habit") and (hypothetical or self._generic.search(clause)):
                continue
            for first in pattern.finditer(clause):
                if self._is_blocked(clause, first):
                    continue
                for match in (first, *self._joined.finditer(clause, first.end())):
                    for kind in self._kind(match, voice, clause, sentence):
                        yield kind, voice
        for kind, pattern in self._plain.items():
            match = pattern.search(clause)
            if match and not hypothetical and not self._is_blocked(clause, match):
                yield kind, "plain"

    def promise(self, clause: str) -> re.Match[str] | None:
        """Where a clause says what will be."""
        return self._promise.search(clause)

    def entitlement(self, clause: str) -> re.Match[str] | None:
        """Where a clause says what the customer may have; a denial grants nothing."""
        match = self._entitlement.search(clause)
        return None if match is None or self._is_denied(clause) else match

    def about(self, near: str, sentence: str) -> frozenset[str]:
        """What it is about: what is named first from there on, or else in the sentence."""
        return _first(self._promised, near) or _first(self._promised, sentence)

    def _is_blocked(self, clause: str, match: re.Match[str]) -> bool:
        before = clause[: match.end()]
        return self._is_denied(before) or self.condition.search(before) is not None

    def _is_denied(self, text: str) -> bool:
        return self._negation.search(self._free.sub(" ", text)) is not None

    def _kind(self, match: re.Match[str], voice: Voice, clause: str, sentence: str) -> frozenset[str]:
        verb = match.groupdict().get("verb") or ""
        names = [name for name, pattern in self._verbs.items() if pattern.fullmatch(verb)]
        allowed = {kind for name in names for kind in CLASSES.get(name, ()) if voice in OWN or kind != ORDER}
        topics = {kind: pattern for kind, pattern in self._topics.items() if kind in allowed}
        places: tuple[str, ...] = (clause, sentence)
        if verb:
            start, end = match.span("verb")
            blank = f"{clause[:start]}{' ' * len(verb)}{clause[end:]}"
            places = (blank[match.start() :], blank, sentence) if voice in OWN else (blank, sentence)
        named = next((found for place in places if (found := _first(topics, place))), frozenset[str]())
        return named or frozenset(name for name in names if name not in CLASSES)


def _first(topics: Mapping[str, re.Pattern[str]], text: str) -> frozenset[str]:
    """The topic that is named first."""
    places = {kind: match.start() for kind, pattern in topics.items() if (match := pattern.search(text))}
    return frozenset((min(places, key=places.__getitem__),)) if places else frozenset()


def _words(patterns: Sequence[str]) -> re.Pattern[str]:
    return re.compile(rf"\b(?:{'|'.join(patterns)})\b")


@cache
def _rules(language: Language) -> _Rules:
    return _Rules(load_list(f"claims/{language}", ClaimList))
