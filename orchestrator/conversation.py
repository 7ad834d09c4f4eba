"""Pure data of a conversation: what was said, by whom, and what is known. No behaviour, no storage."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Literal, get_args

Language = Literal["en", "fr", "de", "it", "pt", "es"]
LANGUAGES: tuple[Language, ...] = get_args(Language)
Channel = Literal["web", "email", "voice", "whatsapp", "sms", "rcs", "api"]
Role = Literal["customer", "agent", "human", "system"]
Trust = Literal["stated", "verified", "system"]
Owner = Literal["agents", "human"]
CaseStatus = Literal["open", "waiting", "closed"]


@dataclass(frozen=True, kw_only=True)
class Money:
    """An amount in one currency (ISO 4217)."""

    amount: Decimal
    currency: str


@dataclass(frozen=True, kw_only=True)
class Citation:
    """Where an answer comes from: article, heading and the help-centre address of both."""

    title: str
    heading: str
    url: str


@dataclass(frozen=True, kw_only=True)
class Choice:
    """A quick reply: what the customer reads, and what it means to the form that asked."""

    label: str
    value: str


@dataclass(frozen=True, kw_only=True)
class Message:
    """One message of a conversation, as said. `sequence` counts from 1 within the conversation.

    `interrupted`: the customer left or spoke before it was all said; `text` is what they had of it.
    """

    id: str
    conversation_id: str
    sequence: int
    role: Role
    text: str
    language: Language
    channel: Channel
    at: datetime
    turn_id: str = ""
    agent: str = ""
    citations: tuple[Citation, ...] = ()
    choices: tuple[Choice, ...] = ()
    interrupted: bool = False


@dataclass(frozen=True, kw_only=True)
class Inbound:
    """A message as it comes in through the one door, before it is stored."""

    conversation_id: str
    text: str
    channel: Channel = "web"
    language: Language | None = None
    region: str | None = None
    token: str | None = None
    message_id: str | None = None
    visitor_id: str = ""


@dataclass(frozen=True, kw_only=True)
class Customer:
    """Who the customer is, as far as it is proven: only verified customers appear here."""

    id: str
    shop_id: str
    name: str
    email: str
    phone: str = ""
    language: Language = "en"
    region: str = "CH"


@dataclass(frozen=True, kw_only=True)
class Fact:
    """One thing learnt, with where it comes from. Facts that a customer states never feed policy."""

    name: str
    value: str
    source: str
    at: datetime
    trust: Trust


@dataclass(frozen=True, kw_only=True)
class Case:
    """A customer's open issue; it may span conversations and channels.

    `subject` is the object it is about (an order, a product), `summary` one line in the customer's words or ours.
    """

    id: str
    customer_id: str
    conversation_id: str
    channel: Channel
    agent: str
    intent: str
    subject: str
    summary: str
    status: CaseStatus
    opened_at: datetime
    updated_at: datetime
    facts: Mapping[str, str] = field(default_factory=dict[str, str])


@dataclass(frozen=True, kw_only=True)
class OpenForm:
    """A tool call being filled over several messages.

    `values` holds canonical slot values by name; `asked` the slot the last question was about; `asks` how often each was asked;
    `confirming_since` is set while the customer looks at the confirmation.
    """

    tool: str
    agent: str
    intent: str
    values: Mapping[str, str] = field(default_factory=dict[str, str])
    asked: str = ""
    asks: Mapping[str, int] = field(default_factory=dict[str, int])
    offered: tuple[Choice, ...] = ()
    confirming_since: datetime | None = None
    started_by: str = ""


@dataclass(frozen=True, kw_only=True)
class Spent:
    """What was spent on language models; `seconds` are those in which a model worked."""

    calls: int = 0
    tool_calls: int = 0
    tokens: int = 0
    seconds: float = 0.0
    money: Decimal = Decimal(0)

    def __add__(self, other: "Spent") -> "Spent":
        return Spent(
            calls=self.calls + other.calls,
            tool_calls=self.tool_calls + other.tool_calls,
            tokens=self.tokens + other.tokens,
            seconds=self.seconds + other.seconds,
            money=self.money + other.money,
        )


@dataclass(frozen=True, kw_only=True)
class Conversation:
    """The durable state of one conversation between turns.

    `spent`: on language models. `summary`: of the messages up to the number `summarised`, for models that see only the last ones.
    """

    id: str
    channel: Channel
    language: Language
    region: str
    created_at: datetime
    updated_at: datetime
    sequence: int = 0
    owner: Owner = "agents"
    customer_id: str = ""
    visitor_id: str = ""
    agent: str = ""
    intent: str = ""
    form: OpenForm | None = None
    suspended: tuple[OpenForm, ...] = ()
    offered: tuple[Choice, ...] = ()
    queued: tuple[str, ...] = ()
    misunderstood: int = 0
    disclosed: bool = False
    spoken: tuple[str, ...] = ()
    spent: Spent = field(default_factory=Spent)
    summary: str = ""
    summarised: int = 0


@dataclass(frozen=True, kw_only=True)
class HandoffPacket:
    """All a colleague needs to go on without asking again."""

    goal: str
    reason: str
    language: Language
    channel: Channel
    customer_id: str
    customer_name: str
    case_id: str
    facts: tuple[Fact, ...]
    tried: tuple[str, ...]
    promises: tuple[str, ...]
    open_forms: tuple[str, ...]
    sentiment: str
    next_step: str
    last_messages: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class Ticket:
    """An escalation waiting for, or owned by, a human."""

    id: str
    conversation_id: str
    customer_id: str
    reason: str
    status: Literal["open", "answered", "returned"]
    packet: HandoffPacket
    opened_at: datetime
    updated_at: datetime
