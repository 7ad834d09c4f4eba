"""What the supervisor reads in one message: the intent distribution and everything deterministic beside it."""

from dataclasses import dataclass, field
from datetime import datetime

from orchestrator.conversation import Language
from orchestrator.understanding.acts import ActReading
from orchestrator.understanding.distribution import Distribution
from orchestrator.understanding.entities import Entity, EntityKind
from orchestrator.understanding.sensitivity import SensitiveTopic


@dataclass(frozen=True, kw_only=True)
class ReadingContext:
    """What is known before reading: the clock, the place, the conversation's language, what an open form waits for.

    `language_fixed`: the customer chose it, so it is not detected. `language_settled`: earlier messages were in it, so short ones
    lean on it. `spoken`: the text is a transcript of speech.
    """

    now: datetime
    region: str
    language: Language
    language_fixed: bool = False
    language_settled: bool = True
    spoken: bool = False
    expects: frozenset[EntityKind] = field(default_factory=frozenset[EntityKind])


@dataclass(frozen=True, kw_only=True)
class Request:
    """One of several things asked in a message."""

    text: str
    distribution: Distribution


@dataclass(frozen=True, kw_only=True)
class Reading:
    """The supervisor's reading of a message. `requests` has one entry, or several in the order they were asked."""

    text: str
    language: Language
    acts: ActReading
    distribution: Distribution
    requests: tuple[Request, ...]
    entities: tuple[Entity, ...]
    sensitive: tuple[SensitiveTopic, ...]
    opt_out: bool
    injection: bool
    follow_up: bool

    def values(self, kind: EntityKind) -> tuple[str, ...]:
        """The canonical values of one kind, as they come in the text."""
        return tuple(dict.fromkeys(entity.value for entity in self.entities if entity.kind == kind))
