"""The timeline: one entry per (kind, shop object[, state]) at the earliest time that evidences it (contract §1)."""

from __future__ import annotations

from typing import Any

import pytest
from tests.server.rules.order_states import card, events, facts, order_state, parcel, placed, sent, told
from tests.support import shop_bodies as shop
from tests.support.shop_bodies import at, clock

from orders_sync.rules.operator_state import Acknowledgement, Entry, OperatorState
from orders_sync.rules.timeline import KINDS, acknowledgement_key, key

PLACED = "08:00 order_placed"


def _scan(event_id: int, status: str, time: str) -> Any:
    return told("fulfillment_events/create", shop.scan(event_id, status, time), time)


def _paid(transaction_id: int, kind: str, time: str, **fields: Any) -> Any:
    return told("order_transactions/create", shop.transaction(transaction_id, kind, time, **fields), time)


def _after_placing(*told_by: Any, **how: Any) -> list[str]:
    return [event for event in events(*told_by, **how) if event != PLACED]


def test_placed_edited_cancelled() -> None:
    edit = {"order_edit": {"id": 7, "order_id": 1, "created_at": clock("09:00"), "staff_note": "swap"}}
    gone = placed("10:00", cancelled_at=clock("10:00"), financial_status=None)
    assert events(gone, told("orders/edited", edit, "09:00")) == [PLACED, "09:00 order_edited", "10:00 order_cancelled"]


def test_placed_is_when_it_was_processed() -> None:
    assert events(placed(processed_at=clock("07:30"), financial_status=None)) == ["07:30 order_placed"]


@pytest.mark.parametrize(
    ("kind", "status", "event"),
    [
        ("authorization", "success", "payment_authorized"),
        ("sale", "success", "payment_captured"),
        ("capture", "success", "payment_captured"),
        ("capture", "failure", "payment_failed"),
        ("sale", "error", "payment_failed"),
        ("refund", "success", "payment_refunded"),
        ("void", "success", "payment_voided"),
    ],
)
def test_payments_come_from_transactions(kind: str, status: str, event: str) -> None:
    found = _after_placing(placed(financial_status=None), _paid(1, kind, "08:10", status=status))
    assert found == [f"08:10 {event}"]


@pytest.mark.parametrize(("kind", "status"), [("sale", "pending"), ("change", "success"), ("refund", "failure")])
def test_other_transactions_are_no_entry(kind: str, status: str) -> None:
    assert _after_placing(placed(financial_status=None), _paid(1, kind, "08:10", status=status)) == []


@pytest.mark.parametrize(
    ("status", "event"),
    [
        ("authorized", "payment_authorized"),
        ("paid", "payment_captured"),
        ("partially_paid", "payment_captured"),
        ("partially_refunded", "payment_refunded"),
        ("refunded", "payment_refunded"),
        ("voided", "payment_voided"),
    ],
)
def test_else_one_per_kind_from_the_financial_status(status: str, event: str) -> None:
    assert _after_placing(placed("08:20", financial_status=status)) == [f"08:20 {event}"]


def test_the_financial_status_counts_from_when_it_was_first_told() -> None:
    told_twice = (placed("08:40", financial_status="paid"), placed("08:20", financial_status="paid"))
    assert _after_placing(*told_twice) == ["08:20 payment_captured"]


def test_a_transaction_takes_the_place_of_the_status_of_its_kind_alone() -> None:
    authorized, paid = placed("08:05", financial_status="authorized"), placed("08:30", financial_status="paid")
    assert _after_placing(authorized, paid, _paid(1, "capture", "08:29")) == [
        "08:05 payment_authorized",
        "08:29 payment_captured",
    ]


def test_two_captures_are_two_entries() -> None:
    both = (_paid(1, "capture", "08:10"), _paid(2, "capture", "08:20"))
    assert _after_placing(placed(financial_status=None), *both) == ["08:10 payment_captured", "08:20 payment_captured"]


def test_a_refund_in_the_order_and_on_its_own_topic_is_one_entry() -> None:
    refund = shop.refund(5, "10:00")
    order = placed("10:01", financial_status="partially_refunded", refunds=[refund])
    assert _after_placing(order, told("refunds/create", refund, "10:00")) == ["10:00 payment_refunded"]


def test_a_refund_of_nothing_is_no_payment() -> None:
    restock = shop.refund(5, "10:00", transactions=[])
    assert _after_placing(placed(financial_status=None), told("refunds/create", restock, "10:00")) == []


def test_a_dispute_is_told_once_from_when_it_began() -> None:
    disputes = (
        told("disputes/create", shop.dispute(), "10:30"),
        told("disputes/update", shop.dispute(status="won"), "11:00"),
    )
    assert _after_placing(placed(financial_status=None), *disputes) == ["10:00 payment_disputed"]


def test_a_shipment_is_in_transit_once_however_many_scans_say_so() -> None:
    scans = (_scan(1, "in_transit", "09:40"), _scan(2, "in_transit", "09:30"), _scan(3, "out_for_delivery", "10:00"))
    assert _after_placing(sent(financial_status=None), parcel(), *scans) == [
        "09:00 fulfillment_submitted",
        "09:30 fulfillment_in_transit",
        "10:00 fulfillment_out_for_delivery",
    ]


def test_a_scan_told_by_two_topics_is_one() -> None:
    told_twice = (_scan(1, "in_transit", "09:30"), parcel(time="09:31", shipment_status="in_transit"))
    assert _after_placing(sent(financial_status=None), *told_twice).count("09:30 fulfillment_in_transit") == 1


def test_each_parcel_has_its_own() -> None:
    found = _after_placing(sent(financial_status=None), parcel(21), parcel(22, status="cancelled"))
    assert found == ["09:00 fulfillment_submitted", "09:00 fulfillment_submitted", "09:00 fulfillment_cancelled"]


def test_a_late_delivery_adds_what_is_missing_where_it_changes_no_state() -> None:
    delivered = parcel(time="11:00", shipment_status="delivered")
    found = _after_placing(sent(financial_status=None), delivered, _scan(1, "in_transit", "09:30"))
    assert found[1:] == ["09:30 fulfillment_in_transit", "11:00 fulfillment_delivered"]


def test_a_withdrawn_scan_stays_told() -> None:
    gone = told("fulfillment_events/delete", shop.scan(1, "delayed", "09:40"), "11:00")
    found = _after_placing(sent(financial_status=None), parcel(), _scan(1, "delayed", "09:40"), gone)
    assert "09:40 fulfillment_delayed" in found


def test_an_inventory_hold_and_its_release() -> None:
    body = {"fulfillment_order": {"id": 41, "order_id": 1}, "fulfillment_hold": shop.hold()}
    holds = (told("fulfillment_holds/added", body, "08:30"), told("fulfillment_holds/released", body, "09:30"))
    assert _after_placing(placed(financial_status=None), *holds) == ["08:30 inventory_hold", "09:30 inventory_release"]


def test_other_holds_are_notes() -> None:
    body = {"fulfillment_order": {"id": 41, "order_id": 1}, "fulfillment_hold": shop.hold(reason="incorrect_address")}
    (entry,) = card(placed(financial_status=None), told("fulfillment_holds/added", body, "08:30"))["timeline"][1:]
    assert (entry["event"], entry["details"]) == ("note", "Held: incorrect address: see mail")


def test_entries_of_one_second_stand_in_the_order_of_the_kinds() -> None:
    gone = placed("08:00", cancelled_at=clock("08:00"), financial_status="voided")
    at_once = (
        parcel(status="cancelled", created_at=clock("08:00"), time="08:00"),
        _paid(1, "authorization", "08:00"),
    )
    assert events(gone, *at_once) == [
        "08:00 order_placed",
        "08:00 order_cancelled",
        "08:00 payment_authorized",
        "08:00 payment_voided",
        "08:00 fulfillment_submitted",
        "08:00 fulfillment_cancelled",
    ]


def test_times_are_whole_seconds() -> None:
    body = shop.scan(1, "in_transit", "09:30") | {"happened_at": "2026-03-10T09:30:00.987Z"}
    found = card(sent(financial_status=None), told("fulfillment_events/create", body, "09:31"))["timeline"]
    assert found[-1]["ts"] == "2026-03-10T09:30:00Z"


def test_the_order_shows_the_last_ten() -> None:
    captures = [_paid(n, "capture", f"08:{n:02}") for n in range(1, 15)]
    assert events(placed(financial_status=None), *captures) == [f"08:{n:02} payment_captured" for n in range(5, 15)]


def test_entries_of_operators_stand_among_those_of_the_shop() -> None:
    entries = {
        key("assigned", "a1"): Entry(ts=at("08:30"), event="assigned", details="to ada"),
        key("note", "a2"): Entry(ts=at("08:30"), event="note", details="taken back"),
    }
    operator = OperatorState(entries=entries)
    assert _after_placing(placed(financial_status=None), parcel(), operator=operator) == [
        "08:30 assigned",
        "08:30 note",
        "09:00 fulfillment_submitted",
    ]


def test_what_an_operator_did_and_the_shop_confirms_is_one_entry_at_the_earlier_time() -> None:
    done = {key("return_completed", 31): Entry(ts=at("11:00"), event="return_completed", details="by ada")}
    shops = (
        told("returns/approve", shop.shop_return(status="open"), "10:00"),
        told("returns/close", {"id": 31, "order_id": 1, "status": "closed"}, "11:30"),
    )
    found = events(placed(financial_status=None), *shops, operator=OperatorState(entries=done))
    assert found[1:] == ["10:00 return_awaiting_label", "11:00 return_completed"]


def _acknowledged(*, with_entry: bool) -> OperatorState:
    entry = Entry(ts=at("08:30"), event="fulfillment_submitted", details="by ada")
    return OperatorState(
        acknowledgements=(Acknowledgement(action_id="a1", at=at("08:30")),),
        entries={acknowledgement_key("a1"): entry} if with_entry else {},
    )


@pytest.mark.parametrize("with_entry", [True, False])
def test_an_acknowledgement_is_one_entry_before_and_after_shopify_confirms(*, with_entry: bool) -> None:
    operator = _acknowledged(with_entry=with_entry)
    assert _after_placing(placed(financial_status=None), operator=operator) == ["08:30 fulfillment_submitted"]
    confirmed = _after_placing(sent(financial_status=None), parcel(), operator=operator)
    assert confirmed == ["09:00 fulfillment_submitted"]


def test_undo_leaves_the_entry() -> None:
    taken_back = _acknowledged(with_entry=True).model_copy(update={"acknowledgements": ()})
    assert _after_placing(placed(financial_status=None), operator=taken_back) == ["08:30 fulfillment_submitted"]


def test_every_event_is_one_that_the_contract_names() -> None:
    everything = order_state(sent(), parcel(time="10:00", shipment_status="delivered"))
    assert everything.facts == facts(sent(), parcel(time="10:00", shipment_status="delivered"))
    assert set(everything.facts.first) - {"fulfillment_order"} <= set(KINDS)


def test_amounts_stand_in_the_details() -> None:
    (entry,) = card(placed(financial_status=None), _paid(1, "capture", "08:10", currency=None))["timeline"][1:]
    assert entry["details"] == "25.00 EUR · bogus"
