"""Work is routed to locations, held, released, sent, scanned by carriers, called back."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from orders_sync.demo.world.goods import Location
from orders_sync.demo.world.orders import Line, Order
from orders_sync.demo.world.parcels import Hold, Parcel, ParcelLine, Scan, Task, TaskLine, Tracking
from orders_sync.demo.world.shop import Shop

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
        task = Task(
            id=shop.ids.next("FulfillmentOrder"),
            order=order,
            location=location,
            status="SCHEDULED" if fulfill_at and fulfill_at > at else "OPEN",
            created_at=at,
            updated_at=at,
            fulfill_at=fulfill_at or at.replace(minute=0, second=0),
            fulfill_by=fulfill_by,
            lines=[
                TaskLine(shop.ids.next("FulfillmentOrderLineItem"), line, line.quantity, line.quantity)
                for line in share
            ],
        )
        order.tasks.append(task)
        shop.tasks[task.id] = task
        shop.tell("fulfillment_orders/order_routing_complete", task)


def hold(
    shop: Shop,
    task: Task,
    reason: str,
    notes: str | None,
    at: datetime,
    *,
    handle: str | None = None,
    by_us: bool = False,
    external_id: str | None = None,
    portion: Sequence[tuple[TaskLine, int]] = (),
) -> tuple[Hold, Task | None]:
    """Hold a fulfilment order; holds stack. With a portion, the rest becomes a fulfilment order of its own."""
    entry = Hold(shop.ids.next("FulfillmentHold"), reason, notes, handle, by_us, at, external_id)
    rest = _split(shop, task, portion, at) if portion else None
    task.holds.append(entry)
    task.status = "ON_HOLD"
    task.updated_at = at
    shop.tell("fulfillment_orders/placed_on_hold", (task, entry, rest))
    shop.tell("fulfillment_holds/added", (task, entry))
    shop.touch(task.order, at)
    return entry, rest


def release(shop: Shop, task: Task, at: datetime, holds: Sequence[Hold] | None = None) -> None:
    """Take off the given holds (all, when not given); the task is open again when none is left."""
    gone = list(task.holds if holds is None else holds)
    task.holds = [entry for entry in task.holds if entry not in gone]
    task.updated_at = at
    for entry in gone:
        shop.tell("fulfillment_holds/released", (task, entry))
    if not task.holds:
        task.status = "OPEN"
        shop.tell("fulfillment_orders/hold_released", task)
    shop.touch(task.order, at)


def send(
    shop: Shop,
    portions: Sequence[tuple[Task, Sequence[tuple[TaskLine, int]]]],
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
    shop.touch(order, at)
    return parcel


def send_all(shop: Shop, task: Task, tracking: Sequence[Tracking], at: datetime) -> Parcel:
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
) -> Scan:
    """The carrier says where a parcel is. Only delivery changes the order itself."""
    entry = Scan(shop.ids.next("FulfillmentEvent"), status, message, seen_at or at, at, *place)
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
    """Cancel a parcel: its units are owed again, in a new fulfilment order. Doing it twice changes nothing."""
    if parcel.status == "CANCELLED":
        return
    parcel.status = "CANCELLED"
    parcel.updated_at = at
    for entry in parcel.lines:
        entry.line.unfulfilled += entry.quantity
    task = Task(
        id=shop.ids.next("FulfillmentOrder"),
        order=parcel.order,
        location=parcel.location,
        status="OPEN",
        created_at=at,
        updated_at=at,
        fulfill_at=at.replace(minute=0, second=0),
        fulfill_by=None,
        lines=[
            TaskLine(shop.ids.next("FulfillmentOrderLineItem"), entry.line, entry.quantity, entry.quantity)
            for entry in parcel.lines
        ],
    )
    parcel.order.tasks.append(task)
    shop.tasks[task.id] = task
    shop.tell("fulfillments/update", parcel)
    shop.touch(parcel.order, at)


def withdraw(line: Line, units: int, order: Order, at: datetime) -> None:
    """Units of a line need not be sent any more."""
    line.unfulfilled = max(0, line.unfulfilled - units)
    for task in order.tasks:
        for entry in task.lines:
            if entry.line is line and units > 0 and entry.remaining:
                taken = min(units, entry.remaining)
                entry.remaining -= taken
                units -= taken
                task.updated_at = at
        if not task.remaining and task.status not in ("CLOSED", "CANCELLED"):
            task.status = "CLOSED"
            task.holds = []


def abandon(shop: Shop, task: Task, at: datetime) -> None:
    """A cancelled order's task: closed, its holds gone, as the recordings show."""
    if task.status == "CLOSED":
        return
    task.status = "CLOSED"
    task.holds = []
    task.updated_at = at
    shop.tell("fulfillment_orders/cancelled", task)


def _take(shop: Shop, task: Task, units: Sequence[tuple[TaskLine, int]], parcel: Parcel, at: datetime) -> None:
    for entry, quantity in units:
        if not quantity:
            continue
        entry.remaining -= quantity
        entry.line.unfulfilled -= quantity
        parcel.lines.append(ParcelLine(shop.ids.next("FulfillmentLineItem"), entry.line, quantity))
    task.parcels.append(parcel)
    task.status = "IN_PROGRESS" if task.remaining else "CLOSED"
    task.updated_at = at


def _split(shop: Shop, task: Task, portion: Sequence[tuple[TaskLine, int]], at: datetime) -> Task | None:
    held = {entry.id: quantity for entry, quantity in portion}
    rest = [(entry, entry.remaining - held.get(entry.id, 0)) for entry in task.lines]
    if not any(quantity for _, quantity in rest):
        return None
    other = Task(
        id=shop.ids.next("FulfillmentOrder"),
        order=task.order,
        location=task.location,
        status="OPEN",
        created_at=at,
        updated_at=at,
        fulfill_at=task.fulfill_at,
        fulfill_by=task.fulfill_by,
        lines=[
            TaskLine(shop.ids.next("FulfillmentOrderLineItem"), entry.line, quantity, quantity)
            for entry, quantity in rest
            if quantity
        ],
    )
    task.lines = [entry for entry in task.lines if held.get(entry.id)]
    for entry in task.lines:
        entry.total = entry.remaining = held[entry.id]
    task.order.tasks.append(other)
    shop.tasks[other.id] = other
    return other
