"""What orders are filtered by, and which orders have not been derived with it yet."""

from __future__ import annotations

from alembic import op
from sqlalchemy import BigInteger, Column, Integer, PrimaryKeyConstraint, Text, text

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

KEY = Text().with_variant(Text(collation="C"), "postgresql")


def upgrade() -> None:
    op.create_table(
        "order_marks",
        Column("shop_id", Integer, autoincrement=False, nullable=False),
        Column("mark", KEY, nullable=False),
        Column("placed_at", BigInteger, autoincrement=False, nullable=False),
        Column("order_id", BigInteger, autoincrement=False, nullable=False),
        PrimaryKeyConstraint("shop_id", "mark", "placed_at", "order_id"),
        sqlite_with_rowid=False,
    )
    op.create_index("order_marks_by_order", "order_marks", ["shop_id", "order_id", "mark"])
    unmarked = text("length(parts) < 56")
    op.create_index("orders_unmarked", "orders", ["shop_id", "id"], sqlite_where=unmarked, postgresql_where=unmarked)


def downgrade() -> None:
    op.drop_index("orders_unmarked", "orders")
    op.drop_table("order_marks")
