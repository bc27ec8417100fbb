"""`issue`, `hold` and `priority`: contract §1, each the first match."""

from __future__ import annotations

from typing import Any

import pytest
from tests.server.rules.order_states import card, order_state, parcel, placed, projected, sent, told
from tests.support import shop_bodies as shop
from tests.support.shop_bodies import at, clock

from orders_sync.instants import Ms
from orders_sync.rules.issue import static_issue
from orders_sync.rules.operator_state import InventoryHold, OperatorState
from orders_sync.rules.priority import priority
from orders_sync.rules.stock_level import StockLevel
from orders_sync.rules.thresholds import Thresholds
from orders_wire.vocabulary import Issue, Priority


def _held(reason: str, hold_id: int = 51, time: str = "08:30") -> Any:
    body = {"fulfillment_order": {"id": 41, "order_id": 1}, "fulfillment_hold": shop.hold(hold_id, reason)}
    return told("fulfillment_holds/added", body, time)


def _disputed(status: str) -> Any:
    return told("disputes/update", shop.dispute(61, status), "10:00")


def test_nothing_is_wrong_with_a_plain_order() -> None:
    assert static_issue(order_state(placed())) is None


@pytest.mark.parametrize("status", ["needs_response", "under_review", "something_new"])
def test_an_open_dispute_is_about_payment(status: str) -> None:
    assert static_issue(order_state(placed(), _disputed(status))) is Issue.PAYMENT


@pytest.mark.parametrize("status", ["won", "lost", "accepted", "charge_refunded"])
def test_a_settled_dispute_is_not(status: str) -> None:
    assert static_issue(order_state(placed(), _disputed(status))) is None


@pytest.mark.parametrize("status", ["voided", "expired"])
def test_a_payment_that_fell_through_matters_while_something_is_owed(status: str) -> None:
    assert static_issue(order_state(placed(financial_status=status))) is Issue.PAYMENT
    assert static_issue(order_state(sent(financial_status=status))) is None


@pytest.mark.parametrize(
    ("reason", "issue"),
    [
        ("awaiting_payment", Issue.PAYMENT),
        ("incorrect_address", Issue.ADDRESS),
        ("inventory_out_of_stock", Issue.INVENTORY),
        ("high_risk_of_fraud", Issue.MANUAL_CHECK),
        ("unknown_delivery_date", Issue.MANUAL_CHECK),
        ("other", Issue.MANUAL_CHECK),
        ("something_new", Issue.MANUAL_CHECK),
    ],
)
def test_a_hold_says_what_is_wrong(reason: str, issue: Issue) -> None:
    assert static_issue(order_state(placed(), _held(reason))) is issue


def test_payment_comes_before_address_before_inventory() -> None:
    holds = [_held("other", 51), _held("inventory_out_of_stock", 52), _held("incorrect_address", 53)]
    assert static_issue(order_state(placed(), *holds)) is Issue.ADDRESS
    assert static_issue(order_state(placed(), *holds, _disputed("under_review"))) is Issue.PAYMENT


def test_something_to_ship_and_no_address() -> None:
    assert static_issue(order_state(placed(shipping_address=None))) is Issue.ADDRESS
    assert static_issue(order_state(sent(shipping_address=None))) is None


def test_an_address_that_was_not_told_is_not_missing() -> None:
    body = shop.order(1)
    del body["shipping_address"]
    assert static_issue(order_state(told("orders/create", body, "08:00"))) is None


def test_an_owed_sku_that_is_short() -> None:
    short = {"SKU-11": StockLevel(-1, Ms(0))}
    assert static_issue(order_state(placed(), stock=short)) is Issue.INVENTORY
    assert static_issue(order_state(sent(), stock=short)) is None


def test_nothing_left_is_not_short() -> None:
    assert static_issue(order_state(placed(), stock={"SKU-11": StockLevel(0, Ms(0))})) is None


def test_an_escalation_of_an_operator() -> None:
    hold = InventoryHold(action_id="a1", at=at("09:00"), by="ada", note="lost in the aisle")
    operator = OperatorState(holds={"SKU-11": hold})
    assert static_issue(order_state(placed(), operator=operator)) is Issue.INVENTORY


@pytest.mark.parametrize("state", ["failure", "not_delivered", "attempted_delivery", "delayed"])
def test_a_carrier_in_trouble(state: str) -> None:
    assert static_issue(order_state(sent(), parcel(number="A1", shipment_status=state))) is Issue.CARRIER


def test_nothing_holds_an_order_that_is_over() -> None:
    found = projected(placed(cancelled_at=clock("09:00")), _held("inventory_out_of_stock"))
    assert (found.static_issue, found.held_at, found.owed_skus) == (None, None, ())


def test_hold_shows_the_reason_that_decides_and_since_when_the_oldest_stands() -> None:
    told_hold = card(placed(), _held("other", 51, "08:10"), _held("inventory_out_of_stock", 52, "08:40"))["hold"]
    assert told_hold == {"reason": "inventory", "note": "see mail", "since": "2026-03-10T08:40:00Z"} | {
        "since": "2026-03-10T08:10:00Z",
        "until": None,
        "by": None,
    }


def test_high_risk_needs_a_check_by_hand() -> None:
    found = order_state(placed())
    risky = found.order.model_copy(update={"risk": "high"})
    object.__setattr__(found, "order", risky)
    assert static_issue(found) is Issue.MANUAL_CHECK


@pytest.mark.parametrize(
    ("fields", "wanted"),
    [
        ({"tags": "Gift, VIP"}, Priority.VIP),
        ({"customer": {"id": 7, "tags": "vip"}}, Priority.VIP),
        ({"tags": "rush, vip"}, Priority.VIP),
        ({"tags": "Express"}, Priority.RUSH),
        ({"tags": "RUSH"}, Priority.RUSH),
        ({"shipping_lines": [{"title": "Next Day"}]}, Priority.RUSH),
        ({"customer": {"id": 7, "tags": "rush"}}, Priority.STANDARD),
        ({"tags": "vipers"}, Priority.STANDARD),
        ({}, Priority.STANDARD),
    ],
)
def test_priority(fields: dict[str, Any], wanted: Priority) -> None:
    thresholds = Thresholds(rush_shipping=frozenset({"next day"}))
    assert priority(order_state(placed(**fields), thresholds=thresholds)) is wanted
