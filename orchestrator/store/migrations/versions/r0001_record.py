"""The first tables: customers, conversations, the inbox, the effect ledger, cases, facts, tickets, gaps, codes."""

from datetime import datetime

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create them, each after those it refers to."""
    _create_people()
    _create_conversations()
    _create_transcript()
    _create_events()
    _create_inbox()
    _create_cases()
    _create_tickets()
    _create_facts()
    _create_ledger()
    _create_proofs()


def _create_people() -> None:
    op.create_table(
        "customers",
        _text("id"),
        _text("shop_id"),
        _text("name"),
        _text("email"),
        _text("phone"),
        _text("language"),
        _text("region"),
        _time("created_at"),
        _time("updated_at"),
        sa.PrimaryKeyConstraint("id", name="pk_customers"),
        sa.UniqueConstraint("shop_id", name="uq_customers_shop_id"),
    )
    op.create_table(
        "identities",
        sa.Column("id", sa.Integer, nullable=False),
        _text("kind"),
        _text("value"),
        _text("customer_id"),
        _text("evidence"),
        _time("verified_at"),
        _refers("identities", "customer_id", "customers"),
        sa.PrimaryKeyConstraint("id", name="pk_identities"),
        sa.UniqueConstraint("kind", "value", name="uq_identities_kind_value"),
    )
    op.create_index("ix_identities_customer_id", "identities", ["customer_id"])
    op.create_table(
        "visitors", _text("id"), _time("first_seen_at"), _time("last_seen_at"), sa.PrimaryKeyConstraint("id", name="pk_visitors")
    )


def _create_conversations() -> None:
    op.create_table(
        "conversations",
        _text("id"),
        _text("channel"),
        _text("language"),
        _text("region"),
        _time("created_at"),
        _time("updated_at"),
        sa.Column("sequence", sa.Integer, nullable=False),
        _text("owner"),
        _text("customer_id", nullable=True),
        _text("visitor_id"),
        _text("agent"),
        _text("intent"),
        _json("form", nullable=True),
        _json("suspended"),
        _json("offered"),
        _json("queued"),
        sa.Column("misunderstood", sa.Integer, nullable=False),
        sa.Column("disclosed", sa.Boolean, nullable=False),
        _json("spoken"),
        _refers("conversations", "customer_id", "customers"),
        sa.PrimaryKeyConstraint("id", name="pk_conversations"),
    )
    op.create_index("ix_conversations_customer_id", "conversations", ["customer_id"])
    op.create_index("ix_conversations_visitor_id", "conversations", ["visitor_id"])


def _create_transcript() -> None:
    op.create_table(
        "messages",
        _text("id"),
        _text("conversation_id"),
        sa.Column("sequence", sa.Integer, nullable=False),
        _text("role"),
        _text("text"),
        _text("language"),
        _text("channel"),
        _time("at"),
        _text("turn_id"),
        _text("agent"),
        _json("citations"),
        _json("choices"),
        _refers("messages", "conversation_id", "conversations"),
        sa.PrimaryKeyConstraint("id", name="pk_messages"),
        sa.UniqueConstraint("conversation_id", "sequence", name="uq_messages_conversation_id_sequence"),
    )
    op.create_table(
        "turns",
        _text("id"),
        _text("conversation_id"),
        _json("message_ids"),
        _time("started"),
        _time("finished", nullable=True),
        _json("route"),
        _refers("turns", "conversation_id", "conversations"),
        sa.PrimaryKeyConstraint("id", name="pk_turns"),
    )
    op.create_index("ix_turns_conversation_id", "turns", ["conversation_id"])


def _create_events() -> None:
    op.create_table(
        "events",
        _text("conversation_id"),
        sa.Column("number", sa.Integer, nullable=False),
        _text("turn_id"),
        _text("kind"),
        _json("body"),
        _refers("events", "conversation_id", "conversations"),
        sa.PrimaryKeyConstraint("conversation_id", "number", name="pk_events"),
        sqlite_with_rowid=False,
    )


def _create_inbox() -> None:
    op.create_table(
        "inbox",
        _text("message_id"),
        _text("channel"),
        _text("account"),
        _text("provider_message_id"),
        _text("conversation_id"),
        sa.Column("sequence", sa.Integer, nullable=False),
        _text("status"),
        sa.Column("attempts", sa.Integer, nullable=False),
        _time("received_at"),
        _json("body"),
        _refers("inbox", "conversation_id", "conversations"),
        sa.PrimaryKeyConstraint("message_id", name="pk_inbox"),
        sa.UniqueConstraint("channel", "account", "provider_message_id", name="uq_inbox_channel_account_provider_message_id"),
    )
    op.create_index("ix_inbox_conversation_id_sequence", "inbox", ["conversation_id", "sequence"], unique=True)
    op.create_index("ix_inbox_status", "inbox", ["status"])


def _create_cases() -> None:
    op.create_table(
        "cases",
        _text("id"),
        _text("customer_id", nullable=True),
        _text("conversation_id"),
        _text("channel"),
        _text("agent"),
        _text("intent"),
        _text("subject"),
        _text("summary"),
        _text("status"),
        _time("opened_at"),
        _time("updated_at"),
        _json("facts"),
        _refers("cases", "customer_id", "customers"),
        sa.PrimaryKeyConstraint("id", name="pk_cases"),
    )
    op.create_index("ix_cases_conversation_id", "cases", ["conversation_id"])
    op.create_index("ix_cases_customer_id", "cases", ["customer_id"])


def _create_tickets() -> None:
    op.create_table(
        "tickets",
        _text("id"),
        _text("conversation_id"),
        _text("customer_id", nullable=True),
        _text("reason"),
        _text("status"),
        _json("packet"),
        _time("opened_at"),
        _time("updated_at"),
        _refers("tickets", "conversation_id", "conversations"),
        _refers("tickets", "customer_id", "customers"),
        sa.PrimaryKeyConstraint("id", name="pk_tickets"),
    )
    op.create_index("ix_tickets_conversation_id", "tickets", ["conversation_id"])
    op.create_index("ix_tickets_customer_id", "tickets", ["customer_id"])
    op.create_index("ix_tickets_status", "tickets", ["status"])


def _create_facts() -> None:
    op.create_table(
        "facts",
        sa.Column("id", sa.Integer, nullable=False),
        _text("conversation_id", nullable=True),
        _text("customer_id", nullable=True),
        _text("name"),
        _text("value"),
        _text("source"),
        _time("at"),
        _text("trust"),
        _refers("facts", "conversation_id", "conversations"),
        _refers("facts", "customer_id", "customers"),
        sa.PrimaryKeyConstraint("id", name="pk_facts"),
    )
    op.create_index("ix_facts_conversation_id", "facts", ["conversation_id"])
    op.create_index("ix_facts_customer_id", "facts", ["customer_id"])


def _create_ledger() -> None:
    op.create_table(
        "effects",
        _text("key"),
        _text("conversation_id"),
        _text("turn_id"),
        _text("tool"),
        _json("arguments"),
        _text("status"),
        _json("result"),
        _time("planned_at"),
        _time("settled_at", nullable=True),
        sa.PrimaryKeyConstraint("key", name="pk_effects"),
    )
    op.create_index("ix_effects_conversation_id", "effects", ["conversation_id"])
    op.create_index("ix_effects_status", "effects", ["status"])
    op.create_table(
        "gaps",
        sa.Column("id", sa.Integer, nullable=False),
        _text("language"),
        _text("normalised"),
        _text("question"),
        sa.Column("times", sa.Integer, nullable=False),
        _time("first_at"),
        _time("last_at"),
        _text("conversation_id"),
        _text("agent"),
        _text("region"),
        sa.PrimaryKeyConstraint("id", name="pk_gaps"),
        sa.UniqueConstraint("language", "normalised", name="uq_gaps_language_normalised"),
    )
    op.create_index("ix_gaps_conversation_id", "gaps", ["conversation_id"])


def _create_proofs() -> None:
    op.create_table(
        "codes",
        sa.Column("id", sa.Integer, nullable=False),
        _text("conversation_id"),
        _text("customer_id"),
        _text("digest"),
        _time("issued_at"),
        _time("expires_at"),
        sa.Column("tries", sa.Integer, nullable=False),
        sa.Column("is_live", sa.Boolean, nullable=False),
        _refers("codes", "conversation_id", "conversations"),
        _refers("codes", "customer_id", "customers"),
        sa.PrimaryKeyConstraint("id", name="pk_codes"),
    )
    op.create_index("ix_codes_conversation_id", "codes", ["conversation_id"])
    op.create_index("ix_codes_customer_id", "codes", ["customer_id"])
    op.create_table(
        "idempotency_keys",
        _text("key"),
        _text("body_hash"),
        _time("begun_at"),
        sa.Column("status", sa.Integer, nullable=True),
        _json("response"),
        _text("conversation_id"),
        sa.PrimaryKeyConstraint("key", name="pk_idempotency_keys"),
    )
    op.create_index("ix_idempotency_keys_conversation_id", "idempotency_keys", ["conversation_id"])
    op.create_table(
        "counters", _text("name"), sa.Column("value", sa.Integer, nullable=False), sa.PrimaryKeyConstraint("name", name="pk_counters")
    )


def _text(name: str, *, nullable: bool = False) -> sa.Column[str]:
    return sa.Column(name, sa.Text, nullable=nullable)


def _time(name: str, *, nullable: bool = False) -> sa.Column[datetime]:
    return sa.Column(name, sa.DateTime(timezone=True), nullable=nullable)


def _json(name: str, *, nullable: bool = False) -> sa.Column[object]:
    return sa.Column(name, sa.JSON, nullable=nullable)


def _refers(table: str, column: str, other: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], [f"{other}.id"], name=f"fk_{table}_{column}")
