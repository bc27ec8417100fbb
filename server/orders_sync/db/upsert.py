"""INSERT that meets an existing row, in the dialect of the connection: SQLite and PostgreSQL share the clause."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import Connection, Insert, Table
from sqlalchemy.dialects import postgresql, sqlite


def insert_if_missing(conn: Connection, table: Table) -> Insert:
    """Does nothing where any unique key is taken already."""
    if conn.dialect.name == "sqlite":
        return sqlite.insert(table).on_conflict_do_nothing()
    return postgresql.insert(table).on_conflict_do_nothing()


def insert_or_replace(conn: Connection, table: Table, columns: Sequence[str] | None = None) -> Insert:
    """Overwrites the row of the same primary key: all its other columns, or those named."""
    keys = [column.name for column in table.primary_key.columns]
    written = [c.name for c in table.columns if c.name not in keys] if columns is None else columns
    if conn.dialect.name == "sqlite":
        insert = sqlite.insert(table)
        return insert.on_conflict_do_update(index_elements=keys, set_={c: insert.excluded[c] for c in written})
    pg_insert = postgresql.insert(table)
    return pg_insert.on_conflict_do_update(index_elements=keys, set_={c: pg_insert.excluded[c] for c in written})
