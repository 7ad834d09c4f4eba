"""What was said and what happened: conversations, messages, turns and their events."""

from datetime import datetime

from sqlalchemy import ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from orchestrator.store.base import Base, JsonArray, JsonObject


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
