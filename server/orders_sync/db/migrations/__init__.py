"""The history of the tables: Alembic revisions, run by `orders_sync.db.migrate`."""
