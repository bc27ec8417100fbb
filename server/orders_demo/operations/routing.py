"""Fulfilment orders are split, merged, moved, put off and taken up."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from orders_demo.world.goods import Location
from orders_demo.world.parcels import FulfillmentOrder, FulfillmentOrderLine
from orders_demo.world.routes import Merge, Move
from orders_demo.world.shop import Shop

Units = Sequence[tuple[FulfillmentOrderLine, int]]


def split(
    shop: Shop, task: FulfillmentOrder, units: Units, at: datetime, *, to: Location | None = None
) -> FulfillmentOrder | None:
    """These units in a fulfilment order of their own, at the same location or another. None when there are none."""
    taken = [(entry, quantity) for entry, quantity in units if quantity]
    if not taken:
        return None
    other = _beside(shop, task, to or task.location, at)
    for entry, quantity in taken:
        entry.total -= quantity
        entry.remaining -= quantity
        other.lines.append(
            FulfillmentOrderLine(shop.ids.next("FulfillmentOrderLineItem"), entry.line, quantity, quantity)
        )
    task.lines = [entry for entry in task.lines if entry.total]
    task.updated_at = at
    return other


def merge(shop: Shop, tasks: Sequence[FulfillmentOrder], at: datetime) -> FulfillmentOrder:
    """All in the first; the others are closed and empty, and stay."""
    first, *others = tasks
    parts = [(task, [(entry.id, entry.remaining) for entry in task.lines]) for task in tasks]
    for other in others:
        for entry in other.lines:
            known = next((line for line in first.lines if line.line is entry.line), None)
            if known is None:
                known = FulfillmentOrderLine(entry.id, entry.line, 0, 0)
                first.lines.append(known)
            known.total += entry.remaining
            known.remaining += entry.remaining
            entry.total -= entry.remaining
            entry.remaining = 0
        other.status = "CLOSED"
        other.updated_at = at
    first.updated_at = at
    shop.tell("fulfillment_orders/merged", Merge(first, parts))
    return first


def move(shop: Shop, task: FulfillmentOrder, units: Units, to: Location, at: datetime) -> FulfillmentOrder:
    """Send these units (all, when none are named) from another location: the moved fulfilment order."""
    part = bool(units) and sum(quantity for _, quantity in units) < task.remaining
    moved = (split(shop, task, units, at, to=to) if part else None) or task
    source, moved.location, moved.updated_at = task.location, to, at
    shop.tell("fulfillment_orders/moved", Move(task, moved, source))
    shop.touch(task.order, at)
    return moved


def replace(shop: Shop, task: FulfillmentOrder, at: datetime) -> FulfillmentOrder:
    """Cancel a fulfilment order: its lines go on in one that replaces it."""
    other = _beside(shop, task, task.location, at)
    other.lines, task.lines = task.lines, []
    task.status = "CLOSED"
    task.updated_at = at
    shop.tell("fulfillment_orders/cancelled", (task, other))
    shop.touch(task.order, at)
    return other


def take_in_hand(shop: Shop, task: FulfillmentOrder, at: datetime) -> None:
    """Progress is reported."""
    before = task.status
    task.in_hand, task.status, task.updated_at = True, "IN_PROGRESS", at
    shop.tell("fulfillment_orders/progress_reported", (task, before))
    shop.touch(task.order, at)


def open_again(shop: Shop, task: FulfillmentOrder, at: datetime) -> None:
    """Nothing was begun after all; or a scheduled one is to be sent now."""
    task.in_hand, task.status, task.updated_at = False, "OPEN", at
    shop.touch(task.order, at)


def _beside(shop: Shop, task: FulfillmentOrder, location: Location, at: datetime) -> FulfillmentOrder:
    other = FulfillmentOrder(
        id=shop.ids.next("FulfillmentOrder"),
        order=task.order,
        location=location,
        status="OPEN",
        created_at=at,
        updated_at=at,
        fulfill_at=task.fulfill_at,
        fulfill_by=task.fulfill_by,
        lines=[],
    )
    task.order.tasks.append(other)
    shop.tasks[other.id] = other
    return other
