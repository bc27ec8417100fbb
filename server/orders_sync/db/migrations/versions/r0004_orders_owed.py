"""What each owner, and nobody, has to send: an index."""

from __future__ import annotations

from alembic import op
from sqlalchemy import text

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    owed = text("due_at IS NOT NULL")
    columns = ["shop_id", "assigned_to", "due_at", "id"]
    op.create_index("orders_owed", "orders", columns, sqlite_where=owed, postgresql_where=owed, if_not_exists=True)


def downgrade() -> None:
    op.drop_index("orders_owed", "orders")
