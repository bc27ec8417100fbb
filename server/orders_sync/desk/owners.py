"""`GET /sync/owners`: who owns orders or has a token, and how many open ones they own (contract §3; §3a, Mentions)."""

from __future__ import annotations

from collections.abc import Collection

from orders_sync.db import overview as stored
from orders_sync.db.tx import Reading
from orders_sync.desk.page import View
from orders_wire.people import Owner


def owners(conn: Reading, view: View, token_names: Collection[str] = ()) -> list[Owner]:
    """Everybody who owns an order, busiest first, and who else may be given one, or be named in a note."""
    counts = stored.open_orders_by_owner(conn, view.shop_id, view.cutoffs.quiet)
    known = {name.casefold() for name in counts}
    counts |= {name: 0 for name in token_names if name.casefold() not in known}
    ranked = sorted(counts.items(), key=lambda entry: (-entry[1], entry[0].casefold()))
    return [Owner(name=name, open_orders=count) for name, count in ranked]
