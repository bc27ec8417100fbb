"""`GET /sync/owners`: who owns orders, and how many open ones (contract §3)."""

from __future__ import annotations

from orders_sync.db import overview as stored
from orders_sync.db.tx import Reading
from orders_sync.desk.page import View
from orders_wire.people import Owner


def owners(conn: Reading, view: View) -> list[Owner]:
    """Everybody who owns an order, busiest first."""
    counts = stored.open_orders_by_owner(conn, view.shop_id, view.cutoffs.quiet)
    ranked = sorted(counts.items(), key=lambda entry: (-entry[1], entry[0].casefold()))
    return [Owner(name=name, open_orders=count) for name, count in ranked]
