"""Messages that were cut short when the customer interrupted them."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """All earlier messages were said to their end."""
    op.add_column("messages", sa.Column("interrupted", sa.Boolean(), nullable=False, server_default=sa.false()))
