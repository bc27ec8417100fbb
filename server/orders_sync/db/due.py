"""Orders whose causes the passing of time changes: what is due is a range of an index, however long the history."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Connection, select, tuple_

from orders_sync.db.tables import orders
from orders_sync.instants import Ms


@dataclass(frozen=True, slots=True)
class Due:
    """An order and the instant it waited for."""

    wake_at: Ms
    order_id: int


def due(conn: Connection, shop_id: int, now: Ms, after: Due | None, limit: int) -> list[Due]:
    """Orders whose instant has come, in its order, following `after`."""
    query = select(orders.c.wake_at, orders.c.id).where(orders.c.shop_id == shop_id, orders.c.wake_at <= now)
    if after is not None:
        query = query.where(tuple_(orders.c.wake_at, orders.c.id) > tuple_(after.wake_at, after.order_id))
    rows = conn.execute(query.order_by(orders.c.wake_at, orders.c.id).limit(limit))
    return [Due(Ms(row.wake_at), row.id) for row in rows]
