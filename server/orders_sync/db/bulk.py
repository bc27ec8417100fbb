"""Many rows: INSERTs that both databases take, ids in batches, and rows that were kept long enough.

These are forgotten some at a time: one transaction for all of a day's would hold up every other.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import TypeVar

from sqlalchemy import (
    Column,
    ColumnElement,
    Connection,
    Insert,
    Table,
    delete,
    select,
    tuple_,
)
from sqlalchemy.dialects import postgresql, sqlite

from orders_sync.db.tx import Tx

K = TypeVar("K", int, str, tuple[str, int])


def insert_into(conn: Connection, table: Table) -> postgresql.Insert:
    """INSERT with the clause ON CONFLICT, which SQLite and PostgreSQL share."""
    return sqlite.insert(table) if conn.dialect.name == "sqlite" else postgresql.insert(table)  # type: ignore[return-value]


def insert_if_missing(conn: Connection, table: Table) -> Insert:
    """Does nothing where any unique key is taken already."""
    return insert_into(conn, table).on_conflict_do_nothing()


def insert_or_replace(conn: Connection, table: Table, columns: Sequence[str] | None = None) -> Insert:
    """Overwrites the row of the same primary key: all its other columns, or those named."""
    keys = [column.name for column in table.primary_key.columns]
    written = [c.name for c in table.columns if c.name not in keys] if columns is None else columns
    insert = insert_into(conn, table)
    return insert.on_conflict_do_update(index_elements=keys, set_={c: insert.excluded[c] for c in written})


IDS_AT_ONCE = 400
"""Ids in one `IN (…)`: each is a parameter, of which SQLite takes so many."""


def batches(wanted: Iterable[K], size: int = IDS_AT_ONCE) -> Iterator[list[K]]:
    """The distinct values, sorted, in parts of at most `size`."""
    ordered = sorted(set(wanted))
    return (ordered[start : start + size] for start in range(0, len(ordered), size))


AT_ONCE = 2_000
"""Rows forgotten in one transaction: what bounds the wait of other writes."""


def older(column: Column[int], *also: ColumnElement[bool]) -> Callable[[Tx, int], int]:
    """A function that forgets at most `AT_ONCE` of the shop's rows whose `column` is before an instant, where `also` holds.

    It returns how many. As many as that: there may be more.
    """
    table = column.table
    key = table.primary_key.columns

    def forget(tx: Tx, before: int) -> int:
        chosen = select(*key).where(table.c.shop_id == tx.shop_id, column < before, *also).limit(AT_ONCE)
        return tx.conn.execute(delete(table).where(tuple_(*key).in_(chosen))).rowcount

    return forget
