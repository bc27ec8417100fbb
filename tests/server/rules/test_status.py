"""`status`, open and owed: contract §1, Rules."""

from __future__ import annotations

import pytest
from tests.server.rules.order_states import NOON, order_state, parcel, placed, sent, told
from tests.support import shop_bodies as shop
from tests.support.shop_bodies import at, clock

from orders_sync.instants import DAY, FOREVER, Ms
from orders_wire.vocabulary import Status


def test_something_owed_awaits_fulfillment() -> None:
    assert order_state(placed()).status is Status.AWAITING_FULFILLMENT


def test_a_cancelled_order_is_cancelled_whatever_is_owed() -> None:
    assert order_state(placed(cancelled_at=clock("08:30"))).status is Status.CANCELLED


def test_cancelled_comes_before_refunded() -> None:
    assert order_state(placed(cancelled_at=clock("08:30"), financial_status="refunded")).status is Status.CANCELLED


def test_refunded_in_full_comes_before_owed() -> None:
    assert order_state(placed(financial_status="refunded")).status is Status.REFUNDED


def test_a_refund_in_part_changes_no_status() -> None:
    assert order_state(placed(financial_status="partially_refunded")).status is Status.AWAITING_FULFILLMENT


def test_refunds_that_come_to_the_total_are_in_full_before_the_order_says_so() -> None:
    refund = told("refunds/create", shop.refund(5, "10:00", "25.00"), "10:00")
    assert order_state(placed(), refund).status is Status.REFUNDED


def test_what_the_order_says_after_the_refund_decides() -> None:
    refund = told("refunds/create", shop.refund(5, "10:00", "25.00"), "10:00")
    newer = placed("10:05", financial_status="partially_refunded")
    assert order_state(newer, refund).status is Status.AWAITING_FULFILLMENT


def test_refunds_in_the_buyers_currency_are_not_added_to_the_shops() -> None:
    in_yen = [shop.transaction(7, "refund", "10:00", amount="3000", currency="JPY")]
    refund = told("refunds/create", shop.refund(6, "10:00", transactions=in_yen), "10:00")
    assert order_state(placed(), refund).status is Status.AWAITING_FULFILLMENT


def test_a_parcel_without_a_number_awaits_tracking() -> None:
    assert order_state(sent(), parcel()).status is Status.AWAITING_TRACKING


def test_one_of_two_parcels_without_a_number_awaits_tracking() -> None:
    assert order_state(sent(), parcel(21, number="A1"), parcel(22)).status is Status.AWAITING_TRACKING


@pytest.mark.parametrize(
    "state",
    [
        "label_purchased",
        "label_printed",
        "confirmed",
        "in_transit",
        "carrier_picked_up",
        "out_for_delivery",
        "attempted_delivery",
        "delayed",
        "ready_for_pickup",
    ],
)
def test_a_parcel_on_its_way_is_in_transit(state: str) -> None:
    assert order_state(sent(), parcel(number="A1", shipment_status=state)).status is Status.IN_TRANSIT


@pytest.mark.parametrize("state", [None, "delivered", "failure", "label_voided", "unheard_of"])
def test_a_parcel_that_does_not_move_is_fulfilled(state: str | None) -> None:
    assert order_state(sent(), parcel(number="A1", shipment_status=state)).status is Status.FULFILLED


def test_a_delivered_parcel_needs_no_number() -> None:
    assert order_state(sent(), parcel(shipment_status="delivered")).status is Status.FULFILLED


@pytest.mark.parametrize("status", ["cancelled", "failure", "error"])
def test_a_cancelled_or_failed_fulfilment_is_no_parcel(status: str) -> None:
    found = order_state(sent(), parcel(status=status))
    assert found.status is Status.FULFILLED
    assert found.live_at is None


def test_archiving_changes_nothing() -> None:
    assert order_state(placed(closed_at=clock("08:30"))).owed


def test_a_line_that_is_not_shipped_is_not_owed() -> None:
    lines = [shop.line(requires_shipping=False)]
    assert order_state(placed(line_items=lines)).status is Status.FULFILLED


def test_a_removed_line_is_not_owed() -> None:
    assert not order_state(placed(line_items=[shop.line(current_quantity=0)])).owed


def test_a_parcel_newer_than_the_order_says_what_is_left() -> None:
    lines = [{"id": 11, "quantity": 1, "fulfillable_quantity": 0, "requires_shipping": True}]
    assert order_state(placed(), parcel(line_items=lines)).status is Status.AWAITING_TRACKING


def test_a_parcel_newer_than_the_order_takes_its_lines_where_it_does_not_say_what_is_left() -> None:
    lines = [{"id": 11, "quantity": 2}]
    order = placed(line_items=[shop.line(quantity=3, current_quantity=3, fulfillable_quantity=3)])
    assert [line.owed for line in order_state(order, parcel(line_items=lines)).lines] == [1]


def test_of_what_is_said_of_one_second_the_least_is_left() -> None:
    lines = [{"id": 11, "quantity": 1, "fulfillable_quantity": 0}]
    assert not order_state(placed("09:00"), parcel(line_items=lines)).owed


def test_an_order_newer_than_the_parcel_says_what_is_left() -> None:
    lines = [{"id": 11, "quantity": 1, "fulfillable_quantity": 0}]
    assert order_state(placed("09:30"), parcel(line_items=lines)).owed


def test_owed_is_open_for_ever() -> None:
    assert order_state(placed()).live_at == FOREVER


def test_a_live_parcel_keeps_the_order_open_for_thirty_days_after_its_last_update() -> None:
    found = order_state(sent(), parcel(time="10:00", number="A1", shipment_status="in_transit"))
    assert found.live_at == at("10:00")
    assert found.open_at(NOON)
    assert not found.open_at(Ms(at("10:00") + 30 * DAY))


def test_a_parcel_that_neither_moves_nor_lacks_a_number_keeps_nothing_open() -> None:
    assert order_state(sent(), parcel(number="A1")).live_at is None


def test_a_cancelled_order_is_not_open_even_with_a_parcel_on_its_way() -> None:
    gone = sent(cancelled_at=clock("10:00"))
    assert order_state(gone, parcel(shipment_status="in_transit")).live_at is None


def test_digital_goods_enter_no_shipment_rule() -> None:
    lines = [shop.line(requires_shipping=False, fulfillable_quantity=0)]
    found = order_state(sent(line_items=lines), parcel())
    assert (found.ship_by, found.live_at, found.status) == (None, None, Status.FULFILLED)


def test_goods_handed_over_at_the_counter_enter_no_shipment_rule() -> None:
    pos = placed(source_name="pos", shipping_address=None, shipping_lines=[])
    found = order_state(pos, parcel())
    assert (found.ship_by, found.live_at, found.status) == (None, None, Status.FULFILLED)


def test_a_pos_order_that_is_sent_to_an_address_is_owed() -> None:
    assert order_state(placed(source_name="pos")).owed


def test_a_parcel_of_digital_goods_beside_shipped_ones_needs_no_number() -> None:
    card = [{"id": 12, "quantity": 1, "requires_shipping": False, "fulfillable_quantity": 0}]
    found = order_state(sent(), parcel(21, number="A1"), parcel(22, line_items=card))
    assert found.status is Status.FULFILLED
