"""What waits for people: cases, tickets, questions without an answer."""

from datetime import datetime

from sqlalchemy import ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from orchestrator.store.base import Base, JsonObject


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
