"""An order read through GraphQL says what its webhooks would: the same kinds of changes in the same words."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import orjson
import pytest
from tests.support import shop_bodies
from tests.support.shopify import (
    AS_OF,
    count_by_kind,
    fulfillment_order,
    line,
    money,
    order,
    page,
    parcel,
    returned,
    scan,
)

from orders_sync.evidence.changes import (
    DisputeSeen,
    FulfillmentOrderSeen,
    FulfillmentSeen,
    OrderSeen,
    RefundSeen,
    ReturnSeen,
    ReverseDeliverySeen,
    Stamp,
)
from orders_sync.evidence.entities import CustomerPart, HoldPart, OrderFields
from orders_sync.evidence.facts import OrderFacts, join
from orders_sync.evidence.from_changes import evidence, merge
from orders_sync.evidence.json_fields import Node
from orders_sync.evidence.money import money as amount
from orders_sync.evidence.money import written
from orders_sync.external.shopify import nodes
from orders_sync.external.shopify.order_changes import OrderRead, changes
from orders_sync.external.shopify.returns import Return, return_changes
from orders_sync.ingest.normalise import topics
from orders_sync.instants import MINUTE, Ms, parse_instant
from orders_sync.rules.operator_state import OperatorState
from orders_sync.rules.order_state import build_order_state
from orders_sync.rules.returns import returns
from orders_sync.rules.thresholds import Thresholds
from orders_sync.rules.totals import amounts
from orders_wire.vocabulary import ReturnState


def read(told: dict[str, Any], **more: Any) -> tuple[Any, ...]:
    return changes(OrderRead(nodes.Order.model_validate(told), AS_OF, **more))


def fields(told: dict[str, Any], **more: Any) -> OrderFields:
    (seen,) = (change for change in read(told, **more) if isinstance(change, OrderSeen))
    return seen.fields


def parcel_of(**told: Any) -> FulfillmentSeen:
    (seen,) = (change for change in read(order(fulfillments=[parcel(**told)])) if isinstance(change, FulfillmentSeen))
    return seen


def test_an_order_is_as_of_its_own_last_update() -> None:
    (seen,) = (change for change in read(order(7)) if isinstance(change, OrderSeen))
    assert (seen.order_id, seen.stamp) == (7, Stamp(parse_instant("2026-03-09T11:00:00Z"), AS_OF))


def test_the_words_are_those_of_rest() -> None:
    told = fields(order())
    assert (told.name, told.financial_status, told.fulfillment_status) == ("#1001", "paid", None)
    assert (told.total, told.currency) == (amount("10.00", "EUR"), "EUR")
    assert told.customer == CustomerPart(id=9, name="Bo Å", email="bo@example.org", phone=None, tags=())
    assert (told.tags, told.shipping_lines, told.source_name, told.risk) == (("vip",), ("Standard",), "web", "low")
    assert told.shipping_address is not None
    assert told.shipping_address.city == "Oslo"
    assert (told.shipping_address.last_name, told.shipping_address.country_code) == ("Å", "NO")
    assert told.billing_address is None


@pytest.mark.parametrize(
    ("display", "sent", "word"),
    [
        ("UNFULFILLED", False, None),
        ("PARTIALLY_FULFILLED", True, "partial"),
        ("FULFILLED", True, "fulfilled"),
        ("RESTOCKED", False, "restocked"),
        ("ON_HOLD", False, None),
        ("ON_HOLD", True, "partial"),
        ("SOMETHING_NEW", False, None),
    ],
)
def test_what_rest_has_no_word_for_is_null_or_partial(display: str, sent: bool, word: str | None) -> None:
    told = order(displayFulfillmentStatus=display, fulfillments=[parcel()] if sent else [])
    assert fields(told).fulfillment_status == word


def test_held_goods_are_still_to_be_fulfilled() -> None:
    (owed,) = fields(order(lineItems=page([line(unfulfilledQuantity=2, currentQuantity=1)]))).lines
    assert (owed.sku, owed.quantity, owed.current_quantity, owed.fulfillable_quantity) == ("SKU-1", 2, 1, 1)
    assert (owed.price, owed.requires_shipping) == (amount("5.00", "EUR"), True)


def test_an_order_without_customer_address_or_payment_is_normal() -> None:
    told = fields(
        order(customer=None, email=None, shippingAddress=None, displayFinancialStatus=None, totalPriceSet=None)
    )
    assert (told.customer, told.email, told.shipping_address, told.total) == (None, None, None, None)


def test_a_field_that_the_token_may_not_see_is_not_told() -> None:
    told = fields(order(customer=None) | {nodes.HIDDEN: ["customer"]})
    assert "customer" not in told.model_fields_set
    assert "email" in told.model_fields_set


@pytest.mark.parametrize(
    ("display", "word"),
    [
        ("IN_TRANSIT", "in_transit"),
        ("OUT_FOR_DELIVERY", "out_for_delivery"),
        ("ATTEMPTED_DELIVERY", "attempted_delivery"),
        ("DELIVERED", "delivered"),
        ("LABEL_PRINTED", "label_printed"),
        ("NOT_DELIVERED", "not_delivered"),
        ("FULFILLED", None),
        ("MARKED_AS_FULFILLED", None),
        ("SUBMITTED", None),
        (None, None),
    ],
)
def test_a_parcels_state_is_its_carriers(display: str | None, word: str | None) -> None:
    assert parcel_of(displayStatus=display).fulfillment.shipment_status == word


def test_a_parcel_has_its_first_number_and_its_own_time() -> None:
    seen = parcel_of()
    part = seen.fulfillment
    assert (part.status, part.number, part.carrier, part.url) == ("success", "1Z999", "UPS", None)
    assert seen.stamp == Stamp(parse_instant("2026-03-09T10:00:00Z"), AS_OF)
    assert part.in_transit_at == parse_instant("2026-03-09T10:00:00Z")
    assert parcel_of(trackingInfo=[]).fulfillment.number is None
    boxes = [{"number": number, "company": "UPS", "url": None} for number in ("1Z1", "1Z2")]
    assert parcel_of(trackingInfo=boxes).fulfillment.more_numbers == ("1Z2",)


def test_everything_that_hangs_on_an_order_is_told() -> None:
    told = order(
        fulfillments=[parcel(events=page([scan(1), scan(2, "DELIVERED")]))],
        refunds=[
            {"id": "gid://shopify/Refund/4", "createdAt": "2026-03-09T10:00:00Z", "totalRefundedSet": money("2.5")}
        ],
        disputes=[
            {"id": "gid://shopify/ShopifyPaymentsDispute/5", "initiatedAs": "CHARGEBACK", "status": "NEEDS_RESPONSE"}
        ],
    )
    assert count_by_kind(read(told)) == {
        "order": 1,
        "fulfillment": 1,
        "scan": 2,
        "fulfillment_order": 1,
        "transaction": 1,
        "refund": 1,
        "dispute": 1,
    }


def test_a_refund_names_the_return_it_was_made_for() -> None:
    told = {
        "id": "gid://shopify/Refund/4",
        "createdAt": "2026-03-09T10:00:00Z",
        "return": {"id": "gid://shopify/Return/6"},
    }
    (seen,) = (change for change in read(order(refunds=[told])) if isinstance(change, RefundSeen))
    assert (seen.refund.return_id, seen.refund.total) == (6, None)


def test_a_held_fulfilment_order_tells_its_holds_and_what_waits() -> None:
    holds = [{"id": "gid://shopify/FulfillmentHold/8", "reason": "INVENTORY_OUT_OF_STOCK", "reasonNotes": "none left"}]
    holds[0]["handle"] = "desk-a1"
    told = order(fulfillmentOrders=page([fulfillment_order(3, status="ON_HOLD", fulfillmentHolds=holds)]))
    (seen,) = (change for change in read(told, held_skus={3: ("SKU-1",)}) if isinstance(change, FulfillmentOrderSeen))
    assert seen.status == "on_hold"
    assert seen.holds == (HoldPart(id="8", reason="inventory_out_of_stock", note="none left", handle="desk-a1"),)
    assert seen.held_skus == ("SKU-1",)
    assert seen.stamp.at == parse_instant("2026-03-08T09:00:00Z")


def test_holds_that_the_token_may_not_see_are_not_told_as_none() -> None:
    told = order(fulfillmentOrders=page([fulfillment_order(fulfillmentHolds=None)]))
    (seen,) = (change for change in read(told) if isinstance(change, FulfillmentOrderSeen))
    assert seen.holds is None


def test_a_dispute_began_when_its_details_say() -> None:
    summary = {"id": "gid://shopify/ShopifyPaymentsDispute/5", "initiatedAs": "INQUIRY", "status": "UNDER_REVIEW"}
    detail = nodes.DisputeDetail.model_validate(
        {"id": summary["id"], "initiatedAt": "2026-03-01T00:00:00Z", "amount": {"amount": "9.0", "currencyCode": "EUR"}}
    )
    (seen,) = (c for c in read(order(disputes=[summary]), disputes={5: detail}) if isinstance(c, DisputeSeen))
    assert (seen.status, seen.dispute_type) == ("under_review", "inquiry")
    assert (seen.initiated_at, seen.amount) == (parse_instant("2026-03-01T00:00:00Z"), amount("9.00", "EUR"))


@pytest.mark.parametrize(
    ("levels", "risk"),
    [([], None), (["NONE"], "none"), (["LOW", "HIGH", "MEDIUM"], "high"), (["PENDING", "NONE"], "pending")],
)
def test_the_highest_risk_counts(levels: list[str], risk: str | None) -> None:
    assert fields(order(risk={"assessments": [{"riskLevel": level} for level in levels]})).risk == risk


def test_reading_the_same_again_adds_no_instant() -> None:
    told = order(fulfillments=[parcel()], returns=page([{"id": "gid://shopify/Return/1"}]))
    detail = (Return.model_validate(returned(status="CLOSED", closedAt="2026-03-10T09:00:00Z")),)
    node = nodes.Order.model_validate(told)
    once = merge(OrderFacts(), changes(OrderRead(node, AS_OF, detail)))
    again = merge(once, changes(OrderRead(node, Ms(AS_OF + 900_000), detail)))
    assert (again.first, again.instants) == (once.first, once.instants)


def steps(**told: Any) -> list[tuple[str | None, str | None, Ms]]:
    detail = Return.model_validate(returned(**told))
    seen = return_changes(detail, parse_instant("2026-03-09T20:00:00Z"), AS_OF)
    return [
        (c.status, c.dispositions, c.stamp.at)
        for c in seen
        if isinstance(c, ReturnSeen) and (c.status or c.dispositions)
    ]


CREATED = parse_instant("2026-03-09T08:00:00Z")
APPROVED = parse_instant("2026-03-09T09:00:00Z")
TOUCHED = parse_instant("2026-03-09T20:00:00Z")


@pytest.mark.parametrize(
    ("told", "milestones"),
    [
        ({"status": "REQUESTED"}, [("requested", None, CREATED)]),
        ({"status": "OPEN"}, [("open", None, CREATED)]),
        (
            {"status": "OPEN", "requestApprovedAt": "2026-03-09T09:00:00Z"},
            [("requested", None, CREATED), ("open", None, APPROVED)],
        ),
        ({"status": "DECLINED"}, [("requested", None, CREATED), ("declined", None, TOUCHED)]),
        ({"status": "CANCELED"}, [("canceled", None, TOUCHED)]),
        (
            {"status": "CLOSED", "closedAt": "2026-03-10T09:00:00Z"},
            [("open", None, CREATED), ("closed", None, parse_instant("2026-03-10T09:00:00Z"))],
        ),
    ],
)
def test_a_return_is_told_by_its_milestones(told: dict[str, Any], milestones: list[Any]) -> None:
    assert steps(**told) == milestones


def disposal(kind: str, quantity: int, at: str) -> dict[str, Any]:
    return {"type": kind, "quantity": quantity, "createdAt": at}


def way_back(*dispositions: dict[str, Any], deliveries: list[dict[str, Any]] | None = None) -> dict[str, Any]:
    lines = {"nodes": [{"totalQuantity": 2, "dispositions": list(dispositions)}]}
    told = {"id": "gid://shopify/ReverseFulfillmentOrder/1", "status": "OPEN", "lineItems": lines}
    return {"nodes": [told | {"reverseDeliveries": {"nodes": deliveries or []}}]}


def test_goods_that_came_and_goods_that_were_inspected_are_steps() -> None:
    came = disposal("PROCESSING_REQUIRED", 2, "2026-03-09T10:00:00Z")
    half = disposal("RESTOCKED", 1, "2026-03-09T11:00:00Z")
    rest = disposal("NOT_RESTOCKED", 1, "2026-03-09T12:00:00Z")
    arrived = (None, "processing_required", parse_instant("2026-03-09T10:00:00Z"))
    inspected = (None, "disposed", parse_instant("2026-03-09T12:00:00Z"))
    assert steps(reverseFulfillmentOrders=way_back())[1:] == []
    assert steps(reverseFulfillmentOrders=way_back(came))[1:] == [arrived]
    assert steps(reverseFulfillmentOrders=way_back(came, half))[1:] == [arrived]
    assert steps(reverseFulfillmentOrders=way_back(came, half, rest))[1:] == [arrived, inspected]


def test_a_label_is_as_of_its_making_and_a_bare_number_of_the_approval() -> None:
    label = {
        "label": {"publicFileUrl": "https://x.example/l.pdf", "createdAt": "2026-03-09T10:00:00Z"},
        "tracking": None,
    }
    number = {"label": None, "tracking": {"number": "R1", "carrierName": "DHL"}}
    deliveries = [
        {"id": f"gid://shopify/ReverseDelivery/{n}", "deliverable": told}
        for n, told in enumerate((label, number, None))
    ]
    told = returned(reverseFulfillmentOrders=way_back(deliveries=deliveries), requestApprovedAt="2026-03-09T09:00:00Z")
    seen = return_changes(Return.model_validate(told), TOUCHED, AS_OF)
    ways = [c for c in seen if isinstance(c, ReverseDeliverySeen)]
    assert [(way.label_url, way.number, way.labelled_at) for way in ways] == [
        ("https://x.example/l.pdf", None, parse_instant("2026-03-09T10:00:00Z")),
        (None, "R1", APPROVED),
        (None, None, APPROVED),
    ]


def way(tracking: Any, label: Any = None, number: int = 1) -> dict[str, Any]:
    """A way back of a return that was approved at nine."""
    deliverable = {"label": label, "tracking": tracking}
    return {"id": f"gid://shopify/ReverseDelivery/{number}", "deliverable": deliverable}


def known(*readings: Any) -> OrderFacts:
    """What is known after readings of one return, a minute apart, each with its ways back and fields of its own."""
    read = [
        return_changes(Return.model_validate(returned(**told)), TOUCHED, Ms(AS_OF + n * MINUTE))
        for n, told in enumerate(readings)
    ]
    return merge(OrderFacts(), [change for changes in read for change in changes])


NUMBERED = {"number": "R1", "carrierName": "DHL"}


@pytest.mark.parametrize("blank", [None, {"number": None, "carrierName": None}])
def test_a_number_that_is_gone_from_a_way_back_is_gone(blank: Any) -> None:
    first, second = ({"reverseFulfillmentOrders": way_back(deliveries=[way(told)])} for told in (NUMBERED, blank))
    (view,) = returns(known(first), OperatorState())
    assert (view.number, view.state) == ("R1", ReturnState.LABEL_GENERATED)
    (view,) = returns(known(first, second), OperatorState())
    assert (view.number, view.state) == (None, ReturnState.LABEL_GENERATED)
    (view,) = returns(known(first, second, first), OperatorState())
    assert view.number == "R1"


def test_a_poll_knows_better_than_an_earlier_webhook_that_a_number_is_gone() -> None:
    told = topics.read("reverse_deliveries/attach_deliverable", Node(shop_bodies.reverse_delivery(1, 1), "b"), AS_OF)
    (webhook,) = (change for change in told if isinstance(change, ReverseDeliverySeen))
    gone = known({}, {"reverseFulfillmentOrders": way_back(deliveries=[way(None)])})
    (view,) = returns(join(evidence(webhook), gone), OperatorState())
    assert view.number is None


def test_the_newest_way_back_is_shown_whenever_it_was_read() -> None:
    old = way(None, {"publicFileUrl": "https://x.example/1.pdf", "createdAt": "2026-03-09T10:00:00Z"}, 1)
    new = way(None, {"publicFileUrl": "https://x.example/2.pdf", "createdAt": "2026-03-09T11:00:00Z"}, 2)
    for deliveries in ([old, new], [new, old], [new, old, way(None, None, 3)]):
        (view,) = returns(known({"reverseFulfillmentOrders": way_back(deliveries=deliveries)}), OperatorState())
        assert view.label_url == "https://x.example/2.pdf"


HIDDEN: dict[str, Any] = {"__hidden": ["name", "decline", "returnLineItems"], "returnLineItems": None}
NOTED = {"id": "gid://shopify/ReturnLineItem/1", "quantity": 1, "customerNote": "too tight"}


def test_texts_of_a_return_that_are_gone_are_gone_and_what_is_hidden_stays() -> None:
    line = NOTED | {"returnReasonDefinition": {"handle": "style"}}
    full = {"name": "R1", "decline": {"note": "worn"}, "returnLineItems": {"nodes": [line]}}
    bare = {"name": None, "decline": None, "returnLineItems": {"nodes": [NOTED]}}
    (view,) = returns(known(full), OperatorState())
    assert (view.name, view.reason, view.note) == ("R1", "style", "worn")
    (view,) = returns(known(full, bare), OperatorState())
    assert (view.name, view.reason, view.note) == (None, None, "too tight")
    (view,) = returns(known(full, bare | HIDDEN), OperatorState())
    assert (view.name, view.reason, view.note) == ("R1", "style", "worn")
    kept = {"reverseFulfillmentOrders": way_back(deliveries=[way(NUMBERED)])}
    hole = way({"__hidden": ["number"], "carrierName": "DHL"})
    (view,) = returns(known(kept, {"reverseFulfillmentOrders": way_back(deliveries=[hole])}), OperatorState())
    assert view.number == "R1"


def test_the_lines_that_were_made_of_an_exchange_are_told() -> None:
    made = [{"lineItems": [{"id": f"gid://shopify/LineItem/{n}"} for n in (5, 6)]}, {"lineItems": None}]
    assert known({"exchangeLineItems": page(made)}).first["exchanged"].keys() == {"5", "6"}
    assert "exchanged" not in known({"exchangeLineItems": None}).first


def test_a_return_is_worth_what_its_lines_cost_and_says_why() -> None:
    lines = [
        {
            "id": f"gid://shopify/ReturnLineItem/{n}",
            "quantity": 1,
            "returnReasonDefinition": {"handle": "size-too-small"},
            "customerNote": "too tight",
            "withCodeDiscountedTotalPriceSet": money(price),
        }
        for n, price in enumerate(("4.5", "3.0"))
    ]
    detail = Return.model_validate(returned(returnLineItems={"nodes": lines}))
    (described,) = (c for c in return_changes(detail, TOUCHED, AS_OF) if isinstance(c, ReturnSeen) and c.created_at)
    assert (described.reason, described.note, described.name) == ("size_too_small", "too tight", "#1001-R1")
    assert described.refundable is not None
    assert (described.refundable.hundredths, described.refundable.currency) == (750, "EUR")


def test_how_it_is_delivered_comes_with_the_fulfilment_order() -> None:
    told = order(fulfillmentOrders=page([fulfillment_order(deliveryMethod={"methodType": "PICK_UP"})]))
    (seen,) = (change for change in read(told) if isinstance(change, FulfillmentOrderSeen))
    assert seen.method == "pick_up"
    (seen,) = (
        change
        for change in read(order(fulfillmentOrders=page([fulfillment_order(deliveryMethod=None)])))
        if isinstance(change, FulfillmentOrderSeen)
    )
    assert seen.method is None


def test_the_first_number_that_is_not_blank_is_the_parcels() -> None:
    seen = parcel_of(trackingInfo=[{"number": None, "company": "UPS", "url": None}, {"number": "B2", "company": "DHL"}])
    assert (seen.fulfillment.number, seen.fulfillment.carrier, seen.fulfillment.more_numbers) == ("B2", "DHL", ())


def _recorded(value: Any) -> Iterator[dict[str, Any]]:
    """Orders of a recording of which the shop told its own sums and the payments."""
    if isinstance(value, dict) and "totalReceivedSet" in value and "transactions" in value:
        yield value
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    for each in inner:
        yield from _recorded(each)


SUMS = ("totalReceivedSet", "totalRefundedSet")
FIGURES = ("totalPriceSet", "displayFinancialStatus", "transactions", "refunds")


def _captured_and_refunded(told: dict[str, Any]) -> list[str | None]:
    known = merge(OrderFacts(), [change for change in read(told) if not isinstance(change, ReturnSeen)])
    state = build_order_state(1, known, OperatorState(), {}, Thresholds())
    assert state is not None
    found = amounts(state)
    both = (found["captured"], found["refunded"])
    return [None if part is None else f"{written(part)} {part.currency}" for part in both]


@pytest.mark.shared
def test_the_shop_s_own_sums_are_what_its_payments_come_to(shared_dir: Path) -> None:
    """So what webhooks tell one by one comes to what the poll tells at once."""
    recordings = sorted((shared_dir / "shopify" / "graphql").glob("*.json"))
    found = [each for path in recordings for each in _recorded(orjson.loads(path.read_bytes()))]
    assert len(found) >= 4
    for recorded in found:
        dated = {"createdAt": "2026-03-08T08:00:01Z"}
        told = order(1) | {name: recorded[name] for name in (*FIGURES, *SUMS)}
        told |= {name: [dated | each for each in told[name]] for name in ("transactions", "refunds")}
        alone = {name: value for name, value in told.items() if name not in SUMS}
        sums = [f"{float(recorded[name]['shopMoney']['amount']):.2f} CAD" for name in SUMS]
        assert _captured_and_refunded(told) == _captured_and_refunded(alone) == sums
