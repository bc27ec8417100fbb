"""orderCancel. Its errors are told twice: with codes, and in the older list without. What it does is done by a job."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from orders_demo.admin import gids
from orders_demo.admin.call import Info, call
from orders_demo.admin.changes.refusal import Payload, Refused
from orders_demo.admin.search import instant
from orders_demo.live_shop import LiveShop
from orders_demo.operations import ordering
from orders_demo.world.ids import gid
from orders_demo.world.money import text
from orders_demo.world.orders import Order

LONGEST_NOTE = 255
GOING_ON = frozenset({"REQUESTED", "OPEN"})
"""Statuses of returns that keep a paid order from being cancelled; one that was not paid is cancelled with them."""


def cancel(
    _root: Any,
    info: Info,
    *,
    orderId: str,
    restock: bool,
    reason: str,
    refund: bool | None = None,
    refundMethod: dict[str, Any] | None = None,
    notifyCustomer: bool | None = None,
    staffNote: str | None = None,
) -> Payload:
    """Cancel an order, a moment later; what was paid goes back only when that is asked for."""
    stage = call(info).stage
    try:
        order = stage.shop.orders.get(gids.number(orderId, "Order") or 0)
        if order is None:
            raise Refused(["orderId"], "Order does not exist", "NOT_FOUND")
        _may_pass(order, staffNote, refund, refundMethod, stage.now())
        _may_be_cancelled(stage, order)
    except Refused as refused:
        return {"job": None, "orderCancelUserErrors": [refused.error], "userErrors": [refused.error]}
    back = bool(refund or (refundMethod or {}).get("originalPaymentMethodsRefund"))
    effect = {"reason": reason, "refund": back, "restock": restock, "staffNote": staffNote}
    stage.ledger.mutation(stage.now(), "orderCancel", gid("Order", order.id), effect)

    def deed(at: datetime) -> None:
        ordering.cancel(stage.shop, order, reason, at, refund=back, restock=restock, note=staffNote)

    def work() -> None:
        _work(stage, order, deed, notify=bool(notifyCustomer))

    job = stage.jobs.begin(gid("Order", order.id), stage.clock(), work)
    return {"job": {"id": job.id, "done": False, "query": None}, "orderCancelUserErrors": [], "userErrors": []}


def _work(stage: LiveShop, order: Order, deed: Callable[[datetime], None], *, notify: bool) -> None:
    """What the job does, unless the order became such meanwhile that nothing can be done: nobody is told of that."""
    try:
        _may_be_cancelled(stage, order)
    except Refused:
        return
    before, name = order.refunded, gid("Order", order.id)
    stage.perform(deed)
    if order.refunded > before:
        stage.ledger.refund(stage.now(), "orderCancel", name, {"amount": text(order.refunded - before)})
    if notify and order.email:
        stage.ledger.mail(stage.now(), "order_cancelled", name)


def _may_pass(
    order: Order, note: str | None, refund: bool | None, method: dict[str, Any] | None, now: datetime
) -> None:
    if len(note or "") > LONGEST_NOTE:
        told = f"Staff note is too long. Maximum length is {LONGEST_NOTE} characters."
        raise Refused(["staffNote"], told, "INVALID")
    if refund is not None and method is not None:
        raise Refused(["refund"], "Only one of the arguments `refund` or `refund_method` is allowed.", "INVALID")
    credit = (method or {}).get("storeCreditRefund")
    if credit is not None and order.customer is None:
        field = ["refundMethod", "storeCreditRefund"]
        raise Refused(field, "The order has no customer", "STORE_CREDIT_REFUND_MISSING_CUSTOMER")
    expires = (credit or {}).get("expiresAt")
    if expires is not None and instant(expires) <= now:
        field = ["refundMethod", "storeCreditRefund", "expiresAt"]
        raise Refused(field, "The expiration date is in the past", "STORE_CREDIT_REFUND_EXPIRATION_IN_PAST")


def _may_be_cancelled(stage: LiveShop, order: Order) -> None:
    """In the words, and in the order, of recordings: parcels and returns keep only an order that was paid from it."""
    if order.cancelled_at:
        raise Refused(["orderId"], "Cannot cancel an order that has already been canceled", "INVALID")
    if stage.jobs.under_way(gid("Order", order.id)):
        raise Refused(None, "Cancellation is already in progress")
    if order.received > order.refunded:
        if any(entry.status in GOING_ON for entry in order.returns):
            raise Refused(["orderId"], "Cannot cancel an order that has returns", "INVALID")
        if order.sent:
            raise Refused(["orderId"], "Cannot cancel an order that has outstanding fulfillments", "INVALID")
