"""`GET /sync/orders/{id}`: everything that is known of one order (contract §1)."""

from __future__ import annotations

from dataclasses import dataclass

import orjson

from orders_sync.db import allotment, audit, customer_orders, order_documents, order_lookup, outbox, stock
from orders_sync.db.page_rows import read_one
from orders_sync.db.tx import Reading
from orders_sync.desk.page import View
from orders_sync.desk.rows import added
from orders_sync.outbox.kinds import Kind
from orders_sync.rules.detail import describe
from orders_sync.rules.order_state import skus
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
    short = allotment.missing(conn, view.shop_id, [order_id]).get(order_id, {})
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
