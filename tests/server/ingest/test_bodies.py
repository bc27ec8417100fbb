"""What each topic's body says, as changes: the odd shapes, told by small bodies of our own (contract §4)."""

from __future__ import annotations

from typing import Any

import pytest
from tests.support import shop_bodies as shop
from tests.support.shop_bodies import Body, at, clock

from orders_sync.evidence.changes import (
    AppUninstalled,
    CarrierScan,
    Change,
    CustomerRedacted,
    DisputeSeen,
    FulfillmentOrderSeen,
    FulfillmentSeen,
    HoldAdded,
    HoldReleased,
    InventoryItemSeen,
    InventoryLevelSeen,
    OrderDeleted,
    OrderEdited,
    OrderSeen,
    RefundSeen,
    ReturnMoved,
    ReturnSeen,
    ReverseDeliverySeen,
    ShopRedacted,
    Stamp,
    StockExpected,
    TransactionSeen,
)
from orders_sync.evidence.json_fields import Node, Unreadable
from orders_sync.ingest.normalise import erp

SEEN = Stamp(at("08:30"), at("08:30"))


def _one(topic: str, body: Body) -> Change:
    (change,) = shop.read(topic, body)
    return change


@pytest.mark.parametrize("wrapped", [True, False])
def test_an_order_may_be_wrapped(*, wrapped: bool) -> None:
    body = shop.order(1)
    change = _one("orders/create", {"order": body} if wrapped else body)
    assert isinstance(change, OrderSeen)
    assert change.order_id == 1


@pytest.mark.parametrize(
    "topic", ["orders/create", "orders/updated", "orders/paid", "orders/cancelled", "orders/fulfilled", "orders/list"]
)
def test_every_topic_that_carries_an_order_tells_it(topic: str) -> None:
    assert isinstance(_one(topic, shop.order(1)), OrderSeen)


def test_other_topics_of_the_family_tell_nothing() -> None:
    assert shop.read("orders/risk_assessment_changed", {"order_id": 1, "risk_level": "high"}) == ()


def test_only_told_fields_are_told() -> None:
    change = _one("orders/updated", {"id": 1, "created_at": clock("08:00"), "name": "#1", "total_price": "5.00"})
    assert isinstance(change, OrderSeen)
    assert change.fields.model_fields_set == {"name", "created_at", "total"}
    assert change.stamp == SEEN


def test_an_orders_own_time_is_when_it_was_so() -> None:
    change = _one("orders/updated", shop.order(1, "08:10"))
    assert isinstance(change, OrderSeen)
    assert change.stamp == Stamp(at("08:10"), at("08:30"))


def test_fulfilments_and_refunds_in_an_order_count_too() -> None:
    body = shop.order(1, fulfillments=[shop.fulfillment()], refunds=[shop.refund(5, "10:00")])
    kinds = [type(change) for change in shop.read("orders/updated", body)]
    assert kinds == [OrderSeen, FulfillmentSeen, RefundSeen, TransactionSeen]


def test_old_bodies_do_not_say_what_is_left_to_fulfil() -> None:
    bare = {"id": 11, "quantity": 2, "title": "Old", "price": "1.00"}

    def left(**order: Any) -> list[int]:
        change = shop.read(
            "orders/create", shop.order(1, line_items=[bare, {**bare, "fulfillment_status": "fulfilled"}], **order)
        )[0]
        assert isinstance(change, OrderSeen)
        return [line.fulfillable_quantity for line in change.fields.lines]

    assert left() == [2, 0]
    assert left(fulfillment_status="fulfilled") == [0, 0]


def test_a_name_may_have_to_be_made_of_the_number() -> None:
    body = shop.order(1, order_number=1234)
    del body["name"]
    change = _one("orders/create", body)
    assert isinstance(change, OrderSeen)
    assert change.fields.name == "#1234"


def test_nulls_where_a_buyer_would_be_are_normal() -> None:
    change = _one("orders/create", shop.order(1, customer=None, email="", shipping_address=None, billing_address=[]))
    assert isinstance(change, OrderSeen)
    assert (change.fields.customer, change.fields.email, change.fields.shipping_address) == (None, None, None)


@pytest.mark.parametrize("wrapped", [True, False])
def test_an_edit_is_no_order(*, wrapped: bool) -> None:
    edit = {
        "id": 7,
        "order_id": 1,
        "created_at": clock("09:00"),
        "staff_note": "swap",
        "line_items": {"additions": [{"id": 1, "delta": 1}], "removals": []},
    }
    change = _one("orders/edited", {"order_edit": edit} if wrapped else edit)
    assert change == OrderEdited(1, 7, "1 added: swap", Stamp(at("09:00"), at("08:30")))


def test_a_deletion_tells_an_id_alone() -> None:
    assert _one("orders/delete", {"id": 1}) == OrderDeleted(1, SEEN)


def test_a_fulfilment_needs_its_order() -> None:
    with pytest.raises(Unreadable, match="order_id is missing"):
        shop.read("fulfillments/create", {"id": 5})


def test_scans_may_come_in_a_list() -> None:
    body = {"fulfillment_events": [shop.scan(1, "IN_TRANSIT", "09:00"), shop.scan(2, "delivered", "10:00")]}
    found = shop.read("fulfillment_events/create", body)
    assert [change.status for change in found if isinstance(change, CarrierScan)] == ["in_transit", "delivered"]


def test_a_deleted_scan_has_the_body_of_the_created_one() -> None:
    change = _one("fulfillment_events/delete", shop.scan(1, "delayed", "09:00"))
    assert isinstance(change, CarrierScan)
    assert change.removed


FULFILLMENT_ORDER_TOPICS: list[tuple[str, Body, list[int]]] = [
    (
        "cancelled",
        {"fulfillment_order": shop.fulfillment_order(1), "replacement_fulfillment_order": shop.fulfillment_order(2)},
        [1, 2],
    ),
    (
        "moved",
        {"original_fulfillment_order": shop.fulfillment_order(1), "moved_fulfillment_order": shop.fulfillment_order(2)},
        [1, 2],
    ),
    (
        "split",
        {
            "fulfillment_order": shop.fulfillment_order(1),
            "remaining_fulfillment_order": shop.fulfillment_order(2),
            "split_line_items": [],
        },
        [1, 2],
    ),
    (
        "merged",
        {
            "merge_intents": [{"fulfillment_order_id": 3}],
            "fulfillment_order_merges": {"fulfillment_order": shop.fulfillment_order(1)},
        },
        [1],
    ),
    ("merged", {"fulfillment_order_merges": [{"fulfillment_order": shop.fulfillment_order(1)}]}, [1]),
    ("rescheduled", {"fulfillment_order": shop.fulfillment_order(1, "scheduled")}, [1]),
    ("progress_reported", {"fulfillment_order": shop.fulfillment_order(1, "in_progress"), "progress_report": {}}, [1]),
    ("order_routing_complete", {"fulfillment_order": shop.fulfillment_order(1)}, [1]),
    ("resource", {"id": 1, "order_id": 9, "status": "open", "updated_at": clock("08:00")}, [1]),
    ("something_new", {"fulfillment_order": shop.fulfillment_order(1), "remaining_fulfillment_order": None}, [1]),
]


@pytest.mark.parametrize(("verb", "body", "ids"), FULFILLMENT_ORDER_TOPICS)
def test_whatever_stands_for_a_fulfilment_order_is_one(verb: str, body: Body, ids: list[int]) -> None:
    found = shop.read(f"fulfillment_orders/{verb}", body)
    assert [change.fulfillment_order_id for change in found if isinstance(change, FulfillmentOrderSeen)] == ids


def test_all_fulfilment_orders_of_one_body_belong_together() -> None:
    body = FULFILLMENT_ORDER_TOPICS[3][1]
    (merged,) = shop.read("fulfillment_orders/merged", body)
    assert isinstance(merged, FulfillmentOrderSeen)
    assert merged.related == (3,)


def test_the_order_of_one_is_the_order_of_all() -> None:
    body = {
        "original_fulfillment_order": {"id": 1, "order_id": 9, "status": "closed"},
        "moved_fulfillment_order": shop.fulfillment_order(2),
    }
    assert {
        change.order_id
        for change in shop.read("fulfillment_orders/moved", body)
        if isinstance(change, FulfillmentOrderSeen)
    } == {9}


def test_a_body_that_lists_no_holds_says_nothing_of_them() -> None:
    first = _one(
        "fulfillment_orders/order_routing_complete", {"fulfillment_order": shop.fulfillment_order(1, "on_hold")}
    )
    assert isinstance(first, FulfillmentOrderSeen)
    assert first.holds is None


def test_holds_are_added_and_released() -> None:
    body = {
        "fulfillment_order": {"id": shop.gid("FulfillmentOrder", 41)},
        "fulfillment_hold": shop.hold(51, handle="h1"),
    }
    added, released = _one("fulfillment_holds/added", body), _one("fulfillment_holds/released", body)
    assert isinstance(added, HoldAdded)
    assert (added.fulfillment_order_id, added.order_id, added.hold.id, added.hold.handle) == (41, None, "51", "h1")
    assert released == HoldReleased(41, None, "51", SEEN, added.hold)


def test_a_refund_names_its_return_or_none() -> None:
    linked = shop.read("refunds/create", shop.refund(5, "10:00", of=31))[0]
    plain = shop.read("refunds/create", shop.refund(5, "10:00"))[0]
    assert isinstance(linked, RefundSeen)
    assert isinstance(plain, RefundSeen)
    assert (linked.refund.return_id, plain.refund.return_id) == (31, None)
    assert "return_id" in plain.refund.model_fields_set


def test_only_successful_refunds_are_paid_back() -> None:
    several = [
        shop.transaction(1, "refund", "10:00", amount="5.00"),
        shop.transaction(2, "refund", "10:00", amount="3.00", status="failure"),
        shop.transaction(3, "capture", "10:00", amount="9.00"),
    ]
    refund = shop.read("refunds/create", shop.refund(5, "10:00", transactions=several))[0]
    assert isinstance(refund, RefundSeen)
    assert refund.refund.total is not None
    assert (refund.refund.total.hundredths, refund.refund.total.currency) == (500, "EUR")


def test_a_refund_may_tell_its_currency_elsewhere() -> None:
    duties = {"shop_money": {"amount": "0.00", "currency_code": "CAD"}}
    body = shop.refund(
        5, "10:00", transactions=[shop.transaction(1, "refund", "10:00", currency=None)], total_duties_set=duties
    )
    refund = shop.read("refunds/create", body)[0]
    assert isinstance(refund, RefundSeen)
    assert refund.refund.total is not None
    assert refund.refund.total.currency == "CAD"


@pytest.mark.parametrize(
    ("verb", "status"),
    [
        ("request", "requested"),
        ("approve", "open"),
        ("decline", "declined"),
        ("cancel", "canceled"),
        ("close", "closed"),
        ("reopen", "open"),
    ],
)
def test_a_returns_topic_stands_for_its_status(verb: str, status: str) -> None:
    change = _one(f"returns/{verb}", {"id": 31, "order_id": 1})
    assert isinstance(change, ReturnSeen)
    assert (change.order_id, change.status, change.reopened) == (1, status, verb == "reopen")


def test_a_declined_return_says_why() -> None:
    change = _one(
        "returns/decline", shop.shop_return(status="declined", decline={"reason": "final_sale", "note": "worn"})
    )
    assert isinstance(change, ReturnSeen)
    assert change.decline_note == "worn"


def test_an_update_that_names_neither_order_nor_state_says_nothing() -> None:
    body = {"admin_graphql_api_id": shop.gid("Return", 31), "return_line_items": {"removals": [{"delta": 2}]}}
    assert shop.read("returns/update", body) == ()


def test_a_way_back_names_its_return_alone() -> None:
    change = _one("reverse_deliveries/attach_deliverable", shop.reverse_delivery(35))
    assert isinstance(change, ReverseDeliverySeen)
    assert (change.return_id, change.order_id, change.number) == (31, None, "RET-1")


def test_a_disposition_names_neither_order_nor_return() -> None:
    assert shop.read("reverse_fulfillment_orders/dispose", {"id": 1, "dispositions": [{"type": "restocked"}]}) == ()


def test_levels() -> None:
    level = {"inventory_item_id": 91, "location_id": 1, "available": 3, "updated_at": clock("08:00")}
    assert _one("inventory_levels/update", level) == InventoryLevelSeen(91, 1, 3, Stamp(at("08:00"), at("08:30")))
    assert len(shop.read("inventory_levels/connect", {"inventory_levels": [level, {**level, "location_id": 2}]})) == 2
    gone = {"inventory_item_id": 91, "location_id": 1}
    assert _one("inventory_levels/disconnect", gone) == InventoryLevelSeen(91, 1, None, SEEN)


def test_items() -> None:
    assert _one("inventory_items/update", {"id": 91, "sku": "A"}) == InventoryItemSeen(91, "A", SEEN)
    assert _one("inventory_items/update", {"id": 91, "sku": "A", "tracked": True}) == InventoryItemSeen(91, "A", SEEN)
    assert _one("inventory_items/update", {"id": 91, "sku": "A", "tracked": False}) == InventoryItemSeen(91, None, SEEN)
    assert _one("inventory_items/delete", {"id": 91}) == InventoryItemSeen(91, None, SEEN)


def test_a_dispute_may_name_no_order() -> None:
    change = _one("disputes/create", shop.dispute(order_id=None))
    assert isinstance(change, DisputeSeen)
    assert change.order_id is None


def test_privacy_topics() -> None:
    customer = {"id": 7, "email": "ada@example.com", "phone": "1"}
    assert _one("customers/redact", {"customer": customer, "orders_to_redact": [1, 2]}) == CustomerRedacted(
        7, "ada@example.com", (1, 2), SEEN
    )
    assert _one("shop/redact", {"shop_id": 1}) == ShopRedacted(SEEN)
    assert _one("app/uninstalled", {"id": 1}) == AppUninstalled(SEEN)
    assert shop.read("customers/data_request", {"customer": customer}) == ()


@pytest.mark.parametrize(
    "topic", ["app/scopes_update", "bulk_operations/finish", "draft_orders/create", "themes/publish", "unknown"]
)
def test_topics_that_concern_nothing_here(topic: str) -> None:
    assert shop.read(topic, {"id": 1}) == ()


@pytest.mark.parametrize("step", ["in_transit", "received", "inspected", "refunded"])
def test_the_erp_tells_of_returns(step: str) -> None:
    message = {
        "type": f"return.{step}",
        "timestamp": "2026-03-10T10:00:00Z",
        "data": {"return_id": shop.gid("Return", 31)},
    }
    (change,) = erp.read(f"return.{step}", Node(message, "body"), at("10:05"))
    assert isinstance(change, ReturnMoved)
    assert (change.return_id, change.order_id, change.step) == (31, None, step)
    assert change.stamp == Stamp(at("10:00"), at("10:05"))


def test_the_erp_expects_stock() -> None:
    message = {"type": "inventory.expected", "data": {"sku": "A", "eta": "2026-03-20T00:00:00Z"}}
    (change,) = erp.read("inventory.expected", Node(message, "body"), at("10:05"))
    assert change == StockExpected("A", at("00:00", "2026-03-20"), Stamp(at("10:05"), at("10:05")))


def test_other_messages_of_the_erp_tell_nothing() -> None:
    assert erp.read("invoice.paid", Node({}, "body"), at("10:05")) == ()
