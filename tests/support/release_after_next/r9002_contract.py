"""A revision that contracts: it takes away what releases before 9001 would miss."""

from __future__ import annotations

from alembic import op

from orders_sync.db.migrate import raise_floor

revision = "9002"
down_revision = "9001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.drop_index("orders_colour", "orders")
    raise_floor(op.get_bind(), "9001")
