"""The open alerts by type, the orders that have any by owner, and a customer's open orders: indexes."""

from __future__ import annotations

from alembic import op
from sqlalchemy import text

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    is_open, alerted, live = text("state = 'open'"), text("alert_types <> ''"), text("live_at IS NOT NULL")
    columns = ["shop_id", "type", "severity", "opened_at", "opened_row"]
    op.create_index(
        "alerts_open_by_type", "alerts", columns, sqlite_where=is_open, postgresql_where=is_open, if_not_exists=True
    )
    columns = ["shop_id", "assigned_to", "id"]
    op.create_index(
        "orders_alerted", "orders", columns, sqlite_where=alerted, postgresql_where=alerted, if_not_exists=True
    )
    columns = ["shop_id", "customer_id", "live_at"]
    op.create_index(
        "orders_live_customer", "orders", columns, sqlite_where=live, postgresql_where=live, if_not_exists=True
    )


def downgrade() -> None:
    op.drop_index("orders_live_customer", "orders")
    op.drop_index("orders_alerted", "orders")
    op.drop_index("alerts_open_by_type", "alerts")
