"""`POST /sync/orders/lines`: what has to be picked and packed of many orders (contract §3a, Packing).

However many orders are named, as few statements are asked, none of which takes a lock.
"""

from __future__ import annotations

from collections.abc import Sequence

from orders_sync.actions import order_ids
from orders_sync.actions.decision import Refusal
from orders_sync.actions.order_ids import NamedOrder
from orders_sync.db import allotment, order_documents, stock
from orders_sync.db.tx import Reading
from orders_sync.desk.page import View
from orders_sync.rules.detail import line_items
from orders_sync.rules.order_state import skus
from orders_wire.actions import Failure
from orders_wire.detail import LineItem
from orders_wire.lines import LinesAnswer, OrderLines, PackingLine


def lines_of(conn: Reading, view: View, spellings: Sequence[str]) -> LinesAnswer:
    """Of each order that is named, in this order. The transaction is one snapshot."""
    named = order_ids.find(conn, view.shop_id, spellings)
    known = order_documents.read_many(conn, view.shop_id, order_ids.distinct(named))
    levels = stock.levels(conn, view.shop_id, {sku for doc in known.values() for sku in skus(doc.facts)})
    short = allotment.missing(conn, view.shop_id, [*known])
    read: dict[int, OrderLines] = {}
    for order_id, doc in known.items():
        missing = short.get(order_id, {})
        lines = line_items(order_id, doc.facts, doc.operator, levels, view.thresholds, missing=missing)
        read[order_id] = OrderLines(id="", version=doc.version, lines=[_packing_line(line) for line in lines])
    found = [(each.spelling, read[each.target]) for each in named if isinstance(each.target, int)]
    return LinesAnswer(
        orders=[order.model_copy(update={"id": spelling}) for spelling, order in found],
        failures=[_failure(each, each.target) for each in named if isinstance(each.target, Refusal)],
    )


def _packing_line(line: LineItem) -> PackingLine:
    same = {name: getattr(line, name) for name in PackingLine.model_fields if name != "line_id"}
    return PackingLine(line_id=line.id, **same)


def _failure(named: NamedOrder, refusal: Refusal) -> Failure:
    return Failure(id=named.spelling, code=refusal.code, message=refusal.message)
