"""What the nodes of a turn get as arguments: the house (shared by all turns) and the turn's own clock and ids."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import TypeVar

import anyio

from orchestrator.connectors.commerce import Customers, Orders
from orchestrator.conversation import Conversation, Customer, Language
from orchestrator.dialogue.ahead import Ahead
from orchestrator.dialogue.speaker import Speaker, Voice
from orchestrator.errors import ToolError
from orchestrator.graph.brain import Brain
from orchestrator.memory.codes import Codes
from orchestrator.project.policy import Policy
from orchestrator.project.project import Project
from orchestrator.project.tool import ToolContext
from orchestrator.retrieval import KnowledgeBase
from orchestrator.store import Database
from orchestrator.understanding.entities import Catalogue
from orchestrator.understanding.reader import Reader

Kind = TypeVar("Kind")


@dataclass(frozen=True, kw_only=True)
class House:
    """What all turns share. `deliver_code` sends a one-time code to the address on file."""

    project: Project
    reader: Reader
    speaker: Speaker
    catalogue: Catalogue
    knowledge: KnowledgeBase
    connectors: Sequence[object]
    database: Database
    codes: Codes
    deliver_code: Callable[[str, str], Awaitable[None]]
    new_id: Callable[[str], str]
    brain: Brain | None = None

    @property
    def policy(self) -> Policy:
        """The project's policy."""
        return self.project.policy

    @property
    def customers(self) -> Customers:
        """The connector that knows people.

        Raises:
            ToolError: No connector does.
        """
        return _first(self.connectors, Customers)

    @property
    def orders(self) -> Orders:
        """The connector that knows orders (`ToolError` when none does)."""
        return _first(self.connectors, Orders)


@dataclass(kw_only=True)
class Course:
    """How far a turn has come, for whoever may have to stop it. An effect that has begun is always seen through."""

    scope: anyio.CancelScope = field(default_factory=anyio.CancelScope)
    ended: anyio.Event = field(default_factory=anyio.Event)
    in_effect: bool = False

    def stop(self) -> None:
        """Stops the turn where it stands, unless an effect has begun: then it goes on to its end."""
        if not self.in_effect:
            self.scope.cancel()


@dataclass(frozen=True, kw_only=True)
class TurnContext:
    """One turn: whose it is, when it happens, and the house it happens in.

    `ahead` holds what was found while the customer was still speaking. A rehearsal is a turn on words that may yet change: it
    changes nothing, so effects and all that writes are out of its reach.
    """

    house: House
    now: datetime
    turn_id: str
    message_id: str
    language_fixed: bool = False
    ahead: Ahead = field(default_factory=Ahead)
    course: Course = field(default_factory=Course)
    is_rehearsal: bool = False

    def voice(self, conversation: Conversation, customer: Customer | None, language: Language) -> Voice:
        """The voice in which this turn's replies are said."""
        return Voice(
            language=language,
            region=conversation.region,
            channel=conversation.channel,
            now=self.now,
            name=customer.name if customer else "",
            seed=f"{conversation.id}:{conversation.sequence}",
            recent=conversation.spoken,
        )

    def tool_context(self, conversation: Conversation, customer: Customer | None, effect_key: str = "") -> ToolContext:
        """What a tool may know in this turn."""
        return ToolContext(
            customer=customer,
            language=conversation.language,
            region=conversation.region,
            now=self.now,
            conversation_id=conversation.id,
            turn_id=self.turn_id,
            policy=self.house.policy,
            connectors=self.house.connectors,
            effect_key=effect_key,
        )


def _first(connectors: Sequence[object], kind: type[Kind]) -> Kind:
    for connector in connectors:
        if isinstance(connector, kind):
            return connector
    raise ToolError(f"no connector offers {kind.__name__}")
