"""Who was named in which note; and an index by which everybody is found who ever owned an order."""

from __future__ import annotations

from alembic import op
from sqlalchemy import BigInteger, Boolean, Column, Integer, PrimaryKeyConstraint, Text, UniqueConstraint, text

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

KEY = Text().with_variant(Text(collation="C"), "postgresql")
ROW_ID = BigInteger().with_variant(Integer, "sqlite")


def upgrade() -> None:
    op.create_table(
        "mentions",
        Column("shop_id", Integer, nullable=False),
        Column("mention_id", ROW_ID, autoincrement=True, nullable=False),
        Column("order_id", BigInteger, nullable=False),
        Column("note_id", KEY, nullable=False),
        Column("addressee", KEY, nullable=False),
        Column("named", Boolean, nullable=False),
        Column("at", BigInteger, nullable=False),
        Column("read_at", BigInteger),
        PrimaryKeyConstraint("mention_id"),
        UniqueConstraint("shop_id", "note_id", "addressee", name="mentions_by_note"),
    )
    unread = text("named AND read_at IS NULL")
    columns = ["shop_id", "addressee", "mention_id"]
    op.create_index("mentions_of", "mentions", columns)
    op.create_index("mentions_unread", "mentions", columns, sqlite_where=unread, postgresql_where=unread)
    op.create_index("order_assignments_by_assignee", "order_assignments", ["shop_id", "assignee"], if_not_exists=True)


def downgrade() -> None:
    op.drop_index("order_assignments_by_assignee", "order_assignments")
    op.drop_table("mentions")
