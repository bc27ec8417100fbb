"""`GET /sync/orders/{id}`: everything that is known of one order (contract §1)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import orjson

from orders_sync.db import audit, customer_orders, order_documents, order_lookup, outbox, stock
from orders_sync.db.page_rows import read_one
from orders_sync.db.tx import Reading
from orders_sync.desk.page import View
from orders_sync.desk.rows import added
from orders_sync.outbox.kinds import Kind
from orders_sync.rules.detail import describe
from orders_sync.rules.order_state import build_order_state, skus
from orders_sync.rules.stock_coverage import StockLevel, missing
from orders_wire.detail import OrderDetail


@dataclass(frozen=True, slots=True)
class Ambiguous:
    """Several orders have the name that was asked for."""

    order_ids: tuple[int, ...]


def find(conn: Reading, shop_id: int, spelling: str) -> int | Ambiguous | None:
    """The order that an id means, in any of its spellings."""
    found = order_lookup.find(conn, shop_id, [spelling])[spelling]
    if len(found) > 1:
        return Ambiguous(found)
    return found[0] if found else None


def detail(conn: Reading, view: View, order_id: int, shop_domain: str) -> OrderDetail | None:
    """The order whole; None when there is none, or only parts of one (a stub is in no list)."""
    row = read_one(conn, view.shop_id, order_id, view.cutoffs)
    doc = order_documents.read(conn, view.shop_id, order_id)
    if row is None or doc is None:
        return None
    facts = doc.facts
    levels = stock.levels(conn, view.shop_id, skus(facts))
    short = of_order(conn, view, order_id, levels)
    writes = outbox.of_kinds(conn, view.shop_id, order_id, [Kind.FULFILLMENT, Kind.TRACKING])
    parts = describe(order_id, facts, doc.operator, levels, view.thresholds, missing=short, writes=writes)
    if parts is None:
        return None
    return OrderDetail.model_validate(
        orjson.loads(row.card)
        | added(row, view.now)
        | {name: getattr(parts, name) for name in type(parts).__slots__}
        | {
            "assignments": audit.owners_of_order(conn, view.shop_id, order_id),
            "audit": audit.of_order(conn, view.shop_id, order_id),
            "customer_orders": customer_orders.of_order(conn, view.shop_id, order_id, view.cutoffs),
            "outbox": outbox.entries_of_order(conn, view.shop_id, order_id),
            "admin_url": f"https://{shop_domain}/admin/orders/{order_id}",
        }
    )


READ_AT_MOST = 200
"""Orders of the backlog that are read for one SKU; for one that stands before all of them it is not known."""
_AT_ONCE = 20


def of_order(conn: Reading, view: View, order_id: int, levels: Mapping[str, StockLevel]) -> dict[str, int | None]:
    """Units short by SKU, of the SKUs of which less than nothing is available; None where it was not found out."""
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
        known = order_documents.read_many(conn, view.shop_id, sorted(ids))
        for order_id in ids:
            doc = known.get(order_id)
            state = (
                build_order_state(order_id, doc.facts, doc.operator, {}, view.thresholds) if doc is not None else None
            )
            lines = state.lines if state is not None else ()
            yield order_id, sum(line.owed for line in lines if line.part.sku == sku)
