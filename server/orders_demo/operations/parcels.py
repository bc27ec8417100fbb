"""Work is routed to locations, held, released, sent, scanned by carriers, called back."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from orders_demo.operations import routing
from orders_demo.world.goods import Location
from orders_demo.world.orders import Line, Order
from orders_demo.world.parcels import (
    UNFULFILLABLE,
    FulfillmentOrder,
    FulfillmentOrderLine,
    Hold,
    Parcel,
    ParcelLine,
    Scan,
    Tracking,
)
from orders_demo.world.shop import Shop

PROMISES = frozenset({"CONFIRMED", "IN_TRANSIT", "DELAYED"})


def route(
    shop: Shop,
    order: Order,
    sources: Sequence[Location],
    at: datetime,
    *,
    fulfill_at: datetime | None = None,
    fulfill_by: datetime | None = None,
    lines: Sequence[Line] | None = None,
) -> None:
    """Make the fulfilment orders of an order: its lines are dealt round the given locations."""
    wanted = list(order.lines if lines is None else lines)
    for index, location in enumerate(sources):
        share = wanted[index :: len(sources)]
        if not share:
            continue
        task = FulfillmentOrder(
            id=shop.ids.next("FulfillmentOrder"),
            order=order,
            location=location,
            status="SCHEDULED" if fulfill_at and fulfill_at > at else "OPEN",
            created_at=at,
            updated_at=at,
            fulfill_at=fulfill_at or at.replace(minute=0, second=0),
            fulfill_by=fulfill_by,
            lines=[
                FulfillmentOrderLine(shop.ids.next("FulfillmentOrderLineItem"), line, line.quantity, line.quantity)
                for line in share
            ],
        )
        order.tasks.append(task)
        shop.tasks[task.id] = task
        shop.tell("fulfillment_orders/order_routing_complete", task)


def hold(
    shop: Shop,
    task: FulfillmentOrder,
    reason: str,
    notes: str | None,
    at: datetime,
    *,
    handle: str | None = None,
    by_us: bool = False,
    external_id: str | None = None,
    locked: bool = False,
    portion: Sequence[tuple[FulfillmentOrderLine, int]] = (),
) -> tuple[Hold, FulfillmentOrder | None]:
    """Hold a fulfilment order; holds stack. With a portion, the rest becomes a fulfilment order of its own."""
    entry = Hold(shop.ids.next("FulfillmentHold"), reason, notes, handle, by_us, at, external_id, locked)
    rest = entry.split_off = routing.split(shop, task, _rest(task, portion), at) if portion else None
    task.holds.append(entry)
    task.status = "ON_HOLD"
    task.updated_at = at
    shop.tell("fulfillment_orders/placed_on_hold", (task, entry, rest))
    shop.tell("fulfillment_holds/added", (task, entry))
    shop.touch(task.order, at)
    return entry, rest


def release(shop: Shop, task: FulfillmentOrder, at: datetime, holds: Sequence[Hold] | None = None) -> None:
    """Take off the given holds (all, when not given); when none is left the task is open again, and whole if it can be."""
    gone = list(task.holds if holds is None else holds)
    task.holds = [entry for entry in task.holds if entry not in gone]
    task.updated_at = at
    for entry in gone:
        shop.tell("fulfillment_holds/released", (task, entry))
    if not task.holds:
        task.status = "OPEN"
        for rest in (entry.split_off for entry in gone):
            if rest and task.may_join(rest):
                routing.merge(shop, [task, rest], at)
        shop.tell("fulfillment_orders/hold_released", task)
    shop.touch(task.order, at)


def send(
    shop: Shop,
    portions: Sequence[tuple[FulfillmentOrder, Sequence[tuple[FulfillmentOrderLine, int]]]],
    tracking: Sequence[Tracking],
    at: datetime,
) -> Parcel:
    """Send one parcel with units of one or more tasks of one order at one location."""
    first = portions[0][0]
    order = first.order
    parcel = Parcel(
        id=shop.ids.next("Fulfillment"),
        order=order,
        name=f"{order.name}.{len(order.parcels) + 1}",
        status="SUCCESS",
        location=first.location,
        created_at=at,
        updated_at=at,
        tracking=list(tracking),
        lines=[],
        tasks=[task for task, _ in portions],
    )
    for task, units in portions:
        _take(shop, task, units, parcel, at)
    order.parcels.append(parcel)
    shop.parcels[parcel.id] = parcel
    shop.tell("fulfillments/create", parcel)
    shop.tell("orders/partially_fulfilled" if order.owed else "orders/fulfilled", order)
    if shop.archives and order.settled:
        order.closed_at = at
    shop.touch(order, at)
    return parcel


def send_all(shop: Shop, task: FulfillmentOrder, tracking: Sequence[Tracking], at: datetime) -> Parcel:
    """Send all that a task still has to send."""
    return send(shop, [(task, [(line, line.remaining) for line in task.lines])], tracking, at)


def track(shop: Shop, parcel: Parcel, tracking: Sequence[Tracking], at: datetime) -> None:
    """Give a parcel its number, or another one."""
    parcel.tracking = list(tracking)
    parcel.updated_at = at
    shop.tell("fulfillments/update", parcel)
    shop.touch(parcel.order, at)


def scan(
    shop: Shop,
    parcel: Parcel,
    status: str,
    at: datetime,
    *,
    message: str | None = None,
    seen_at: datetime | None = None,
    eta: datetime | None = None,
    place: tuple[str | None, str | None, str | None, str | None] = (None, None, None, None),
    spot: tuple[str | None, float | None, float | None] = (None, None, None),
) -> Scan:
    """The carrier says where a parcel is. Only delivery changes the order itself."""
    entry = Scan(shop.ids.next("FulfillmentEvent"), status, message, seen_at or at, at, *place, *spot)
    entry.estimated_delivery_at = eta if status in PROMISES else None
    parcel.scans.append(entry)
    parcel.updated_at = at
    shop.tell("fulfillment_events/create", (parcel, entry))
    shop.tell("fulfillments/update", parcel)
    shop.revision += 1
    if status == "DELIVERED":
        shop.touch(parcel.order, at)
    return entry


def call_back(shop: Shop, parcel: Parcel, at: datetime) -> None:
    """Cancel a parcel: its units are owed again. Doing it twice changes nothing.

    A fulfilment order that has more to send takes its units back. One that was sent whole stays closed, and tells of units
    that remain, as the recordings show: they are sent from a new one.
    """
    if parcel.status == "CANCELLED":
        return
    parcel.status = "CANCELLED"
    parcel.updated_at = at
    if shop.archives and not parcel.order.cancelled_at:
        parcel.order.closed_at = None
    owed = [(entry.line, _give_back(parcel, entry)) for entry in parcel.lines]
    for task in parcel.tasks:
        if task.status == "IN_PROGRESS" and all(entry.remaining == entry.total for entry in task.lines):
            task.status = "OPEN"
    if any(quantity for _, quantity in owed):
        _route_again(shop, parcel, owed, at)
    shop.tell("fulfillments/update", parcel)
    shop.touch(parcel.order, at)


def _route_again(shop: Shop, parcel: Parcel, owed: Sequence[tuple[Line, int]], at: datetime) -> None:
    task = FulfillmentOrder(
        id=shop.ids.next("FulfillmentOrder"),
        order=parcel.order,
        location=parcel.location,
        status="OPEN",
        created_at=at,
        updated_at=at,
        fulfill_at=at.replace(minute=0, second=0),
        fulfill_by=None,
        lines=[
            FulfillmentOrderLine(shop.ids.next("FulfillmentOrderLineItem"), line, quantity, quantity)
            for line, quantity in owed
            if quantity
        ],
    )
    parcel.order.tasks.append(task)
    shop.tasks[task.id] = task


def withdraw(line: Line, units: int, order: Order, at: datetime) -> None:
    """Units of a line need not be sent any more."""
    line.unfulfilled = max(0, line.unfulfilled - units)
    for task in order.tasks:
        if task.status in UNFULFILLABLE:
            continue
        for entry in task.lines:
            if entry.line is line and units > 0 and entry.remaining:
                taken = min(units, entry.remaining)
                entry.remaining -= taken
                entry.total -= taken
                units -= taken
                task.updated_at = at
        if not task.remaining:
            task.status = "CLOSED"
            task.holds = []


def abandon(shop: Shop, task: FulfillmentOrder, at: datetime) -> None:
    """A cancelled order's task: closed, its holds gone, as the recordings show."""
    if task.status == "CLOSED":
        return
    task.status = "CLOSED"
    task.holds = []
    task.updated_at = at
    shop.tell("fulfillment_orders/cancelled", task)


def _take(
    shop: Shop, task: FulfillmentOrder, units: Sequence[tuple[FulfillmentOrderLine, int]], parcel: Parcel, at: datetime
) -> None:
    for entry, quantity in units:
        if not quantity:
            continue
        entry.remaining -= quantity
        entry.line.unfulfilled -= quantity
        _pack(shop, parcel, entry.line, quantity)
    task.parcels.append(parcel)
    task.status = "IN_PROGRESS" if task.remaining else "CLOSED"
    task.updated_at = at


def _pack(shop: Shop, parcel: Parcel, line: Line, quantity: int) -> None:
    """Units of one line are one line of the parcel, from however many fulfilment orders they come."""
    known = next((entry for entry in parcel.lines if entry.line is line), None)
    if known:
        known.quantity += quantity
    else:
        parcel.lines.append(ParcelLine(shop.ids.next("FulfillmentLineItem"), line, quantity))


def _give_back(parcel: Parcel, sent: ParcelLine) -> int:
    """Units go back to where they were sent from. How many of them no open fulfilment order owes."""
    sent.line.unfulfilled += sent.quantity
    left = owed = sent.quantity
    for task in parcel.tasks:
        for entry in task.lines:
            back = min(left, entry.total - entry.remaining) if entry.line is sent.line else 0
            entry.remaining += back
            left -= back
            owed -= back if task.status not in UNFULFILLABLE else 0
    return owed


def _rest(
    task: FulfillmentOrder, portion: Sequence[tuple[FulfillmentOrderLine, int]]
) -> list[tuple[FulfillmentOrderLine, int]]:
    """What is left of a task without a portion of it."""
    held = {entry.id: quantity for entry, quantity in portion}
    return [(entry, entry.remaining - held.get(entry.id, 0)) for entry in task.lines]
