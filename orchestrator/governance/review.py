"""Reviews free text while it is being written: every sentence is let go, or held back with the reason."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal, Protocol

from orchestrator.conversation import Language
from orchestrator.governance.claims import Claims, claims_of
from orchestrator.governance.cutting import Cutter
from orchestrator.governance.evidence import Ground
from orchestrator.governance.figures import figures_of
from orchestrator.governance.leaks import foreign_addresses, markup, plumbing, quotes_prompt
from orchestrator.governance.lexicon import fold
from orchestrator.governance.support import Passage, Words, supports
from orchestrator.governance.units import FigureKind

Reason = Literal[
    "amount", "percentage", "date", "duration", "number", "code", "product", "contact", "link", "markup", "effect", "promise",
    "entitlement", "other_customer", "language", "prompt", "internal",
]  # fmt: skip
REASONS: Mapping[FigureKind, Reason] = {
    "amount": "amount", "percentage": "percentage", "date": "date", "hour": "date", "duration": "duration", "measure": "number",
    "number": "number", "code": "code", "contact": "contact", "product": "product",
}  # fmt: skip
SURE = 0.98
"""From this probability another language is another language."""
WORDS_TO_TELL = 6
LAST_LATIN = 0x24F
LATER, MAY = "later:", "may:"
"""Before a kind of effect in `done` and `known`: it will happen by itself, or the customer may have it."""

NO_CLAIMS = Claims()


class Guess(Protocol):
    """A language and how likely it is."""

    @property
    def language(self) -> Language:
        """The most likely one."""
        ...

    @property
    def confidence(self) -> float:
        """0 to 1."""
        ...


@dataclass(frozen=True, kw_only=True)
class House:
    """What review knows of the house, the same in every turn.

    Attributes:
        detect: The language of a text, given the one it is expected in.
        words: The content words of a language.
        links: The prefixes that links may have; a host ends with a slash.
        internal: Names that never leave (tools, transfers).
        products: The names of the products in all languages by id.
    """

    detect: Callable[[str, Language | None], Guess]
    words: Callable[[str], Words]
    links: tuple[str, ...] = ()
    internal: frozenset[str] = frozenset()
    products: Mapping[str, Sequence[str]] = field(default_factory=dict[str, tuple[str, ...]])


@dataclass(kw_only=True)
class Turn:
    """What the sentences of one turn may rest on; it grows while the turn goes on.

    Attributes:
        done: The kinds of effects that the ledger has as done in this conversation.
        known: The kinds that results of read-only tools state.
        prompt: The instructions that must not be recited; passages do not belong here.
        foreign: Texts that are known to be another customer's.
    """

    language: Language
    ground: Ground
    passages: Sequence[Passage] = ()
    done: set[str] = field(default_factory=set[str])
    known: set[str] = field(default_factory=set[str])
    prompt: str = ""
    foreign: frozenset[str] = frozenset()


@dataclass(frozen=True, kw_only=True)
class Checked:
    """A sentence as it was written, and the verdict. `passage` is the id of the passage that carries what it promises or grants."""

    text: str
    reasons: tuple[Reason, ...] = ()
    details: tuple[str, ...] = ()
    claims: Claims = NO_CLAIMS
    passage: str | None = None

    @property
    def passes(self) -> bool:
        """Whether it may be said."""
        return not self.reasons


class Reviewer:
    """Takes the pieces of one answer and gives its sentences with their verdicts, each as soon as it ends."""

    def __init__(self, house: House, turn: Turn) -> None:
        self._house = house
        self._turn = turn
        self._cutter = Cutter(turn.language)

    def feed(self, piece: str) -> list[Checked]:
        """The sentences that end with this piece."""
        return [self.check(sentence) for sentence in self._cutter.feed(piece)]

    def close(self) -> list[Checked]:
        """What is left at the end of the answer."""
        return [self.check(sentence) for sentence in self._cutter.close()]

    def check(self, sentence: str) -> Checked:
        """The verdict on one whole sentence."""
        if not sentence.strip():
            return Checked(text=sentence)
        faults = [*self._figures(sentence), *self._leaks(sentence), *self._language(sentence)]
        claims = claims_of(sentence, self._turn.language)
        ungrounded, passage = self._ungrounded(sentence, claims)
        faults += ungrounded
        return Checked(
            text=sentence,
            reasons=tuple(dict.fromkeys(reason for reason, _ in faults)),
            details=tuple(detail for _, detail in faults),
            claims=claims,
            passage=passage,
        )

    def _figures(self, sentence: str) -> Iterable[tuple[Reason, str]]:
        for figure in self._turn.ground.missing(sentence, self._turn.language):
            yield REASONS[figure.kind], figure.text

    def _leaks(self, sentence: str) -> Iterable[tuple[Reason, str]]:
        house, turn = self._house, self._turn
        for address in foreign_addresses(sentence, house.links):
            yield "link", address
        for mark in markup(sentence):
            yield "markup", mark
        for name in plumbing(sentence, house.internal):
            yield "internal", name
        if quoted := quotes_prompt(sentence, turn.prompt, [passage.plain for passage in turn.passages]):
            yield "prompt", quoted
        if turn.foreign:
            folded = fold(sentence)
            for text in turn.foreign:
                if fold(text) in folded:
                    yield "other_customer", text

    def _language(self, sentence: str) -> Iterable[tuple[Reason, str]]:
        letters = [letter for letter in sentence if letter.isalpha()]
        strange = sum(ord(letter) > LAST_LATIN for letter in letters)
        if strange > len(letters) / 2:
            yield "language", "script"
        elif len(sentence.split()) >= WORDS_TO_TELL:
            guess = self._house.detect(sentence, self._turn.language)
            if guess.language != self._turn.language and guess.confidence >= SURE:
                yield "language", guess.language

    def _ungrounded(self, sentence: str, claims: Claims) -> tuple[list[tuple[Reason, str]], str | None]:
        """What is claimed without a ledger row, a look-up or a passage, and the passage that carries the rest."""
        turn = self._turn
        stated = turn.done if claims.own else turn.done | turn.known
        lacking = [kind for kind in sorted(claims.effects) if not _is_stated(kind, stated)]
        if not (claims.promises or claims.entitlement or (lacking and claims.habitual)):
            return [("effect", kind) for kind in lacking], None
        support = supports(sentence, turn.passages, self._house.words(turn.language), turn.language)
        if support:
            return [("effect", kind) for kind in lacking if not claims.habitual], support.passage
        faults: list[tuple[Reason, str]] = [("effect", kind) for kind in lacking]
        about = ", ".join(sorted(claims.kinds))
        known = turn.done | turn.known
        if claims.promises and not _is_coming(claims.kinds, known):
            faults.append(("promise", about))
        if claims.entitlement and not (claims.kinds and all(MAY + kind in known or kind in turn.done for kind in claims.kinds)):
            faults.append(("entitlement", about))
        return faults, None


def _is_stated(kind: str, stated: set[str]) -> bool:
    return any(":" not in one for one in stated) if kind == "any" else kind in stated


def _is_coming(kinds: frozenset[str], known: set[str]) -> bool:
    """Whether each thing promised follows from what was done or looked up."""
    return bool(kinds) and all(kind in known or LATER + kind in known for kind in kinds)


def prepare(languages: Iterable[Language]) -> None:
    """Reads and compiles the word lists of these languages, so that no customer's first sentence waits for it (0.1 s for all six)."""
    figures_of("", None)
    for language in languages:
        figures_of("", language)
        claims_of(".", language)
