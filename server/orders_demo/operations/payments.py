"""Money comes, fails to come, goes back, is disputed."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from orders_demo.operations import parcels
from orders_demo.world.goods import Location
from orders_demo.world.orders import Dispute, Line, Order, Payment, Refund, RefundLine
from orders_demo.world.returns import Return
from orders_demo.world.shop import Shop

EVIDENCE_DAYS = 9


def pay(shop: Shop, order: Order, at: datetime, amount: int | None = None) -> Payment:
    """Take what is outstanding, or a part of it, in one go."""
    payment = _record(shop, order, "SALE", order.outstanding if amount is None else amount, at)
    if not order.outstanding:
        shop.tell("orders/paid", order)
    shop.touch(order, at)
    return payment


def authorize(shop: Shop, order: Order, at: datetime) -> Payment:
    """Reserve the total on the customer's card."""
    payment = _record(shop, order, "AUTHORIZATION", order.total, at)
    shop.touch(order, at)
    return payment


def capture(shop: Shop, order: Order, at: datetime) -> Payment:
    """Take what was reserved."""
    parent = next(entry for entry in order.payments if entry.kind == "AUTHORIZATION")
    payment = _record(shop, order, "CAPTURE", order.outstanding, at, parent=parent)
    shop.tell("orders/paid", order)
    shop.touch(order, at)
    return payment


def fail(shop: Shop, order: Order, at: datetime) -> Payment:
    """A card that is refused."""
    payment = _record(
        shop, order, "SALE", order.outstanding, at, status="FAILURE", error="CARD_DECLINED", message="Card was declined"
    )
    shop.touch(order, at)
    return payment


def void(shop: Shop, order: Order, at: datetime) -> Payment:
    """Let a reservation go."""
    parent = next(entry for entry in order.payments if entry.kind == "AUTHORIZATION")
    payment = _record(shop, order, "VOID", parent.amount, at, parent=parent)
    shop.touch(order, at)
    return payment


def refund(
    shop: Shop,
    order: Order,
    lines: Sequence[tuple[Line, int]],
    at: datetime,
    *,
    amount: int | None = None,
    carriage: bool = False,
    note: str | None = None,
    owner: Return | None = None,
    restock_at: Location | None = None,
) -> Refund:
    """Pay back lines (price and tax) or a given amount, perhaps carriage too; never more than is left of what came in."""
    kind = "RETURN" if owner else "CANCEL" if restock_at else "NO_RESTOCK"
    entries = [
        RefundLine(
            shop.ids.next("RefundLineItem"),
            line,
            units,
            line.share(units),
            order.tax_on(line.share(units)),
            kind,
            restock_at,
        )
        for line, units in lines
        if units
    ]
    due = sum(entry.subtotal + entry.tax for entry in entries) if amount is None else amount
    due += order.carriage if carriage else 0
    parent = next((p for p in order.payments if p.kind in ("SALE", "CAPTURE") and p.status == "SUCCESS"), None)
    back = min(due, order.received - order.refunded)
    paid = [_record(shop, order, "REFUND", back, at, parent=parent)] if back > 0 else []
    entry = Refund(shop.ids.next("Refund"), order, at, note, entries, paid, owner)
    order.refunds.append(entry)
    shop.refunds[entry.id] = entry
    if owner:
        owner.refunds.append(entry)
    _take_off(order, entries, at)
    shop.tell("refunds/create", entry)
    shop.touch(order, at)
    return entry


def dispute(shop: Shop, order: Order, at: datetime, kind: str = "CHARGEBACK", reason: str = "FRAUDULENT") -> Dispute:
    """The customer's bank takes the money back, or asks."""
    entry = Dispute(
        id=shop.ids.next("ShopifyPaymentsDispute"),
        order=order,
        type=kind,
        status="NEEDS_RESPONSE",
        reason=reason,
        network_reason_code="4837" if reason == "FRAUDULENT" else "4853",
        amount=order.total,
        initiated_at=at,
        evidence_due_by=at + timedelta(days=EVIDENCE_DAYS),
    )
    order.disputes.append(entry)
    shop.disputes[entry.id] = entry
    shop.tell("disputes/create", entry)
    shop.touch(order, at)
    return entry


def settle(shop: Shop, entry: Dispute, status: str, at: datetime) -> None:
    """Move a dispute on: UNDER_REVIEW, WON, LOST or ACCEPTED."""
    entry.status = status
    if status == "UNDER_REVIEW":
        entry.evidence_sent_on = at
    else:
        entry.finalized_on = at
    shop.tell("disputes/update", entry)
    shop.touch(entry.order, at)


def _take_off(order: Order, entries: Sequence[RefundLine], at: datetime) -> None:
    for entry in entries:
        unsent = min(entry.quantity, entry.line.unfulfilled) if entry.restock_type != "RETURN" else 0
        entry.line.current = max(0, entry.line.current - entry.quantity)
        if unsent and not order.cancelled_at:
            parcels.withdraw(entry.line, unsent, order, at)


def _record(
    shop: Shop,
    order: Order,
    kind: str,
    amount: int,
    at: datetime,
    *,
    parent: Payment | None = None,
    status: str = "SUCCESS",
    error: str | None = None,
    message: str | None = None,
) -> Payment:
    payment = Payment(
        shop.ids.next("OrderTransaction"),
        order,
        kind,
        status,
        order.gateway,
        amount,
        at,
        parent,
        error,
        message,
        card="•••• •••• •••• 4242" if order.gateway == "shopify_payments" else None,
    )
    order.payments.append(payment)
    shop.tell("order_transactions/create", payment)
    return payment
