"""Goods come back: asked for, allowed, labelled, inspected, settled."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from orders_demo.operations import ordering, payments
from orders_demo.world.goods import Location, Variant
from orders_demo.world.orders import Order, Refund
from orders_demo.world.parcels import ParcelLine, Tracking
from orders_demo.world.returns import (
    Disposition,
    ExchangeLine,
    Return,
    ReturnLine,
    Reverse,
    ReverseDelivery,
    ReverseLine,
)
from orders_demo.world.shop import Shop


def request(
    shop: Shop,
    order: Order,
    units: Sequence[tuple[ParcelLine, int]],
    at: datetime,
    *,
    reason: str = "UNWANTED",
    note: str = "",
    customer_note: str | None = None,
) -> Return:
    """The customer asks to send units back."""
    entry = _new(shop, order, units, at, status="REQUESTED", reason=reason, note=note, customer_note=customer_note)
    shop.tell("returns/request", entry)
    shop.touch(order, at)
    return entry


def approve(shop: Shop, entry: Return, at: datetime) -> None:
    """Allow it: the goods are now expected back."""
    entry.status = "OPEN"
    entry.request_approved_at = at
    reverse = Reverse(
        shop.ids.next("ReverseFulfillmentOrder"),
        entry,
        "OPEN",
        [
            ReverseLine(shop.ids.next("ReverseFulfillmentOrderLineItem"), line.parcel_line, line.quantity)
            for line in entry.lines
        ],
    )
    entry.reverses.append(reverse)
    shop.reverses[reverse.id] = reverse
    shop.tell("returns/approve", entry)
    shop.touch(entry.order, at)


def decline(shop: Shop, entry: Return, reason: str, note: str | None, at: datetime) -> None:
    """Refuse a request."""
    entry.status = "DECLINED"
    entry.decline_reason = reason
    entry.decline_note = note
    shop.tell("returns/decline", entry)
    shop.touch(entry.order, at)


def label(shop: Shop, entry: Return, tracking: Tracking, label_url: str | None, at: datetime) -> ReverseDelivery:
    """Give the customer a label for the way back."""
    reverse = entry.reverses[0]
    delivery = ReverseDelivery(
        shop.ids.next("ReverseDelivery"),
        reverse,
        tracking.company,
        tracking.number,
        tracking.url,
        label_url,
        at,
        at,
    )
    reverse.deliveries.append(delivery)
    shop.deliveries[delivery.id] = delivery
    shop.tell("reverse_deliveries/attach_deliverable", delivery)
    shop.touch(entry.order, at)
    return delivery


def dispose(shop: Shop, entry: Return, kind: str, location: Location, at: datetime) -> None:
    """Say what became of all units; a final word closes the reverse fulfilment order."""
    for reverse in entry.reverses:
        for line in reverse.lines:
            number = shop.ids.next("ReverseFulfillmentOrderDisposition")
            line.dispositions.append(Disposition(number, kind, line.total, location, at))
        if kind != "PROCESSING_REQUIRED":
            reverse.status = "CLOSED"
        shop.tell("reverse_fulfillment_orders/dispose", reverse)
    shop.touch(entry.order, at)


def process(
    shop: Shop,
    entry: Return,
    units: Sequence[tuple[ReturnLine, int]],
    at: datetime,
    *,
    exchanges: Sequence[tuple[ExchangeLine, int]] = (),
    amount: int | None = None,
    note: str | None = None,
) -> Refund | None:
    """Settle units, and send what is exchanged for them; with an amount, pay it back. The return stays open, as in Shopify."""
    for line, quantity in units:
        line.processed += quantity
    for swapped, quantity in exchanges:
        swapped.processed += quantity
        swapped.lines.append(ordering.add(shop, entry.order, swapped.variant, quantity, at))
    if amount is None:
        shop.touch(entry.order, at)
        return None
    for line, quantity in units:
        line.refunded += quantity
    lines = [(line.parcel_line.line, quantity) for line, quantity in units]
    return payments.refund(shop, entry.order, lines, at, amount=amount, note=note, owner=entry)


def close(shop: Shop, entry: Return, at: datetime) -> None:
    """Done with it. Closing a closed one changes nothing."""
    if entry.status == "CLOSED":
        return
    entry.status = "CLOSED"
    entry.closed_at = at
    shop.tell("returns/close", entry)
    shop.touch(entry.order, at)


def reopen(shop: Shop, entry: Return, at: datetime) -> None:
    """Take it up again. Reopening an open one changes nothing."""
    if entry.status == "OPEN":
        return
    entry.status = "OPEN"
    entry.closed_at = None
    shop.tell("returns/reopen", entry)
    shop.touch(entry.order, at)


def cancel(shop: Shop, entry: Return, at: datetime) -> None:
    """Call it off. Cancelling a cancelled one changes nothing."""
    if entry.status == "CANCELED":
        return
    entry.status = "CANCELED"
    for reverse in entry.reverses:
        reverse.status = "CANCELED"
    shop.tell("returns/cancel", entry)
    shop.touch(entry.order, at)


def exchange(shop: Shop, entry: Return, variant: Variant, quantity: int, at: datetime) -> ExchangeLine:
    """Promise something else for what comes back; it is sent when the return is processed."""
    line = ExchangeLine(shop.ids.next("ExchangeLineItem"), variant, quantity)
    entry.exchanges.append(line)
    shop.touch(entry.order, at)
    return line


def balance(
    entry: Return, units: Sequence[tuple[ReturnLine, int]], exchanges: Sequence[tuple[ExchangeLine, int]]
) -> int:
    """What is to be paid back for these units less what is sent for them, with tax; below 0: what the customer owes."""
    order = entry.order
    prices = [line.parcel_line.line.share(quantity) for line, quantity in units]
    back = min(sum(price + order.tax_on(price) for price in prices), order.received - order.refunded)
    sent = [line.variant.price * quantity for line, quantity in exchanges]
    return back - sum(price + order.tax_on(price) for price in sent)


def due(entry: Return) -> int:
    """What the units not yet refunded cost, with tax."""
    order = entry.order
    prices = [line.parcel_line.line.share(line.quantity - line.refunded) for line in entry.lines]
    return sum(price + order.tax_on(price) for price in prices)


def _new(
    shop: Shop,
    order: Order,
    units: Sequence[tuple[ParcelLine, int]],
    at: datetime,
    *,
    status: str,
    reason: str,
    note: str,
    customer_note: str | None,
) -> Return:
    entry = Return(
        id=shop.ids.next("Return"),
        order=order,
        name=f"{order.name}-R{len(order.returns) + 1}",
        status=status,
        created_at=at,
        lines=[
            ReturnLine(shop.ids.next("ReturnLineItem"), line, quantity, reason, note, customer_note)
            for line, quantity in units
        ],
        requested=status == "REQUESTED",
    )
    order.returns.append(entry)
    shop.returns[entry.id] = entry
    return entry
