"""The shop's past: reproducible, within Shopify's sixty days, and with something in every queue."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable
from datetime import timedelta

import pytest
from tests.server.demo.worlds import NOW

from orders_demo.history.past import Past, build
from orders_demo.history.plots import PLOTS
from orders_demo.identity import DOMAIN
from orders_demo.rest.scalars import dump
from orders_demo.rest.topics import body
from orders_demo.sample_data import baskets
from orders_demo.world.orders import Order
from orders_demo.world.parcels import Parcel
from orders_demo.world.returns import Return
from orders_demo.world.shop import Told


def _whole(past: Past) -> bytes:
    bodies = b"".join(dump(body(past.shop, Told("orders/updated", order))) for order in past.shop.orders.values())
    return bodies + json.dumps([(entry.type, str(entry.at)) for entry in past.evidence]).encode()


def test_the_same_seed_orders_and_clock_give_the_same_past_to_the_byte() -> None:
    assert _whole(build(150, 3, NOW, DOMAIN)) == _whole(build(150, 3, NOW, DOMAIN))
    assert _whole(build(150, 3, NOW, DOMAIN)) != _whole(build(150, 4, NOW, DOMAIN))


def test_nothing_in_the_past_is_later_than_now_or_older_than_sixty_days(past: Past) -> None:
    for order in past.shop.orders.values():
        assert NOW - timedelta(days=60) < order.created_at <= order.updated_at <= NOW
        assert all(payment.created_at <= NOW for payment in order.payments)
        for parcel in order.parcels:
            assert order.created_at <= parcel.created_at <= parcel.updated_at <= NOW
            assert all(parcel.created_at <= scan.happened_at <= NOW for scan in parcel.scans)
    assert all(entry.at <= NOW for entry in past.evidence)


def test_the_number_of_orders_is_what_was_asked_for(past: Past) -> None:
    assert len(past.shop.orders) == 2000
    assert [len(build(count, 1, NOW, DOMAIN).shop.orders) for count in (0, 1, 30, 300)] == [0, 1, 30, 300]


def test_from_two_thousand_orders_on_every_story_is_told_at_least_as_often_as_planned(past: Past) -> None:
    told = Counter(past.stories.values())
    assert {plot.name: told[plot.name] for plot in PLOTS if told[plot.name] < plot.count} == {}


def _owed(order: Order) -> bool:
    return (
        order.requires_shipping and bool(order.owed) and not order.cancelled_at and order.financial_status != "REFUNDED"
    )


def _live(parcel: Parcel) -> bool:
    return parcel.status == "SUCCESS" and not parcel.delivered_at and NOW - parcel.updated_at < timedelta(days=30)


def _ship_by(order: Order) -> object:
    promised = [task.fulfill_by for task in order.tasks if task.fulfill_by and task.remaining]
    return min(promised) if promised else order.created_at + timedelta(hours=24)


MOVING = (
    "LABEL_PURCHASED",
    "LABEL_PRINTED",
    "CONFIRMED",
    "IN_TRANSIT",
    "OUT_FOR_DELIVERY",
    "ATTEMPTED_DELIVERY",
    "DELAYED",
)
DAY = timedelta(hours=24)


def _open(order: Order) -> bool:
    if order.cancelled_at or order.financial_status == "REFUNDED" or not order.requires_shipping:
        return False
    moving = (p.number is None or p.shipment_status in (*MOVING, "READY_FOR_PICKUP") for p in order.parcels if _live(p))
    return _owed(order) or any(moving)


def _delayed(order: Order) -> bool:
    states = ("IN_TRANSIT", "OUT_FOR_DELIVERY", "DELAYED")
    late = (p.shipment_status in states and NOW - p.updated_at >= DAY for p in order.parcels if _live(p))
    return _open(order) and any(late)


TABS: dict[str, Callable[[Order], bool]] = {
    "all": lambda order: True,
    "unfulfilled": lambda order: _open(order) and _owed(order),
    "overdue": lambda order: _open(order) and _owed(order) and str(_ship_by(order)) < str(NOW),
    "awaiting_tracking": lambda order: _open(order) and any(_live(p) and p.number is None for p in order.parcels),
    "tracking_pending": lambda order: (
        _open(order)
        and NOW - order.created_at > timedelta(hours=2)
        and not any(p.number for p in order.parcels if p.status == "SUCCESS")
    ),
    "delayed": _delayed,
    "holds": lambda order: not order.cancelled_at and any(task.holds for task in order.tasks),
    "returns": lambda order: any(
        entry.status in ("REQUESTED", "OPEN") and not entry.refunds for entry in order.returns
    ),
    "refunded": lambda order: order.refunded > 0,
}


@pytest.mark.parametrize("tab", TABS)
def test_every_tab_has_rows(tab: str, past: Past) -> None:
    assert sum(TABS[tab](order) for order in past.shop.orders.values()) >= 5


def test_the_backlog_is_that_of_a_real_shop(past: Past) -> None:
    assert 150 <= sum(_open(order) for order in past.shop.orders.values()) <= 260


def _state(entry: Return, told: dict[int, set[str]]) -> str:
    """What the evidence amounts to, by the contract's rules."""
    ends = {"DECLINED": "denied", "CANCELED": "cancelled", "CLOSED": "completed"}
    if entry.refunds or entry.status in ends:
        return ends.get(entry.status, "completed")
    for step, state in (("inspected", "awaiting_refund"), ("received", "inspection"), ("in_transit", "in_transit")):
        if f"return.{step}" in told.get(entry.id, set()):
            return state
    return "label_generated" if any(reverse.deliveries for reverse in entry.reverses) else "awaiting_label"


def test_every_state_of_a_return_is_reached_by_at_least_five_through_shop_and_erp(past: Past) -> None:
    told: dict[int, set[str]] = {}
    for evidence in past.evidence:
        if evidence.owner:
            told.setdefault(evidence.owner.id, set()).add(evidence.type)
    counts = Counter(_state(entry, told) for entry in past.shop.returns.values())
    states = ("awaiting_label", "label_generated", "in_transit", "inspection", "awaiting_refund", "completed", "denied")
    assert {state: counts[state] for state in (*states, "cancelled") if counts[state] < 5} == {}


def test_there_are_three_currencies_names_of_many_scripts_and_hostile_ones(past: Past) -> None:
    assert {order.tender.shop for order in past.shop.orders.values()} == {"USD", "EUR", "GBP"}
    names = "".join(customer.name for customer in past.shop.customers)
    assert all(sample in names for sample in ("田", "ش", "כ", "Ł", "김", "é", "\x1b]52;", "[bold red]", "\u202e"))


def test_the_money_of_every_order_adds_up(past: Past) -> None:
    for order in past.shop.orders.values():
        assert order.refunded <= order.received
        assert order.current_total <= order.total
        assert all(
            0 <= line.unfulfilled <= line.quantity and 0 <= line.current <= line.quantity for line in order.lines
        )
        if order.financial_status == "PAID":
            assert order.outstanding == 0


def test_units_sent_and_units_owed_agree_with_the_fulfilment_orders(past: Past) -> None:
    for order in past.shop.orders.values():
        waiting = sum(task.remaining for task in order.tasks if task.status not in ("CLOSED", "CANCELLED"))
        assert waiting == order.owed or order.cancelled_at


def test_what_is_held_for_stock_is_out_of_stock(past: Past) -> None:
    tasks = [task for order in past.shop.orders.values() for task in order.tasks]
    held = [task for task in tasks if any(hold.reason == "INVENTORY_OUT_OF_STOCK" for hold in task.holds)]
    missing = [line.line.variant.item for task in held for line in task.lines if line.line.variant]
    assert len(held) >= 5
    assert all(item.available < 0 for item in missing)


def test_some_stock_is_short_by_what_open_orders_wait_for(past: Past) -> None:
    short = {item.sku: item.available for item in past.shop.items.values() if item.available < 0}
    assert len(short) >= 3
    expected = {evidence.sku for evidence in past.evidence if evidence.type == "inventory.expected"}
    assert expected & set(short)


def test_some_customers_wait_for_two_parcels_at_one_address_that_they_typed_differently(past: Past) -> None:
    typed: dict[int, set[str | None]] = {}
    for order in filter(_owed, past.shop.orders.values()):
        if order.customer and order.shipping_address:
            typed.setdefault(order.customer.id, set()).add(order.shipping_address.address1)
    assert sum(len(lines) > 1 for lines in typed.values()) >= 4


def test_most_of_what_is_packed_has_a_barcode_and_some_was_engraved(past: Past) -> None:
    lines = [line for order in filter(_owed, past.shop.orders.values()) for line in order.lines if line.variant]
    coded = [line for line in lines if line.variant and line.variant.barcode]
    assert len(lines) * 0.8 < len(coded) < len(lines)
    assert any(line.properties for line in lines)


def test_some_orders_are_fetched_in_the_store_or_brought_by_the_shop(past: Past) -> None:
    chosen = [(order.shipping[0].title, order) for order in past.shop.orders.values() if order.shipping]
    fetched = [order for title, order in chosen if title == baskets.PICKUP[0]]
    brought = [order for title, order in chosen if title == baskets.LOCAL[0]]
    assert all(order.shipping_address is None for order in fetched)
    assert all(order.shipping_address is not None for order in brought)
    assert {bool(order.owed) for order in fetched} == {True, False}
    assert any(order.owed for order in brought)


def test_holds_are_the_desks_another_apps_and_of_one_that_lets_nobody_else_release_them(past: Past) -> None:
    holds = [entry for task in past.shop.tasks.values() for entry in task.holds]
    kinds = Counter((entry.by_us, entry.locked, str(entry.handle).startswith("desk-")) for entry in holds)
    assert set(kinds) == {(True, False, True), (False, False, False), (False, True, False)}
    assert min(kinds.values()) >= 4
