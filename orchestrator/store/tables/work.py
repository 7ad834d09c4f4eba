"""What must not be lost or done twice: the inbox, the effect ledger, requests that may be sent again, numbers given out."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from orchestrator.store.base import Base, JsonObject


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
