"""Alembic's entry: runs the revisions on the connection that `orders_sync.db.migrate` hands over, in its transaction."""

from __future__ import annotations

from alembic import context

from orders_sync.db.tables import metadata

connection = context.config.attributes["connection"]
context.configure(connection=connection, target_metadata=metadata, render_as_batch=True)
with context.begin_transaction():
    context.run_migrations()
