"""What an order goes without, by SKU: reads as much of the backlog as is needed to tell (contract §3a, Covered)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from orders_sync.db import docs, stock
from orders_sync.db.reading import Reading
from orders_sync.desk.page import View
from orders_sync.rules.covered import missing
from orders_sync.rules.picture import draw
from orders_sync.rules.stock_level import StockLevel

READ_AT_MOST = 200
"""Orders of the backlog that are read for one SKU; how far one is covered that stands before all of them is not told."""
_AT_ONCE = 20


def of_order(conn: Reading, view: View, order_id: int, levels: Mapping[str, StockLevel]) -> dict[str, int | None]:
    """Units short by SKU, of the SKUs of which less than nothing is available; null where it was not found out."""
    return {
        sku: missing(order_id, level.available, _owed(conn, view, sku))
        for sku, level in levels.items()
        if level.available is not None and level.short
    }


def _owed(conn: Reading, view: View, sku: str) -> Iterator[tuple[int, int]]:
    """The orders that owe a SKU and how much, those that are served last first."""
    waiting = stock.last_served(conn, view.shop_id, sku, READ_AT_MOST)
    for start in range(0, len(waiting), _AT_ONCE):
        ids = waiting[start : start + _AT_ONCE]
        known = docs.read_many(conn, view.shop_id, sorted(ids))
        for order_id in ids:
            doc = known.get(order_id)
            picture = draw(order_id, doc.facts, doc.operator, {}, view.figures) if doc is not None else None
            lines = picture.lines if picture is not None else ()
            yield order_id, sum(line.owed for line in lines if line.part.sku == sku)
