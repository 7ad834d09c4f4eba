"""Every table of the record. Rows are for `memory/` and `insights/`; everybody else sees `orchestrator.conversation`."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from orchestrator.store.base import Base, JsonArray, JsonObject


class Customer(Base):
    """A person the shop knows."""

    __tablename__ = "customers"

    id: Mapped[str] = mapped_column(primary_key=True)
    shop_id: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]
    email: Mapped[str]
    phone: Mapped[str]
    language: Mapped[str]
    region: Mapped[str]
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]


class Identity(Base):
    """One way to recognise a customer, and how it was proven."""

    __tablename__ = "identities"
    __table_args__ = (UniqueConstraint("kind", "value"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str]
    value: Mapped[str]
    customer_id: Mapped[str] = mapped_column(ForeignKey("customers.id"), index=True)
    evidence: Mapped[str]
    verified_at: Mapped[datetime]


class Visitor(Base):
    """A browser that has talked to us, known by our signed token only."""

    __tablename__ = "visitors"

    id: Mapped[str] = mapped_column(primary_key=True)
    first_seen_at: Mapped[datetime]
    last_seen_at: Mapped[datetime]


class Conversation(Base):
    """The durable state of a conversation between turns; `sequence` is the last number given to a message."""

    __tablename__ = "conversations"

    id: Mapped[str] = mapped_column(primary_key=True)
    channel: Mapped[str]
    language: Mapped[str]
    region: Mapped[str]
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]
    sequence: Mapped[int]
    owner: Mapped[str]
    customer_id: Mapped[str | None] = mapped_column(ForeignKey("customers.id"), index=True)
    visitor_id: Mapped[str] = mapped_column(index=True)
    agent: Mapped[str]
    intent: Mapped[str]
    form: Mapped[JsonObject | None]
    suspended: Mapped[JsonArray]
    offered: Mapped[JsonArray]
    queued: Mapped[JsonArray]
    misunderstood: Mapped[int]
    disclosed: Mapped[bool]
    spoken: Mapped[JsonArray]
    spent: Mapped[JsonObject] = mapped_column(default=dict)
    summary: Mapped[str] = mapped_column(default="")
    summarised: Mapped[int] = mapped_column(default=0)


class Message(Base):
    """One message as said."""

    __tablename__ = "messages"
    __table_args__ = (UniqueConstraint("conversation_id", "sequence"),)

    id: Mapped[str] = mapped_column(primary_key=True)
    conversation_id: Mapped[str] = mapped_column(ForeignKey("conversations.id"))
    sequence: Mapped[int]
    role: Mapped[str]
    text: Mapped[str]
    language: Mapped[str]
    channel: Mapped[str]
    at: Mapped[datetime]
    turn_id: Mapped[str]
    agent: Mapped[str]
    citations: Mapped[JsonArray]
    choices: Mapped[JsonArray]
    interrupted: Mapped[bool] = mapped_column(default=False)


class Turn(Base):
    """What happened between a message (or several) and the reply."""

    __tablename__ = "turns"

    id: Mapped[str] = mapped_column(primary_key=True)
    conversation_id: Mapped[str] = mapped_column(ForeignKey("conversations.id"), index=True)
    message_ids: Mapped[JsonArray]
    started: Mapped[datetime]
    finished: Mapped[datetime | None]
    route: Mapped[JsonObject]


class Event(Base):
    """What a turn emitted. A run of text deltas is one row: `number` is its last, `body` knows the cuts."""

    __tablename__ = "events"
    __table_args__ = {"sqlite_with_rowid": False}  # noqa: RUF012 - SQLAlchemy reads it from the class

    conversation_id: Mapped[str] = mapped_column(ForeignKey("conversations.id"), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True)
    turn_id: Mapped[str]
    kind: Mapped[str]
    body: Mapped[JsonObject]


class ModelResponse(Base):
    """What a model answered in a turn that is not finished, by the digest of what it was asked."""

    __tablename__ = "model_responses"

    id: Mapped[int] = mapped_column(primary_key=True)
    conversation_id: Mapped[str] = mapped_column(ForeignKey("conversations.id"), index=True)
    message_id: Mapped[str] = mapped_column(index=True)
    digest: Mapped[str]
    response: Mapped[str]
    at: Mapped[datetime]


class Inbox(Base):
    """A message that was accepted: it is answered or handed over, whatever happens."""

    __tablename__ = "inbox"
    __table_args__ = (
        UniqueConstraint("channel", "account", "provider_message_id"),
        Index(None, "conversation_id", "sequence", unique=True),
        Index(None, "status"),
    )

    message_id: Mapped[str] = mapped_column(primary_key=True)
    channel: Mapped[str]
    account: Mapped[str]
    provider_message_id: Mapped[str]
    conversation_id: Mapped[str] = mapped_column(ForeignKey("conversations.id"))
    sequence: Mapped[int]
    status: Mapped[str]
    attempts: Mapped[int]
    received_at: Mapped[datetime]
    body: Mapped[JsonObject]


class Effect(Base):
    """The ledger of what tools did to the world. It outlives its conversation, without the person."""

    __tablename__ = "effects"

    key: Mapped[str] = mapped_column(primary_key=True)
    conversation_id: Mapped[str] = mapped_column(index=True)
    turn_id: Mapped[str]
    tool: Mapped[str]
    arguments: Mapped[JsonObject]
    status: Mapped[str] = mapped_column(index=True)
    result: Mapped[JsonObject]
    planned_at: Mapped[datetime]
    settled_at: Mapped[datetime | None]


class Case(Base):
    """A customer's open issue, over all channels."""

    __tablename__ = "cases"

    id: Mapped[str] = mapped_column(primary_key=True)
    customer_id: Mapped[str | None] = mapped_column(ForeignKey("customers.id"), index=True)
    conversation_id: Mapped[str] = mapped_column(index=True)
    channel: Mapped[str]
    agent: Mapped[str]
    intent: Mapped[str]
    subject: Mapped[str]
    summary: Mapped[str]
    status: Mapped[str]
    opened_at: Mapped[datetime]
    updated_at: Mapped[datetime]
    facts: Mapped[JsonObject]


class Fact(Base):
    """One thing learnt; it belongs to the customer when known, else to the conversation."""

    __tablename__ = "facts"

    id: Mapped[int] = mapped_column(primary_key=True)
    conversation_id: Mapped[str | None] = mapped_column(ForeignKey("conversations.id"), index=True)
    customer_id: Mapped[str | None] = mapped_column(ForeignKey("customers.id"), index=True)
    name: Mapped[str]
    value: Mapped[str]
    source: Mapped[str]
    at: Mapped[datetime]
    trust: Mapped[str]


class Ticket(Base):
    """An escalation and its handoff packet."""

    __tablename__ = "tickets"

    id: Mapped[str] = mapped_column(primary_key=True)
    conversation_id: Mapped[str] = mapped_column(ForeignKey("conversations.id"), index=True)
    customer_id: Mapped[str | None] = mapped_column(ForeignKey("customers.id"), index=True)
    reason: Mapped[str]
    status: Mapped[str] = mapped_column(index=True)
    packet: Mapped[JsonObject]
    opened_at: Mapped[datetime]
    updated_at: Mapped[datetime]


class Gap(Base):
    """A question the knowledge base could not answer, counted."""

    __tablename__ = "gaps"
    __table_args__ = (UniqueConstraint("language", "normalised"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    language: Mapped[str]
    normalised: Mapped[str]
    question: Mapped[str]
    times: Mapped[int]
    first_at: Mapped[datetime]
    last_at: Mapped[datetime]
    conversation_id: Mapped[str] = mapped_column(index=True)
    agent: Mapped[str]
    region: Mapped[str]


class Code(Base):
    """A one-time code, hashed; used and replaced ones stay, because their tries count."""

    __tablename__ = "codes"

    id: Mapped[int] = mapped_column(primary_key=True)
    conversation_id: Mapped[str] = mapped_column(ForeignKey("conversations.id"), index=True)
    customer_id: Mapped[str] = mapped_column(ForeignKey("customers.id"), index=True)
    digest: Mapped[str]
    issued_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    tries: Mapped[int]
    is_live: Mapped[bool]


class IdempotencyKey(Base):
    """A request that may be sent again: its answer, once there is one."""

    __tablename__ = "idempotency_keys"

    key: Mapped[str] = mapped_column(primary_key=True)
    body_hash: Mapped[str]
    begun_at: Mapped[datetime]
    status: Mapped[int | None]
    response: Mapped[JsonObject]
    conversation_id: Mapped[str] = mapped_column(index=True)


class Counter(Base):
    """The last number given out under a name."""

    __tablename__ = "counters"

    name: Mapped[str] = mapped_column(primary_key=True)
    value: Mapped[int]
