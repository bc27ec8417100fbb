"""Small lives: what a shop, its ERP and the poll may tell of three orders, drawn at random, contradictions included.

Ids are few, so that tellings meet; an id belongs to one order, as in a shop.
"""

from __future__ import annotations

from collections.abc import Callable
from random import Random
from typing import Any

from tests.support import shop_bodies as shop
from tests.support import shopify
from tests.support.shop_bodies import ARRIVED, DAY, Body, at, clock, delivery

from orders_sync.evidence.changes import Delivery, ReturnMoved, Stamp, StockExpected
from orders_sync.external.shopify import nodes
from orders_sync.external.shopify.order_changes import OrderRead, changes
from orders_sync.external.shopify.returns import Return
from orders_sync.rules.operator_state import Acknowledgement, GivenNumber, OperatorState, ReturnMove
from orders_wire.vocabulary import ReturnState

ORDERS = (1, 2, 3)
_ADA = {"id": 77, "first_name": "Ada", "email": "ada@example.com"}
_EVE = {"id": 78, "first_name": "Eve", "tags": "vip", "email": "eve@example.com"}
_VERBS = {
    "request": "requested",
    "approve": "open",
    "decline": "declined",
    "cancel": "canceled",
    "close": "closed",
    "reopen": "open",
}


class Teller:
    """Draws what is told next of one order. `time`: when it was so; `triggered`: when it was sent, often as late as it likes."""

    def __init__(self, dice: Random) -> None:
        self.dice = dice
        self.order = dice.choice(ORDERS)
        self.time = self.hour()
        self.triggered = dice.choice([self.time, self.hour()])

    def hour(self) -> str:
        return f"{self.dice.randrange(8, 12):02}:{self.dice.randrange(0, 60, 5):02}"

    def one_of(self, *choices: Any) -> Any:
        return self.dice.choice(choices)

    def mine(self, kind: int, most: int = 3) -> int:
        """One of the order's few ids of a kind."""
        return 100 * kind + 10 * self.order + self.dice.randint(1, most)

    def webhook(self, n: int) -> Delivery:
        """Any webhook."""
        topic, body = self.dice.choice(_TOPICS)(self)
        return delivery(topic, body, self.triggered, f"d{n}")

    def message(self, n: int) -> Delivery:
        """A message of the ERP."""
        stamp = Stamp(at(self.time), at(self.triggered))
        step = self.one_of("in_transit", "received", "inspected", "refunded")
        moved = ReturnMoved(self.mine(3), self.one_of(None, self.order), step, stamp)
        expected = StockExpected("SKU-11", self.one_of(None, at("11:00"), at("11:30")), stamp)
        return Delivery("erp", f"e{n}", "erp", ARRIVED, (self.one_of(moved, moved, expected),))

    def reading(self, n: int) -> Delivery:
        """A poll's reading of an order."""
        told = nodes.Order.model_validate(_read_order(self))
        returns = [Return.model_validate(_read_return(self))] if self.one_of(True, False) else []
        return Delivery("poll", f"p{n}", "poll", ARRIVED, changes(OrderRead(told, at(self.triggered), tuple(returns))))


def life(dice: Random, most: int = 25) -> list[Delivery]:
    """Some deliveries, each with an id of its own."""
    kinds = [Teller.webhook] * 8 + [Teller.message, Teller.reading]
    return [dice.choice(kinds)(Teller(dice), n) for n in range(dice.randint(4, most))]


def decisions(dice: Random) -> dict[int, OperatorState]:
    """What operators decided on some of the orders before any of it came."""
    found: dict[int, OperatorState] = {}
    for order_id in dice.sample(ORDERS, dice.randint(0, 2)):
        parcels = [200 + 10 * order_id + n for n in (1, 2, 3)]
        ours = Acknowledgement(
            action_id="a1",
            at=at("09:30"),
            known=tuple(dice.sample(parcels, dice.randint(0, 2))),
            number=dice.choice([None, "ME"]),
        )
        moved = ReturnMove(action_id="a3", at=at("10:00"), state=dice.choice(list(ReturnState)))
        found[order_id] = OperatorState(
            assigned_to=dice.choice([None, "bo", "assistant"]),
            thread=dice.choice([None, "conversation:1"]),
            acknowledgements=dice.choice([(), (ours,)]),
            numbers=dice.choice([{}, {parcels[0]: GivenNumber(action_id="a2", number="MINE")}]),
            returns=dice.choice([{}, {301 + 10 * order_id: moved}]),
        )
    return found


def _order(t: Teller) -> tuple[str, Body]:
    lines = [
        shop.line(11 + n, fulfillable_quantity=t.one_of(0, 1), requires_shipping=t.one_of(True, True, False))
        for n in range(t.one_of(0, 1, 2))
    ]
    body = shop.order(
        t.order,
        t.time,
        financial_status=t.one_of("pending", "authorized", "paid", "partially_refunded", "refunded", "voided", None),
        tags=t.one_of("", "vip", "Rush, x"),
        note=t.one_of(None, "a", "b"),
        cancelled_at=t.one_of(None, None, None, clock("11:00")),
        source_name=t.one_of("web", "pos", "shopify_draft_order"),
        shipping_address=t.one_of(None, {"name": "A", "city": "L"}),
        customer=t.one_of(None, _ADA, _EVE),
        email=t.one_of(None, "ada@example.com", "eve@example.com"),
        total_price=t.one_of("25.00", "5.00", "0.00"),
        currency=t.one_of("EUR", "USD", "JPY"),
        line_items=lines,
        fulfillments=t.one_of([], [_parcel(t)[1]]),
        refunds=t.one_of([], [_refund(t)[1]]),
    )
    left_out = t.dice.sample(sorted(body.keys() - {"id"}), t.one_of(0, 0, 0, 8))
    return f"orders/{t.one_of('create', 'updated', 'paid', 'cancelled')}", {
        name: value for name, value in body.items() if name not in left_out
    }


def _edit(t: Teller) -> tuple[str, Body]:
    edit = {"id": t.mine(1), "order_id": t.order, "created_at": clock(t.time), "staff_note": t.one_of("x", "y", None)}
    return "orders/edited", t.one_of(edit, {"order_edit": edit})


def _end(t: Teller) -> tuple[str, Body]:
    """A deletion or an erasure, which is for good, and so is rare."""
    erased = {"customer": {"id": 78, "email": "eve@example.com"}, "orders_to_redact": list(ORDERS)}
    found: tuple[str, Body] = t.one_of(("orders/delete", {"id": 3}), ("customers/redact", erased), _order(t), _order(t))
    return found


def _parcel(t: Teller) -> tuple[str, Body]:
    body = shop.fulfillment(
        t.mine(2),
        t.order,
        t.time,
        tracking_number=t.one_of(None, "T1", "T 2"),
        shipment_status=t.one_of(None, "in_transit", "delivered", "delayed", "confirmed", "failure"),
        status=t.one_of("success", "success", "cancelled", "pending", "failure"),
        line_items=t.one_of([], [shop.line(11, fulfillable_quantity=t.one_of(0, 1, None))]),
    )
    return f"fulfillments/{t.one_of('create', 'update')}", body


def _scan(t: Teller) -> tuple[str, Body]:
    parcel = t.mine(2)
    status = t.one_of("in_transit", "delivered", "delayed", "out_for_delivery", "attempted_delivery")
    body = shop.scan(parcel * 10 + t.one_of(1, 2), status, t.time, parcel, t.order)
    return f"fulfillment_events/{t.one_of('create', 'create', 'delete')}", body


def _hold(t: Teller) -> tuple[str, Body]:
    """Of a fulfilment order that now and then names its order."""
    reason = t.one_of("inventory_out_of_stock", "other", "incorrect_address", "awaiting_payment")
    hold = t.one_of(shop.hold(t.one_of(51, 52), reason), {"reason": reason, "reason_notes": "wait"})
    owner = shop.fulfillment_order(t.mine(4), t.one_of("open", "on_hold", "closed", "in_progress"))
    owner |= t.one_of({}, {"order_id": t.order}) | t.one_of({}, {"fulfillment_holds": [hold]})
    found: tuple[str, Body] = t.one_of(
        ("fulfillment_holds/added", {"fulfillment_order": owner, "fulfillment_hold": hold}),
        ("fulfillment_holds/released", {"fulfillment_order": owner, "fulfillment_hold": hold}),
        ("fulfillment_orders/placed_on_hold", {"fulfillment_order": owner, "created_fulfillment_hold": hold}),
        ("fulfillment_orders/hold_released", {"fulfillment_order": owner}),
        (
            "fulfillment_orders/moved",
            {"original_fulfillment_order": owner, "moved_fulfillment_order": shop.fulfillment_order(t.mine(4))},
        ),
    )
    return found


def _return(t: Teller) -> tuple[str, Body]:
    verb = t.one_of(*_VERBS)
    return f"returns/{verb}", shop.shop_return(t.mine(3), t.order, status=_VERBS[verb])


def _way_back(t: Teller) -> tuple[str, Body]:
    of = t.mine(3)
    return "reverse_deliveries/attach_deliverable", shop.reverse_delivery(of * 10, of, t.one_of(None, "B1", "B2"))


def _refund(t: Teller) -> tuple[str, Body]:
    amount, of = t.one_of("25.00", "5.00", "0.00"), t.one_of(None, t.mine(3))
    return "refunds/create", shop.refund(t.mine(6), t.time, amount, t.order, of=of)


def _payment(t: Teller) -> tuple[str, Body]:
    kind, status = t.one_of("authorization", "capture", "refund", "void"), t.one_of("success", "failure", "pending")
    return "order_transactions/create", shop.transaction(t.mine(9), kind, t.time, t.order, status=status)


def _dispute(t: Teller) -> tuple[str, Body]:
    return "disputes/update", shop.dispute(t.mine(7), t.one_of("won", "needs_response"), t.order)


def _stock(t: Teller) -> tuple[str, Body]:
    place = {"inventory_item_id": t.one_of(191, 192), "location_id": t.one_of(1, 2)}
    item = {"id": t.one_of(191, 192), "sku": t.one_of("SKU-11", "SKU-12"), "updated_at": clock(t.time)}
    level = {**place, "available": t.one_of(-3, 0, 4, None), "updated_at": clock(t.time)}
    found: tuple[str, Body] = t.one_of(
        ("inventory_levels/update", level), ("inventory_levels/disconnect", place), ("inventory_items/update", item)
    )
    return found


_TOPICS: tuple[Callable[[Teller], tuple[str, Body]], ...] = (
    *(_order, _order, _order, _edit, _end, _parcel, _parcel, _scan, _scan, _hold, _hold, _hold),
    *(_return, _return, _way_back, _refund, _payment, _dispute, _stock, _stock),
)


def _read_order(t: Teller) -> shopify.Json:
    hold = {"id": "gid://shopify/FulfillmentHold/51", "reason": "OTHER", "reasonNotes": None, "handle": None}
    part = shopify.fulfillment_order(
        t.mine(4),
        updatedAt=_z(t.hour()),
        status=t.one_of("OPEN", "ON_HOLD"),
        fulfillmentHolds=t.one_of([], [hold], None),
    )
    sent = shopify.parcel(
        parcel := t.mine(2),
        updatedAt=_z(t.hour()),
        createdAt=_z("09:00"),
        inTransitAt=t.one_of(None, _z(t.hour())),
        deliveredAt=t.one_of(None, None, _z(t.hour())),
        displayStatus=t.one_of("IN_TRANSIT", "DELIVERED", "FULFILLED"),
        events=shopify.page([shopify.scan(parcel * 10 + 1, at=_z(t.hour()))]),
    )
    paid_back = {
        "id": f"gid://shopify/Refund/{t.mine(6)}",
        "createdAt": _z(t.hour()),
        "return": t.one_of(None, {"id": f"gid://shopify/Return/{t.mine(3)}"}),
        "totalRefundedSet": shopify.money("5.0"),
    }
    return shopify.order(
        t.order,
        updatedAt=_z(t.time),
        createdAt=_z("08:00"),
        processedAt=_z("08:00"),
        displayFinancialStatus=t.one_of("PAID", "REFUNDED", "AUTHORIZED"),
        lineItems=shopify.page([shopify.line(11, unfulfilledQuantity=t.one_of(0, 1, 2))]),
        fulfillmentOrders=shopify.page([part]),
        fulfillments=t.one_of([], [sent]),
        refunds=t.one_of([], [paid_back]),
        transactions=[],
    )


def _read_return(t: Teller) -> shopify.Json:
    return shopify.returned(
        t.mine(3),
        t.order,
        createdAt=_z(t.hour()),
        status=t.one_of("OPEN", "CLOSED", "REQUESTED", "CANCELED"),
        closedAt=t.one_of(None, _z(t.hour())),
        requestApprovedAt=t.one_of(None, _z(t.hour())),
    )


def _z(hour: str) -> str:
    return f"{DAY}T{hour}:00Z"
