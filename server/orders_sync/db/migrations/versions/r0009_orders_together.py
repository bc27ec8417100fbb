"""Where an order that owes something goes, as a digest; null: nowhere, or not known."""

from __future__ import annotations

from alembic import op
from sqlalchemy import Column, Text, text

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

KEY = Text().with_variant(Text(collation="C"), "postgresql")


def upgrade() -> None:
    op.add_column("orders", Column("together", KEY))
    known = text("together IS NOT NULL")
    op.create_index("orders_together", "orders", ["shop_id", "together"], sqlite_where=known, postgresql_where=known)


def downgrade() -> None:
    op.drop_index("orders_together", "orders")
    op.drop_column("orders", "together")
