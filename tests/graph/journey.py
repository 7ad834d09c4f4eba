"""A customer who talks to the reference project's agents, and what they were shown."""

from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta

import jwt

from orchestrator.conversation import Case, Channel, Conversation, Fact, Inbound, Language, Message, OpenForm, Ticket
from orchestrator.evaluation.transcript import Shown, shown
from orchestrator.events import Escalated, Event, ToolCalled
from orchestrator.graph.context import House
from orchestrator.memory import cases, conversations, facts, tickets
from orchestrator.runtime import Orchestrator
from orchestrator.settings import Settings

MONDAY = datetime(2026, 11, 23, 9, 30, tzinfo=UTC)
"""Half past ten in Zürich: the desk is open."""
KEY = "a key that only this test and its host site know"
SETTINGS = Settings(token_key=KEY, token_algorithm="HS256", encoder="none")
LEA, JAMES, LUKAS, ANA = "lea.rochat@example.ch", "james.walker@example.co.uk", "lukas.weber@example.de", "ana.souza@example.com.br"


@dataclass
class Clock:
    """A clock that stands still until a test moves it."""

    now: datetime = MONDAY

    def __call__(self) -> datetime:
        return self.now

    def forward(self, **span: float) -> None:
        self.now += timedelta(**span)


@dataclass
class Mailbox:
    """Where one-time codes arrive."""

    codes: list[tuple[str, str]] = field(default_factory=list[tuple[str, str]])

    async def deliver(self, address: str, code: str) -> None:
        self.codes.append((address, code))


@dataclass
class Journey:
    """One customer's way through conversations of one house."""

    orchestrator: Orchestrator
    clock: Clock
    mailbox: Mailbox
    customer: str = ""
    conversation: str = "c1"
    channel: Channel = "web"
    language: Language = "en"
    events: list[Event] = field(default_factory=list[Event])

    async def says(self, text: str, *, message_id: str | None = None) -> Shown:
        """What the customer is shown in answer."""
        token = _token(self.customer, self.clock.now) if self.customer else None
        inbound = Inbound(
            conversation_id=self.conversation, text=text, channel=self.channel, language=self.language, token=token, message_id=message_id
        )
        self.events = [event async for event in self.orchestrator.send(inbound)]
        return shown(self.events, await self.form(), 0.0)

    def elsewhere(self, conversation: str, channel: Channel = "email") -> "Journey":
        """The same customer in another conversation."""
        return replace(self, conversation=conversation, channel=channel)

    @property
    def calls(self) -> tuple[ToolCalled, ...]:
        """The tools that ran in the last turn."""
        return tuple(event for event in self.events if isinstance(event, ToolCalled))

    async def state(self) -> Conversation:
        async with self.orchestrator.house.database.reading() as unit:
            found = await conversations.get(unit, self.conversation)
        assert found is not None
        return found

    async def form(self) -> OpenForm | None:
        return (await self.state()).form

    async def ticket(self) -> Ticket:
        """The ticket of the last turn's escalation."""
        number = next(event.ticket_id for event in self.events if isinstance(event, Escalated))
        async with self.orchestrator.house.database.reading() as unit:
            found = await tickets.get(unit, number)
        assert found is not None
        return found

    async def messages(self) -> tuple[Message, ...]:
        async with self.orchestrator.house.database.reading() as unit:
            return await conversations.messages(unit, self.conversation)

    async def known(self) -> dict[str, Fact]:
        state = await self.state()
        async with self.orchestrator.house.database.reading() as unit:
            return {fact.name: fact for fact in await facts.known(unit, state.id, state.customer_id)}

    async def cases(self) -> tuple[Case, ...]:
        state = await self.state()
        async with self.orchestrator.house.database.reading() as unit:
            return await cases.of_customer(unit, state.customer_id)


Opening = Callable[[House], AbstractAsyncContextManager[Orchestrator]]


def _token(email: str, now: datetime) -> str:
    claims = {"sub": email, "email": email, "iat": now, "exp": now + timedelta(minutes=30), "aud": SETTINGS.token_audience}
    return jwt.encode(claims, KEY, algorithm="HS256")
