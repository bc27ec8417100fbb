"""`verify`: what is kept is counted and derived again, and compared. Reads only; costs the whole history."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from orders_sync.db import order_documents, recount, stock
from orders_sync.db.order_rows import Row, order_row, part_rows
from orders_sync.db.recount import Difference
from orders_sync.db.tables import references
from orders_sync.db.tx import Reading
from orders_sync.desk.page import View
from orders_sync.rules.derive import derive
from orders_sync.rules.order_state import skus
from orders_sync.rules.projection import Projection

_OF_THE_MOMENT = frozenset({"wake_at"})
"""Derived for the moment at which the order was settled, not for every moment after it."""


def verify(conn: Reading, view: View) -> list[Difference]:
    """Every way in which counters, search, alerts, mentions and rows differ from the orders and evidence they are made of."""
    return [
        *recount.day_counts(conn, view.shop_id),
        *recount.names(conn, view.shop_id),
        *recount.kept_by_others(conn, view.shop_id),
        *recount.mentioned(conn, view.shop_id),
        *recount.allotted(conn, view.shop_id),
        *recount.without_evidence(conn, view.shop_id),
        *_derived_again(conn, view),
    ]


def _derived_again(conn: Reading, view: View) -> Iterator[Difference]:
    for order_ids in order_documents.ids(conn, view.shop_id):
        projections = _project(conn, view, order_ids)
        stored = recount.stored_rows(conn, view.shop_id, order_ids)
        yield from _rows(view, order_ids, projections, stored)
        yield from _parts(conn, view, order_ids, projections)


def _project(conn: Reading, view: View, order_ids: Sequence[int]) -> dict[int, Projection]:
    known = order_documents.read_many(conn, view.shop_id, order_ids)
    facts = {order_id: doc.facts for order_id, doc in known.items()}
    levels = stock.levels(conn, view.shop_id, {sku for each in facts.values() for sku in skus(each)})
    found = (
        derive(order_id, facts[order_id], doc.operator, levels, view.thresholds, now=view.now)
        for order_id, doc in known.items()
    )
    return {projection.order_id: projection for projection in found if projection is not None}


def _rows(
    view: View, order_ids: Sequence[int], projections: Mapping[int, Projection], stored: Mapping[int, Row]
) -> Iterator[Difference]:
    for order_id in order_ids:
        kept, projection = stored.get(order_id), projections.get(order_id)
        if kept is None or projection is None:
            if kept is not None or projection is not None:
                yield Difference("order", str(order_id), kept is not None, projection is not None)
            continue
        derived = order_row(view.shop_id, projection, kept["version"])
        for column, value in derived.items():
            if value != kept[column] and column not in _OF_THE_MOMENT:
                yield Difference("order", f"{order_id}.{column}", kept[column], value)


def _parts(
    conn: Reading, view: View, order_ids: Sequence[int], projections: Mapping[int, Projection]
) -> Iterator[Difference]:
    derived = {order_id: part_rows(view.shop_id, projection) for order_id, projection in projections.items()}
    for place, (name, of_orders) in enumerate(recount.stored_parts(conn, view.shop_id, order_ids)):
        for order_id in order_ids:
            kept = of_orders.get(order_id, [])
            expected = derived[order_id][place] if order_id in derived else []
            if name != _SHARED and sorted(kept, key=_by_content) != sorted(expected, key=_by_content):
                yield Difference(name, str(order_id), len(kept), len(expected))


_SHARED = references.name
"""References are kept of orders that have no row, too."""


def _by_content(row: Mapping[str, Any]) -> str:
    return repr(sorted(row.items()))
