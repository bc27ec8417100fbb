"""Forgetting rows that were kept long enough, some at a time: one transaction for all of a day's would hold up every other."""

from __future__ import annotations

from sqlalchemy import ColumnElement, Table, delete, select, tuple_

from orders_sync.db.tx import Tx

AT_ONCE = 2_000
"""Rows forgotten in one transaction: what bounds the wait of other writes."""


def forget(tx: Tx, table: Table, old: ColumnElement[bool]) -> int:
    """Deletes at most `AT_ONCE` of the shop's rows that are `old`; returns how many. As many as that: there may be more."""
    key = table.primary_key.columns
    chosen = select(*key).where(table.c.shop_id == tx.shop_id, old).limit(AT_ONCE)
    return tx.conn.execute(delete(table).where(tuple_(*key).in_(chosen))).rowcount
