"""Whatever the order in which deliveries come, however often: the same rows (contract §4; Shopify promises neither)."""

from __future__ import annotations

import random

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from sqlalchemy import Connection
from tests.server.ingest.rows import Rows, rows, taken, taken_at_once
from tests.support import shop_bodies as shop
from tests.support.shop_bodies import ARRIVED, Body, clock, delivery

from orders_sync.evidence.changes import Delivery


def _order(order_id: int) -> list[tuple[str, Body, str]]:
    paid = {"financial_status": "paid", "tags": "vip, gift"}
    sent = {**paid, "line_items": [shop.line(fulfillable_quantity=0)], "fulfillment_status": "fulfilled"}
    return [
        ("orders/create", shop.order(order_id), "08:00"),
        ("orders/paid", shop.order(order_id, "08:10", **paid), "08:10"),
        ("orders/updated", {"id": order_id, "updated_at": clock("08:20"), "note": "ring twice"}, "08:20"),
        (
            "orders/edited",
            {"order_edit": {"id": order_id * 7, "order_id": order_id, "created_at": clock("08:25")}},
            "08:25",
        ),
        ("orders/fulfilled", shop.order(order_id, "09:00", **sent), "09:00"),
        ("order_transactions/create", shop.transaction(order_id * 100, "authorization", "08:00", order_id), "08:00"),
        ("order_transactions/create", shop.transaction(order_id * 100 + 1, "capture", "08:10", order_id), "08:10"),
    ]


def _parcels(order_id: int) -> list[tuple[str, Body, str]]:
    first, second = order_id * 10 + 1, order_id * 10 + 2
    told = {"tracking_number": "AB 12", "tracking_company": "DHL"}
    return [
        ("fulfillments/create", shop.fulfillment(first, order_id), "09:00"),
        ("fulfillments/update", shop.fulfillment(first, order_id, "09:30", **told), "09:30"),
        (
            "fulfillments/update",
            shop.fulfillment(first, order_id, "11:00", shipment_status="delivered", **told),
            "11:00",
        ),
        (
            "fulfillments/update",
            shop.fulfillment(first, order_id, "11:10", shipment_status="in_transit", **told),
            "11:10",
        ),
        ("fulfillments/create", shop.fulfillment(second, order_id), "09:05"),
        ("fulfillments/update", shop.fulfillment(second, order_id, "10:00", status="cancelled"), "10:00"),
        ("fulfillment_events/create", shop.scan(first * 9, "in_transit", "09:40", first, order_id), "09:40"),
        ("fulfillment_events/create", shop.scan(first * 9 + 1, "out_for_delivery", "10:30", first, order_id), "10:30"),
        ("fulfillment_events/create", shop.scan(first * 9 + 2, "delayed", "10:10", first, order_id), "10:10"),
        ("fulfillment_events/delete", shop.scan(first * 9 + 2, "delayed", "10:10", first, order_id), "10:50"),
    ]


def _holds(order_id: int) -> list[tuple[str, Body, str]]:
    fulfillment_order, other = order_id * 40, order_id * 40 + 1
    owner, held = shop.fulfillment_order(fulfillment_order), shop.hold(order_id * 50)
    on_hold = shop.fulfillment_order(
        fulfillment_order, "on_hold", fulfillment_holds=[held, shop.hold(order_id * 50 + 1)]
    )
    moved = {
        "original_fulfillment_order": shop.fulfillment_order(fulfillment_order, "closed"),
        "moved_fulfillment_order": shop.fulfillment_order(other),
    }
    late = {
        "fulfillment_order": shop.fulfillment_order(other, "on_hold"),
        "fulfillment_hold": shop.hold(order_id * 50 + 2),
    }
    resource = {"id": fulfillment_order, "order_id": order_id, "status": "open", "updated_at": clock("08:05")}
    return [
        ("fulfillment_orders/order_routing_complete", {"fulfillment_order": owner}, "08:01"),
        (
            "fulfillment_orders/placed_on_hold",
            {"fulfillment_order": on_hold, "created_fulfillment_hold": held},
            "08:15",
        ),
        ("fulfillment_holds/released", {"fulfillment_order": owner, "fulfillment_hold": held}, "08:16"),
        ("fulfillment_orders/moved", moved, "08:18"),
        ("fulfillment_holds/added", late, "08:40"),
        ("fulfillment_orders/resource", resource, "08:05"),
    ]


def _returns(order_id: int) -> list[tuple[str, Body, str]]:
    first, second = order_id * 30, order_id * 30 + 1
    flat = {"id": first, "order_id": order_id}
    return [
        ("returns/request", shop.shop_return(first, order_id, status="requested"), "11:20"),
        ("returns/approve", shop.shop_return(first, order_id, status="open"), "11:25"),
        ("reverse_deliveries/attach_deliverable", shop.reverse_delivery(order_id * 35, first), "11:30"),
        ("returns/close", {**flat, "status": "closed"}, "11:40"),
        ("returns/reopen", {**flat, "status": "open"}, "11:45"),
        (
            "refunds/create",
            shop.refund(order_id * 60, "11:50", order_id=order_id, of=first),
            "11:50",
        ),
        ("returns/request", shop.shop_return(second, order_id, status="requested"), "11:22"),
        ("returns/cancel", {"id": second, "order_id": order_id, "status": "canceled"}, "11:24"),
        ("refunds/create", shop.refund(order_id * 60 + 1, "11:55", "2.00", order_id), "11:55"),
        ("disputes/create", shop.dispute(order_id * 65, order_id=order_id), "10:00"),
        ("disputes/update", shop.dispute(order_id * 65, "won", order_id=order_id), "11:00"),
    ]


_STOCK: list[tuple[str, Body, str]] = [
    ("inventory_items/update", {"id": 91, "sku": "SKU-11", "updated_at": clock("07:00")}, "07:00"),
    (
        "inventory_levels/update",
        {"inventory_item_id": 91, "location_id": 1, "available": -2, "updated_at": clock("08:00")},
        "08:00",
    ),
    (
        "inventory_levels/update",
        {"inventory_item_id": 91, "location_id": 1, "available": 4, "updated_at": clock("08:30")},
        "08:30",
    ),
    (
        "inventory_levels/connect",
        {"inventory_item_id": 91, "location_id": 2, "available": -7, "updated_at": clock("08:10")},
        "08:10",
    ),
    ("inventory_levels/disconnect", {"inventory_item_id": 91, "location_id": 3}, "08:20"),
    ("orders/create", shop.order(5), "08:00"),
    ("orders/create", shop.order(6), "08:00"),
    ("orders/delete", {"id": 6}, "08:50"),
    ("fulfillments/create", shop.fulfillment(71, 6), "09:00"),
    ("refunds/create", shop.refund(72, "10:00", order_id=8), "10:00"),
    (
        "customers/redact",
        {"customer": {"id": 78, "email": "eve@example.com"}, "orders_to_redact": [9]},
        "11:59",
    ),
    ("orders/create", shop.order(9, customer={"id": 78, "first_name": "Eve"}, email="eve@example.com"), "08:00"),
]

_LIFE = [
    *_order(1),
    *_parcels(1),
    *_holds(1),
    *_returns(1),
    *_order(2),
    *_parcels(2),
    *_holds(2),
    *_returns(2),
    *_STOCK,
]
DELIVERIES: tuple[Delivery, ...] = tuple(
    delivery(topic, body, time, f"d{n}") for n, (topic, body, time) in enumerate(_LIFE)
)


def _end(conn: Connection, deliveries: list[Delivery]) -> Rows:
    """The rows after these deliveries, which are taken back again."""
    with conn.begin() as transaction:
        taken(conn, deliveries, ARRIVED)
        found = rows(conn)
        transaction.rollback()
    return found


def _way(seed: int) -> list[Delivery]:
    """All deliveries in some order, some of them several times."""
    dice = random.Random(seed)
    deliveries = [*DELIVERIES, *dice.sample(DELIVERIES, dice.randrange(20))]
    dice.shuffle(deliveries)
    return deliveries


_each = settings(
    deadline=None,
    database=None,
    phases=[Phase.generate],
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)


@pytest.fixture
def wanted(in_sqlite: Connection) -> Rows:
    """The rows after all deliveries as they were sent."""
    return _end(in_sqlite, list(DELIVERIES))


@settings(_each, max_examples=12)
@given(seed=st.integers(0, 2**32))
def test_any_order_and_repetition_ends_in_the_same_rows(in_sqlite: Connection, wanted: Rows, seed: int) -> None:
    assert _end(in_sqlite, _way(seed)) == wanted


@settings(_each, max_examples=3)
@given(seed=st.integers(0, 2**32))
def test_on_postgresql_too(in_postgres: Connection, wanted: Rows, seed: int) -> None:
    assert _end(in_postgres, _way(seed)) == wanted


def test_all_at_once_is_as_one_by_one(in_sqlite: Connection, wanted: Rows) -> None:
    with in_sqlite.begin():
        taken_at_once(in_sqlite, DELIVERIES, ARRIVED)
        assert rows(in_sqlite) == wanted


def test_a_repeated_delivery_changes_nothing(in_sqlite: Connection) -> None:
    with in_sqlite.begin():
        taken(in_sqlite, DELIVERIES, ARRIVED)
        before = rows(in_sqlite)
        again = taken(in_sqlite, DELIVERIES, ARRIVED)
        assert rows(in_sqlite) == before
    assert all(applied.repeated and not applied.changed for applied in again)
