"""orderCancel. Its errors are told twice: with codes, and in the older list without."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from orders_demo.admin import gids
from orders_demo.admin.call import Info, call
from orders_demo.admin.changes.refusal import Payload, Refused
from orders_demo.operations import ordering
from orders_demo.world.ids import gid
from orders_demo.world.orders import Order
from orders_demo.world.shop import Shop

LONGEST_NOTE = 255


def cancel(
    _root: Any,
    info: Info,
    *,
    orderId: str,
    restock: bool,
    reason: str,
    refund: bool | None = None,
    refundMethod: dict[str, Any] | None = None,
    staffNote: str | None = None,
    **_: Any,
) -> Payload:
    """Cancel an order; what was paid goes back only when that is asked for."""
    stage = call(info).stage
    try:
        _may_pass(staffNote, refund, refundMethod)
        order = _order(stage.shop, orderId)
    except Refused as refused:
        return {"job": None, "orderCancelUserErrors": [refused.error], "userErrors": [refused.error]}
    back = bool(refund or (refundMethod or {}).get("originalPaymentMethodsRefund"))
    stage.perform(
        lambda at: ordering.cancel(stage.shop, order, reason, at, refund=back, restock=restock, note=staffNote)
    )
    effect = {"reason": reason, "refund": back, "restock": restock, "staffNote": staffNote}
    stage.ledger.mutation(stage.now(), "orderCancel", gid("Order", order.id), effect)
    job = {"id": f"gid://shopify/Job/{UUID(int=order.id, version=4)}", "done": False}
    return {"job": job, "orderCancelUserErrors": [], "userErrors": []}


def _may_pass(note: str | None, refund: bool | None, method: dict[str, Any] | None) -> None:
    if len(note or "") > LONGEST_NOTE:
        told = f"Staff note is too long. Maximum length is {LONGEST_NOTE} characters."
        raise Refused(["staffNote"], told, "INVALID")
    if refund is not None and method is not None:
        raise Refused(["refund"], "Only one of the arguments `refund` or `refund_method` is allowed.", "INVALID")


def _order(shop: Shop, text: str) -> Order:
    order = shop.orders.get(gids.number(text, "Order") or 0)
    if order is None:
        raise Refused(["orderId"], "Order does not exist", "NOT_FOUND")
    if order.cancelled_at:
        raise Refused(["orderId"], "Cannot cancel an order that has already been canceled", "INVALID")
    if order.sent and order.received > order.refunded:
        raise Refused(["orderId"], "Cannot cancel an order that has outstanding fulfillments", "INVALID")
    return order
