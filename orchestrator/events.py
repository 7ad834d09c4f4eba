"""What a turn emits while it runs, in this order of kinds; channels and evaluations read nothing else."""

from dataclasses import dataclass
from typing import Literal

from orchestrator.conversation import Choice, Citation, Language

DecisionKind = Literal["route", "continue", "clarify", "answer", "smalltalk", "escalate", "silent"]


@dataclass(frozen=True, kw_only=True)
class Candidate:
    """One intent the supervisor considers, with its agent and calibrated probability."""

    intent: str
    agent: str
    probability: float


@dataclass(frozen=True, kw_only=True)
class TurnStarted:
    """The message is stored and its turn begins."""

    conversation_id: str
    turn_id: str
    message_id: str


@dataclass(frozen=True, kw_only=True)
class IntentDetected:
    """The supervisor has read the message."""

    intent: str
    agent: str
    confidence: float
    candidates: tuple[Candidate, ...]
    decision: DecisionKind
    language: Language
    out_of_scope: float
    acts: tuple[str, ...] = ()
    entities: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, kw_only=True)
class AgentSelected:
    """An agent has the floor."""

    agent: str
    intent: str


@dataclass(frozen=True, kw_only=True)
class ToolCalled:
    """A tool ran: `outcome` is `done`, a refusal code or `failed`."""

    tool: str
    arguments: tuple[tuple[str, str], ...]
    outcome: str
    effect: bool


@dataclass(frozen=True, kw_only=True)
class ModelCalled:
    """A language model answered: `purpose` is `agent`, `route` or `summary`; seconds are counted from the beginning of the call."""

    model: str
    purpose: str
    prompt_tokens: int
    completion_tokens: int
    cached_tokens: int
    first_token: float
    seconds: float


@dataclass(frozen=True, kw_only=True)
class TextDelta:
    """A piece of a reply's text; a reply is the concatenation of its deltas."""

    message_id: str
    agent: str
    text: str


@dataclass(frozen=True, kw_only=True)
class Cited:
    """The reply leans on this passage."""

    message_id: str
    citation: Citation


@dataclass(frozen=True, kw_only=True)
class ChoicesOffered:
    """Quick replies under the reply."""

    message_id: str
    choices: tuple[Choice, ...]


@dataclass(frozen=True, kw_only=True)
class FactLearnt:
    """The shared memory has learnt something."""

    name: str
    value: str
    trust: str


@dataclass(frozen=True, kw_only=True)
class HandedOff:
    """One agent has handed the conversation to another."""

    source: str
    target: str
    reason: str


@dataclass(frozen=True, kw_only=True)
class Escalated:
    """A human takes over; the ticket carries the handoff packet."""

    reason: str
    ticket_id: str


@dataclass(frozen=True, kw_only=True)
class HumanReplied:
    """A colleague has written to the customer."""

    message_id: str
    ticket_id: str
    text: str


@dataclass(frozen=True, kw_only=True)
class Interrupted:
    """The customer interrupted the reply of a turn; `heard` is what they had of it by then."""

    turn_id: str
    heard: str


@dataclass(frozen=True, kw_only=True)
class TurnCompleted:
    """The turn is stored; nothing follows."""

    conversation_id: str
    turn_id: str
    language: Language


Event = (
    TurnStarted
    | IntentDetected
    | AgentSelected
    | ToolCalled
    | ModelCalled
    | TextDelta
    | Cited
    | ChoicesOffered
    | FactLearnt
    | HandedOff
    | Escalated
    | HumanReplied
    | Interrupted
    | TurnCompleted
)
