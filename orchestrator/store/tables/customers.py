"""Who is talking: customers, how they are recognised, and what was learnt of them."""

from datetime import datetime

from sqlalchemy import ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from orchestrator.store.base import Base


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
