"""What language models have cost a conversation, its summary for them, and the journal of their answers."""

import sqlalchemy as sa
from alembic import op

from orchestrator.store.columns import Document, UtcDateTime

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Nothing was spent or summarised before."""
    op.add_column("conversations", sa.Column("spent", Document, nullable=False, server_default="{}"))
    op.add_column("conversations", sa.Column("summary", sa.Text(), nullable=False, server_default=""))
    op.add_column("conversations", sa.Column("summarised", sa.Integer(), nullable=False, server_default="0"))
    op.create_table(
        "model_responses",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("conversation_id", sa.Text(), nullable=False),
        sa.Column("message_id", sa.Text(), nullable=False),
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("response", sa.Text(), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["conversation_id"], ["conversations.id"], name="fk_model_responses_conversation_id"),
        sa.PrimaryKeyConstraint("id", name="pk_model_responses"),
    )
    op.create_index("ix_model_responses_conversation_id", "model_responses", ["conversation_id"])
    op.create_index("ix_model_responses_message_id", "model_responses", ["message_id"])
