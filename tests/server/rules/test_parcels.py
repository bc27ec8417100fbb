"""Parcels: keyed by fulfilment, never back from delivered, and what operators gave them (contract §1, §3)."""

from __future__ import annotations

from typing import Any

from tests.server.rules.order_states import card, events, order_state, parcel, placed, projected, sent, told
from tests.support import shop_bodies as shop
from tests.support.shop_bodies import at, clock

from orders_sync.rules.operator_state import Acknowledgement, GivenNumber, OperatorState
from orders_wire.vocabulary import Status


def _scan(status: str, time: str, event_id: int = 1) -> Any:
    return told("fulfillment_events/create", shop.scan(event_id, status, time), time)


def test_one_parcels_update_never_touches_anothers_number() -> None:
    found = card(sent(), parcel(21, number="A1"), parcel(22, number="B2"), parcel(22, "10:00", number="B3"))
    assert [tracking["number"] for tracking in found["tracking"]] == ["A1", "B3"]


def test_an_older_update_changes_nothing() -> None:
    (found,) = order_state(sent(), parcel(time="10:00", number="A2"), parcel(time="09:30", number="A1")).parcels
    assert (found.number, found.updated_at) == ("A2", at("10:00"))


def test_never_back_from_delivered() -> None:
    (found,) = order_state(
        sent(), parcel(time="10:00", shipment_status="delivered"), parcel(time="11:00", shipment_status="in_transit")
    ).parcels
    assert (found.state, found.delivered_at, found.live) == ("delivered", at("10:00"), False)


def test_a_late_scan_does_not_bring_a_delivered_parcel_back() -> None:
    (found,) = order_state(sent(), parcel(), _scan("delivered", "10:00", 1), _scan("in_transit", "09:30", 2)).parcels
    assert found.state == "delivered"


def test_scans_count_as_they_happened_not_as_they_came() -> None:
    (found,) = order_state(
        sent(), parcel(), _scan("out_for_delivery", "10:00", 1), _scan("in_transit", "09:30", 2)
    ).parcels
    assert found.state == "out_for_delivery"


def test_a_scan_newer_than_the_fulfilment_moves_it() -> None:
    (found,) = order_state(sent(), parcel(shipment_status="in_transit"), _scan("out_for_delivery", "10:00")).parcels
    assert (found.state, found.updated_at) == ("out_for_delivery", at("10:00"))


def test_a_scan_that_the_fulfilment_knew_of_does_not() -> None:
    (found,) = order_state(
        sent(), parcel(time="10:30", shipment_status="delayed"), _scan("in_transit", "10:00")
    ).parcels
    assert found.state == "delayed"


def test_a_withdrawn_scan_says_nothing_of_where_the_parcel_is() -> None:
    gone = told("fulfillment_events/delete", shop.scan(2, "delayed", "10:00"), "11:00")
    found = order_state(sent(), parcel(), _scan("in_transit", "09:30", 1), _scan("delayed", "10:00", 2), gone)
    assert found.parcels[0].state == "in_transit"
    assert found.parcels[0].updated_at == at("09:30")


def test_a_parcel_that_was_scanned_before_it_was_told_is_on_its_way() -> None:
    assert order_state(sent(), _scan("in_transit", "09:30")).status is Status.IN_TRANSIT


def test_a_body_without_tracking_fields_does_not_wipe_the_number() -> None:
    bare = {"id": 21, "order_id": 1, "status": "success", "updated_at": clock("10:00"), "shipment_status": "in_transit"}
    (found,) = order_state(sent(), parcel(number="A1"), told("fulfillments/update", bare, "10:00")).parcels
    assert (found.number, found.state, found.created_at) == ("A1", "in_transit", at("09:00"))


def test_a_number_is_found_with_and_without_its_blanks() -> None:
    terms = projected(sent(), parcel(number="1Z 999 AA")).terms
    assert {("tracking", "1z 999 aa"), ("tracking", "1z999aa")} <= terms


def test_the_first_of_several_numbers_counts() -> None:
    body = shop.fulfillment(21, tracking_number=None, tracking_numbers=["A1", "A2"])
    assert order_state(sent(), told("fulfillments/create", body, "09:00")).parcels[0].number == "A1"


ACKNOWLEDGED = OperatorState(
    acknowledgements=(Acknowledgement(action_id="a1", at=at("09:30"), known=(), number="OUR-1", carrier="DHL"),)
)
OURS = ACKNOWLEDGED.acknowledgements[0].parcel_id


def test_an_acknowledgement_is_a_parcel_of_ours_for_all_that_is_owed() -> None:
    found = order_state(placed(), operator=ACKNOWLEDGED)
    assert not found.owed
    assert found.owed_in_shop
    assert [(p.id, p.number, p.carrier) for p in found.parcels] == [(OURS, "OUR-1", "DHL")]
    assert found.status is Status.FULFILLED


def test_an_acknowledgement_without_a_number_awaits_tracking() -> None:
    bare = OperatorState(acknowledgements=(Acknowledgement(action_id="a1", at=at("09:30")),))
    assert order_state(placed(), operator=bare).status is Status.AWAITING_TRACKING


def test_it_wins_over_what_shopify_still_calls_unfulfilled() -> None:
    assert not order_state(placed("11:00"), operator=ACKNOWLEDGED).owed


def test_the_first_fulfilment_that_shopify_creates_replaces_it_and_keeps_its_number() -> None:
    found = order_state(sent(), parcel(), operator=ACKNOWLEDGED)
    assert [(p.id, p.number, p.carrier) for p in found.parcels] == [(21, "OUR-1", "DHL")]
    assert events(sent(), parcel(), operator=ACKNOWLEDGED).count("09:00 fulfillment_submitted") == 1
    assert len([e for e in events(sent(), parcel(), operator=ACKNOWLEDGED) if e.endswith("submitted")]) == 1


def test_shopifys_number_wins_over_the_given_one() -> None:
    (found,) = order_state(sent(), parcel(number="SHOP-1"), operator=ACKNOWLEDGED).parcels
    assert found.number == "SHOP-1"


def test_a_fulfilment_that_was_there_before_does_not_replace_it() -> None:
    ours = Acknowledgement(action_id="a1", at=at("09:30"), known=(21,))
    found = order_state(placed(), parcel(number="A1"), operator=OperatorState(acknowledgements=(ours,)))
    assert [p.id for p in found.parcels] == [21, OURS]


def test_whatever_the_fulfilment_covers_what_is_left_is_owed_again() -> None:
    lines = [shop.line(11, fulfillable_quantity=0), shop.line(12)]
    order = placed("09:40", line_items=lines)
    assert order_state(order, parcel(), operator=ACKNOWLEDGED).owed


def test_a_cancelled_order_drops_it() -> None:
    assert order_state(placed(cancelled_at=clock("10:00")), operator=ACKNOWLEDGED).parcels == ()


def test_an_operators_number_stands_until_shopify_gives_that_parcel_one() -> None:
    given = OperatorState(numbers={21: GivenNumber(action_id="a1", number="OUR-1", carrier="UPS")})
    assert [p.number for p in order_state(sent(), parcel(21), parcel(22), operator=given).parcels] == ["OUR-1", None]
    newer = parcel(21, "10:00", number="SHOP-1")
    assert [p.number for p in order_state(sent(), parcel(21), newer, operator=given).parcels] == ["SHOP-1"]
