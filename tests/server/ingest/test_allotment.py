"""What crosses orders: in whatever order deliveries come, who goes without is what dealing out all that is there says."""

from __future__ import annotations

import itertools
import random
from collections.abc import Iterable, Sequence

import pytest
from sqlalchemy import Connection, select
from tests.server.ingest.rows import Rows, rows, taken, taken_at_once
from tests.support import shop_bodies as shop
from tests.support.naive_allotment import readiness, without
from tests.support.shop_bodies import ARRIVED, Body, clock, delivery

from orders_sync.db import order_documents, recount, stock
from orders_sync.db.cutoffs import Cutoffs
from orders_sync.db.page_rows import Reader
from orders_sync.db.ready import count
from orders_sync.db.selection import EVERYTHING, Filters, Selection, Wanted
from orders_sync.db.tables import stock as levels
from orders_sync.desk.rows import added
from orders_sync.evidence.changes import Delivery
from orders_sync.rules.derive import derive
from orders_sync.rules.order_state import skus
from orders_sync.rules.projection import Projection
from orders_sync.rules.thresholds import Thresholds
from orders_wire.vocabulary import Ready

Told = tuple[str, Body, str]


def owing(order_id: int, units: int, time: str = "08:00", **fields: object) -> Told:
    """A paid order for so many mugs."""
    lines = [_line(11, "MUG", units), *([_line(12, "TEE", 1)] if order_id % 2 else [])]
    body = shop.order(order_id, time, **{"financial_status": "paid", "line_items": lines, **fields})
    return "orders/updated", body, time


def _line(line_id: int, sku: str, units: int) -> Body:
    return shop.line(line_id, sku=sku, quantity=units, current_quantity=units, fulfillable_quantity=units)


def level(item: int, available: int | None, time: str) -> Told:
    body = {"inventory_item_id": item, "location_id": 1, "available": available, "updated_at": clock(time)}
    return "inventory_levels/update", body, time


def item(item_id: int, sku: str, time: str = "07:00", *, tracked: bool = True) -> Told:
    return "inventory_items/update", {"id": item_id, "sku": sku, "tracked": tracked, "updated_at": clock(time)}, time


def hold(order_id: int, time: str, verb: str = "added") -> Told:
    owner = {"id": order_id * 40, "order_id": order_id}
    return f"fulfillment_holds/{verb}", {"fulfillment_order": owner, "fulfillment_hold": shop.hold(order_id)}, time


MUG, TEE = item(91, "MUG"), item(92, "TEE")

SETS: dict[str, list[Told]] = {
    "orders and a level": [MUG, level(91, -3, "08:00"), owing(1, 2), owing(2, 2), owing(3, 1)],
    "a level that comes and goes": [MUG, level(91, -3, "08:00"), level(91, 2, "08:30"), level(91, -1, "09:00"), owing(1, 2)],
    "a hold and its end": [MUG, level(91, -2, "08:00"), owing(1, 2), owing(2, 2), hold(1, "08:30"), hold(1, "08:40", "released")],
    "held quantities take last": [MUG, level(91, -2, "08:00"), owing(1, 2), owing(2, 2), hold(1, "08:30")],
    "a payment": [MUG, level(91, -2, "08:00"), owing(1, 2, financial_status="pending"), owing(2, 2), owing(1, 2, "09:00")],
    "an edit": [MUG, level(91, -2, "08:00"), owing(1, 3), owing(1, 1, "08:30"), owing(2, 2)],
    "a cancellation": [MUG, level(91, -1, "08:00"), owing(1, 2), owing(2, 2), owing(2, 2, "09:00", cancelled_at=clock("09:00"))],
    "a deletion": [MUG, level(91, -1, "08:00"), owing(1, 2), owing(2, 2), ("orders/delete", {"id": 2}, "09:00")],
    "a fulfilment": [
        MUG,
        level(91, -1, "08:00"),
        owing(1, 2),
        owing(2, 2),
        owing(1, 2, "09:00", line_items=[shop.line(11, sku="MUG", quantity=2, current_quantity=2, fulfillable_quantity=0)]),
    ],
    "two SKUs": [MUG, TEE, level(91, -1, "08:00"), level(92, -1, "08:00"), owing(1, 1), owing(3, 1)],
}  # fmt: skip


def _deliveries(told: Sequence[Told]) -> list[Delivery]:
    return [delivery(topic, body, time, f"webhook {n}") for n, (topic, body, time) in enumerate(told)]


def projections(conn: Connection) -> list[Projection]:
    """Every order, derived from what is known of it."""
    ids = [order_id for batch in order_documents.ids(conn, 1) for order_id in batch]
    known = order_documents.read_many(conn, 1, ids)
    known_levels = stock.levels(conn, 1, {sku for doc in known.values() for sku in skus(doc.facts)})
    found = (derive(n, doc.facts, doc.operator, known_levels, Thresholds(), now=ARRIVED) for n, doc in known.items())
    return [each for each in found if each is not None]


def check(conn: Connection) -> None:
    """What is kept, shown, filtered and counted is what dealing out comes to; and no more is ready than is there."""
    orders = projections(conn)
    available = {row.sku: row.available for row in conn.execute(select(levels.c.sku, levels.c.available))}
    missing = without(orders, available)
    expected = {each.order_id: readiness(each, missing.get(each.order_id, {})) for each in orders}
    cutoffs = Cutoffs.at(ARRIVED, Thresholds())
    shown = {row.id: added(row, ARRIVED) for row in Reader(conn, 1, EVERYTHING, cutoffs).rows(0, 50, 50)}
    assert {n: (row["ready"], row["blockers"]) for n, row in shown.items()} == expected
    for word in Ready:
        wanted = {n for n, (ready, _) in expected.items() if ready == word}
        reader = Reader(conn, 1, Selection(filters=Filters(ready=Wanted(word.value))), cutoffs)
        assert {row.id for row in reader.rows(0, 50, 50)} == wanted
        assert reader.total() == count(conn, 1, word) == len(wanted)
    assert not recount.allotted(conn, 1)
    assert not recount.day_counts(conn, 1)
    for sku, units in available.items():
        owed = sum(each.units for order in orders for each in order.owed_units if each.sku == sku)
        given = owed - sum(of.get(sku, (0, 0))[0] for of in missing.values())
        assert given <= max(0, owed + min(0, owed if units is None else units))


def settled(conn: Connection, deliveries: Iterable[Delivery], *, at_once: bool = False, checked: bool = False) -> Rows:
    with conn.begin() as whole:
        if at_once:
            taken_at_once(conn, list(deliveries), ARRIVED)
        else:
            taken(conn, deliveries, ARRIVED)
        if checked:
            check(conn)
        assert not recount.allotted(conn, 1)
        found = rows(conn)
        whole.rollback()
    return found


def _permuted(conn: Connection, told: Sequence[Told], most: int) -> None:
    """Rows that are the same are right if those of one way are, which is checked whole."""
    deliveries = _deliveries(told)
    expected = settled(conn, deliveries, at_once=True, checked=True)
    ways = [*itertools.permutations(deliveries)]
    for way in ways if len(ways) <= most else random.Random(7).sample(ways, most):
        assert settled(conn, way) == expected


@pytest.mark.parametrize("name", SETS)
def test_every_order_of_arrival_in_sqlite(in_sqlite: Connection, name: str) -> None:
    """Of four deliveries, every one; of more, as many."""
    _permuted(in_sqlite, SETS[name], 24)


def test_orders_of_arrival_in_postgresql(in_postgres: Connection) -> None:
    for told in SETS.values():
        _permuted(in_postgres, told, 3)


def test_what_is_not_tracked_is_covered_in_whatever_order_that_is_told(in_sqlite: Connection) -> None:
    told = [MUG, level(91, -1, "08:00"), item(91, "MUG", "08:30", tracked=False), owing(2, 2)]
    for way in itertools.permutations(_deliveries(told)):
        assert settled(in_sqlite, way, checked=True)["short_units"] == []
    again = [*told, item(91, "MUG", "09:00")]
    for way in itertools.permutations(_deliveries(again)):
        assert len(settled(in_sqlite, way)["short_units"]) == 1
