"""A revision of a release to come: it expands, so that releases before it go on working."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from orders_sync.db.migrate import SCRIPTS

revision = "9001"
down_revision = max(path.name[1:5] for path in (SCRIPTS / "versions").glob("r*.py"))
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("orders", sa.Column("colour", sa.Text))
    op.create_index("orders_colour", "orders", ["shop_id", "colour"])
