"""`delivery`, and what it changes in the rules: contract §1."""

from __future__ import annotations

from typing import Any

import pytest
from tests.server.rules.order_states import NOON, card, order_state, parcel, placed, projected, sent, told
from tests.support import shop_bodies as shop

from orders_sync.evidence.changes import Change
from orders_sync.instants import DAY, HOUR, Ms
from orders_wire.vocabulary import AlertType, Delivery, Issue, Status


def task(number: int, method: str | None, status: str = "open", **fields: Any) -> tuple[Change, ...]:
    """A fulfilment order, as a webhook tells it."""
    method_told = {} if method is None else {"delivery_method": {"method_type": method}}
    body = {**shop.fulfillment_order(number, status), "id": number, "order_id": 1, **method_told, **fields}
    return told("fulfillment_orders/rescheduled", {"fulfillment_order": body}, "08:30")


@pytest.mark.parametrize(
    ("tasks", "expected"),
    [
        ([], "shipping"),
        ([("pick_up", "open")], "pickup"),
        ([("PICK_UP", "open")], "pickup"),
        ([("local", "in_progress")], "local"),
        ([("retail", "open")], "none"),
        ([("none", "open")], "none"),
        ([("pickup_point", "open")], "shipping"),
        ([("hovercraft", "open")], "shipping"),
        ([(None, "open")], "shipping"),
        ([("pick_up", "open"), ("none", "open")], "pickup"),
        ([("pick_up", "open"), ("local", "open")], "local"),
        ([("pick_up", "open"), ("shipping", "open")], "shipping"),
        ([("pick_up", "open"), ("shipping", "closed")], "pickup"),
        ([("pick_up", "open"), ("shipping", "cancelled")], "pickup"),
        ([("pick_up", "closed"), ("shipping", "closed")], "shipping"),
        ([("pick_up", "closed")], "pickup"),
        ([("pick_up", "open"), (None, "open")], "shipping"),
    ],
)
def test_the_fulfilment_orders_decide(tasks: list[tuple[str | None, str]], expected: str) -> None:
    known = [task(41 + n, method, status) for n, (method, status) in enumerate(tasks)]
    assert card(placed(), *known)["delivery"] == expected


@pytest.mark.parametrize("method", ["pick_up", "local"])
def test_no_number_is_missed_and_no_delay_waited_for(method: str) -> None:
    travelling = parcel(shipment_status="in_transit")
    for known in ((sent(), parcel()), (sent(), travelling), (placed(),)):
        late = Ms(NOON + 3 * DAY)
        found = projected(*known, task(41, method), now=late)
        assert (found.untracked_at, found.unnumbered_at) == (None, None)
        assert not any(p.late_prone or not p.has_number for p in found.parcels)
        assert {cause.type for cause in found.causes} <= {AlertType.ORDER_OVERDUE}
        assert found.static_issue is None
    assert projected(sent(), parcel(), task(41, method)).status is Status.FULFILLED
    assert projected(sent(), parcel(), task(41, method)).live_at is None
    assert projected(sent(), travelling, task(41, method)).status is Status.IN_TRANSIT
    assert projected(sent(), parcel(), task(41, "shipping")).status is Status.AWAITING_TRACKING


@pytest.mark.parametrize("method", ["pick_up", "local"])
def test_it_is_ready_by_its_time_and_overdue_after(method: str) -> None:
    found = projected(placed(), task(41, method), now=Ms(NOON + 2 * DAY))
    assert found.ship_by == found.due_at == found.placed_at + 24 * HOUR
    assert AlertType.ORDER_OVERDUE in {cause.type for cause in found.causes}


def test_a_pickup_needs_no_address_and_a_local_delivery_does() -> None:
    homeless = placed(shipping_address=None)
    assert projected(homeless, task(41, "pick_up")).static_issue is None
    assert projected(homeless, task(41, "local")).static_issue is Issue.ADDRESS
    assert projected(homeless).static_issue is Issue.ADDRESS


@pytest.mark.parametrize("method", ["retail", "none"])
def test_nothing_to_deliver_is_an_order_without_shipping(method: str) -> None:
    found = projected(placed(), task(41, method), now=Ms(NOON + 3 * DAY))
    assert (found.ship_by, found.due_at, found.unnumbered_at, found.live_at) == (None, None, None, None)
    assert found.status is Status.FULFILLED


def test_a_telling_without_the_method_leaves_it_as_known() -> None:
    later = told(
        "fulfillment_orders/cancelled",
        {"fulfillment_order": {**shop.fulfillment_order(41, "in_progress"), "id": 41}},
        "09:00",
    )
    assert order_state(placed(), task(41, "pick_up"), later).delivery is Delivery.PICKUP


def test_an_orders_own_body_may_hold_its_fulfilment_orders() -> None:
    inside = {**shop.fulfillment_order(41), "delivery_method": {"method_type": "local"}}
    assert card(placed(fulfillment_orders=[inside]))["delivery"] == "local"
