"""Whom alone an event is told."""

from __future__ import annotations

from alembic import op
from sqlalchemy import Column, Text

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

KEY = Text().with_variant(Text(collation="C"), "postgresql")


def upgrade() -> None:
    op.add_column("events", Column("addressee", KEY))


def downgrade() -> None:
    op.drop_column("events", "addressee")
