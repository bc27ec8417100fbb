"""Who owns orders, and how many open ones: contract §3, `/sync/owners`."""

from __future__ import annotations

from sqlalchemy import Connection, func, select

from orders_sync.db.tables import orders
from orders_sync.db.tabs import IS_OPEN, SHOP
from orders_sync.instants import Ms


def open_orders(conn: Connection, shop_id: int, quiet: Ms) -> dict[str, int]:
    """Everybody who owns an order, by name, with the number of their orders that are open (`live_at` after `quiet`)."""
    values = {"shop_id": shop_id, "quiet": quiet}
    counts = {row[0]: row[1] for row in conn.execute(_OPEN, values)}
    return {name: counts.get(name, 0) for name in conn.execute(_NAMES, values).scalars()}


_o = orders.c
_OPEN = (
    select(_o.assigned_to, func.count())
    .where(_o.shop_id == SHOP, IS_OPEN, _o.assigned_to.is_not(None))
    .with_hint(orders, "INDEXED BY orders_live", "sqlite")
    .group_by(_o.assigned_to)
)

# From name to next name through the index: costs the names, not the orders.
_first = select(func.min(_o.assigned_to).label("name")).where(_o.shop_id == SHOP).cte("names", recursive=True)
_next = (
    select(func.min(_o.assigned_to))
    .where(_o.shop_id == SHOP, _o.assigned_to > _first.c.name)
    .correlate(_first)
    .scalar_subquery()
)
_names = _first.union_all(select(_next).where(_first.c.name.is_not(None)))
_NAMES = select(_names.c.name).where(_names.c.name.is_not(None)).order_by(_names.c.name)
