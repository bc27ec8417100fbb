"""fulfillmentOrderSplit, Merge, Move, Open, Close, Cancel, ReportProgress and Reschedule."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from functools import partial
from typing import Any

from orders_demo.admin import gids
from orders_demo.admin.call import Info, call
from orders_demo.admin.changes.refusal import Payload, Refused, done, refusal
from orders_demo.admin.changes.units import chosen
from orders_demo.operations import routing
from orders_demo.world.goods import Location
from orders_demo.world.ids import gid
from orders_demo.world.parcels import UNFULFILLABLE, FulfillmentOrder, FulfillmentOrderLine
from orders_demo.world.routes import Split
from orders_demo.world.shop import Shop

NOT_FOUND = "Fulfillment order does not exist."
Units = list[tuple[FulfillmentOrderLine, int]]


def split(_root: Any, info: Info, fulfillmentOrderSplits: list[dict[str, Any]]) -> Payload:
    """Units into fulfilment orders of their own."""
    stage = call(info).stage
    wanted = fulfillmentOrderSplits
    name = "fulfillmentOrderSplits"
    try:
        parts = [_part(stage.shop, entry, [name, str(index)], "split") for index, entry in enumerate(wanted)]
    except Refused as refused:
        return refusal(refused, **{name: None})
    made = [stage.perform(partial(_split, stage.shop, task, units)) for task, units in parts]
    for task, _ in parts:
        _note(info, "fulfillmentOrderSplit", task)
    return done(**{name: made})


def merge(_root: Any, info: Info, fulfillmentOrderMergeInputs: list[dict[str, Any]]) -> Payload:
    """Several fulfilment orders into the first."""
    stage = call(info).stage
    path = "fulfillmentOrderMergeInputs"
    try:
        groups = [
            _group(stage.shop, entry["mergeIntents"], [path, str(index), "mergeIntents"])
            for index, entry in enumerate(fulfillmentOrderMergeInputs)
        ]
    except Refused as refused:
        return refusal(refused, fulfillmentOrderMerges=None)
    made = [{"fulfillmentOrder": stage.perform(partial(_merge, stage.shop, group))} for group in groups]
    for group in groups:
        _note(info, "fulfillmentOrderMerge", group[0])
    return done(fulfillmentOrderMerges=made)


def move(
    _root: Any,
    info: Info,
    id: str,  # noqa: A002
    newLocationId: str,
    fulfillmentOrderLineItems: list[dict[str, Any]] | None = None,
) -> Payload:
    """Send from another location, all or some units."""
    stage = call(info).stage
    nothing = {"movedFulfillmentOrder": None, "originalFulfillmentOrder": None, "remainingFulfillmentOrder": None}
    try:
        task = _task(stage.shop, id, ["id"], None)
        if task.status in UNFULFILLABLE:
            raise Refused(None, "Cannot change location.")
        if task.in_hand:
            told = "Cannot move a fulfillment order that has had progress reported."
            raise Refused(["id"], told, "CANNOT_MOVE_FULFILLMENT_ORDER_WITH_REPORTED_PROGRESS")
        to = gids.find(stage.shop, newLocationId)
        if not isinstance(to, Location):
            raise Refused(["newLocationId"], "Location not found.")
        units = chosen(task, fulfillmentOrderLineItems or [], lambda told, _code: Refused(None, told))
    except Refused as refused:
        return refusal(refused, **nothing)
    moved = stage.perform(lambda at: routing.move(stage.shop, task, units, to, at))
    _note(info, "fulfillmentOrderMove", task)
    remaining = task if moved is not task else None
    return done(movedFulfillmentOrder=moved, originalFulfillmentOrder=task, remainingFulfillmentOrder=remaining)


def cancel(_root: Any, info: Info, id: str) -> Payload:  # noqa: A002
    """Another fulfilment order takes the place of this one."""
    stage = call(info).stage
    nothing = {"fulfillmentOrder": None, "replacementFulfillmentOrder": None}
    try:
        task = _task(stage.shop, id, ["id"], None)
        if task.in_hand:
            told = "Cannot cancel fulfillment order that has had progress reported. Mark as unfulfilled first."
            raise Refused(["id"], told, "FULFILLMENT_ORDER_HAS_MANUALLY_REPORTED_PROGRESS")
        if task.status in UNFULFILLABLE:
            raise Refused(None, "Fulfillment order is not in cancelable request state and can't be canceled.")
    except Refused as refused:
        return refusal(refused, **nothing)
    other = stage.perform(lambda at: routing.replace(stage.shop, task, at))
    _note(info, "fulfillmentOrderCancel", task)
    return done(fulfillmentOrder=task, replacementFulfillmentOrder=other)


def report_progress(_root: Any, info: Info, id: str, progressReport: dict[str, Any] | None = None) -> Payload:  # noqa: A002
    """Somebody has begun."""

    def check(task: FulfillmentOrder) -> None:
        if task.status not in ("OPEN", "IN_PROGRESS"):
            told = f"Expected fulfillment order status to be valid but it was {task.status.lower()}."
            raise Refused(["id"], told, "FULFILLMENT_ORDER_STATUS_INVALID")

    return _step(info, "fulfillmentOrderReportProgress", id, check, routing.take_in_hand)


def open_(_root: Any, info: Info, id: str) -> Payload:  # noqa: A002
    """Nobody has begun after all."""

    def check(task: FulfillmentOrder) -> None:
        if not task.in_hand and task.status != "SCHEDULED":
            raise Refused(None, f"Expected fulfillment order status to be valid but it was {task.status.lower()}.")

    return _step(info, "fulfillmentOrderOpen", id, check, routing.open_again)


def close(_root: Any, info: Info, id: str, message: str | None = None) -> Payload:  # noqa: A002
    """Only a fulfilment service may; this shop has none."""

    def check(_task: FulfillmentOrder) -> None:
        raise Refused(None, "The fulfillment order's assigned fulfillment service must be of api type")

    return _step(info, "fulfillmentOrderClose", id, check, lambda _shop, _task, _at: None)


def reschedule(_root: Any, info: Info, id: str, fulfillAt: str) -> Payload:  # noqa: A002
    """Another day for what is scheduled."""

    def check(task: FulfillmentOrder) -> None:
        if task.status != "SCHEDULED":
            raise Refused(None, "Fulfillment order must be scheduled.")

    def act(shop: Shop, task: FulfillmentOrder, at: datetime) -> None:
        task.fulfill_at, task.updated_at = datetime.fromisoformat(fulfillAt), at
        shop.touch(task.order, at)

    return _step(info, "fulfillmentOrderReschedule", id, check, act)


def _step(
    info: Info,
    name: str,
    text: str,
    check: Callable[[FulfillmentOrder], None],
    act: Callable[[Shop, FulfillmentOrder, datetime], None],
) -> Payload:
    stage = call(info).stage
    try:
        task = _task(stage.shop, text, ["id"], "FULFILLMENT_ORDER_NOT_FOUND")
        check(task)
    except Refused as refused:
        return refusal(refused, fulfillmentOrder=None)
    stage.perform(lambda at: act(stage.shop, task, at))
    _note(info, name, task)
    return done(fulfillmentOrder=task)


def _note(info: Info, name: str, task: FulfillmentOrder) -> None:
    stage = call(info).stage
    effect = {"order": gid("Order", task.order.id)}
    stage.ledger.mutation(stage.now(), name, gid("FulfillmentOrder", task.id), effect)


def _task(shop: Shop, text: str, field: list[str] | None, code: str | None) -> FulfillmentOrder:
    task = shop.tasks.get(gids.number(text, "FulfillmentOrder", named=True) or 0)
    if task is None:
        raise Refused(field, NOT_FOUND, code)
    return task


def _part(shop: Shop, entry: dict[str, Any], path: list[str], verb: str) -> tuple[FulfillmentOrder, Units]:
    """A fulfilment order and units of it, as one entry of a split or a merge names them."""
    task = _task(shop, entry["fulfillmentOrderId"], None, "FULFILLMENT_ORDER_NOT_FOUND")
    units = entry.get("fulfillmentOrderLineItems") or []
    for index, unit in enumerate(units):
        if unit["quantity"] <= 0:
            told = f"You must select at least one item to {verb} into a new fulfillment order."
            raise Refused([*path, "fulfillmentOrderLineItems", str(index), "quantity"], told, "GREATER_THAN")
    return task, chosen(task, units, lambda told, _code: Refused(None, told))


def _group(shop: Shop, intents: list[dict[str, Any]], path: list[str]) -> list[FulfillmentOrder]:
    tasks = [_part(shop, entry, [*path, str(index)], "merge")[0] for index, entry in enumerate(intents)]
    for task in tasks:
        if task.status != "OPEN":
            raise Refused(None, f"Fulfillment order: {task.id} is currently not in a mergeable state.")
    return tasks


def _split(shop: Shop, task: FulfillmentOrder, units: Units, at: datetime) -> Payload:
    other = routing.split(shop, task, units, at)
    if other:
        shop.tell("fulfillment_orders/split", Split(task, other))
    shop.touch(task.order, at)
    return {"fulfillmentOrder": task, "remainingFulfillmentOrder": other, "replacementFulfillmentOrder": None}


def _merge(shop: Shop, tasks: list[FulfillmentOrder], at: datetime) -> FulfillmentOrder:
    merged = routing.merge(shop, tasks, at)
    shop.touch(merged.order, at)
    return merged
