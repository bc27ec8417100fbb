"""The first tables: those of the code until the first release, whose successor writes them down here before it changes any."""

from __future__ import annotations

from alembic import op

from orders_sync.db.tables import metadata

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    metadata.create_all(op.get_bind())


def downgrade() -> None:
    metadata.drop_all(op.get_bind())
