"""The state of one turn, bounded and forgotten when it ends; the record is in the store."""

from dataclasses import dataclass
from typing import TypedDict

from langgraph.runtime import get_runtime

from orchestrator.conversation import Case, Choice, Citation, Conversation, Customer, Fact, Message
from orchestrator.events import Event
from orchestrator.graph.context import TurnContext
from orchestrator.graph.decision import Decision
from orchestrator.understanding.reading import Reading


@dataclass(frozen=True, kw_only=True)
class Reply:
    """One message to the customer. `evidence` holds what its amounts, dates and rights rest on; `marks` what was said, to vary wording."""

    text: str
    id: str = ""
    agent: str = ""
    citations: tuple[Citation, ...] = ()
    choices: tuple[Choice, ...] = ()
    evidence: tuple[str, ...] = ()
    marks: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Escalation:
    """Why a human takes over, with the words said before the hand-over if a node has them already."""

    reason: str
    agent: str = ""
    said: str = ""


class TurnState(TypedDict):
    """What the nodes of one turn share. `request` is what is being handled now, `queue` what was asked beside it."""

    request: str
    queue: tuple[str, ...]
    conversation: Conversation
    customer: Customer | None
    facts: tuple[Fact, ...]
    cases: tuple[Case, ...]
    history: tuple[Message, ...]
    reading: Reading | None
    decision: Decision | None
    escalation: Escalation | None
    replies: tuple[Reply, ...]
    sent: tuple[Reply, ...]
    learnt: tuple[Fact, ...]
    touched: tuple[Case, ...]
    tried: tuple[str, ...]
    lead: Reply | None
    hops: int


def context() -> TurnContext:
    """The context of the running turn."""
    return get_runtime(TurnContext).context


def emit(event: Event) -> None:
    """Streams an event of the running turn."""
    get_runtime(TurnContext).stream_writer(event)


def reading_of(state: TurnState) -> Reading:
    """The reading of the request at hand (set by the node `understand`)."""
    reading = state["reading"]
    assert reading is not None, "understand runs before every node that reads"  # noqa: S101 an invariant of the wiring
    return reading


def decision_of(state: TurnState) -> Decision:
    """The decision on the request at hand (set by the node `decide`)."""
    decision = state["decision"]
    assert decision is not None, "decide runs before every node that acts"  # noqa: S101 an invariant of the wiring
    return decision
