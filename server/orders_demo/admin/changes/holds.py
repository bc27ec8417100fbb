"""fulfillmentOrderHold and fulfillmentOrderReleaseHold. At most ten holds of ours on one, each with a handle of its own."""

from __future__ import annotations

from typing import Any

from orders_demo.admin import gids
from orders_demo.admin.call import Info, call
from orders_demo.admin.changes.refusal import Payload, Refused, done, refusal
from orders_demo.admin.changes.units import chosen
from orders_demo.operations import parcels
from orders_demo.world.ids import gid
from orders_demo.world.parcels import MOST_HOLDS, UNFULFILLABLE, FulfillmentOrder, FulfillmentOrderLine, Hold
from orders_demo.world.shop import Shop

LONGEST_HANDLE = 64
HANDLE_TAKEN = (
    "The handle provided for the fulfillment hold is already in use by this app "
    "for another hold on this fulfillment order."
)
NO_ACCESS = "The app doesn't have access to release the fulfillment hold."
TOO_MANY = (
    "The maximum number of fulfillment holds for this fulfillment order has been reached for this app. "
    "An app can only have up to 10 holds on a single fulfillment order at any one time."
)


def hold(_root: Any, info: Info, id: str, fulfillmentHold: dict[str, Any]) -> Payload:  # noqa: A002
    """Place one more hold."""
    stage = call(info).stage
    given = fulfillmentHold
    try:
        task = _task(stage.shop, id)
        portion = _portion(task, given.get("fulfillmentOrderLineItems") or [])
        _may_hold(task, given.get("handle") or "", portion)
    except Refused as refused:
        return refusal(refused, fulfillmentHold=None, fulfillmentOrder=None, remainingFulfillmentOrder=None)
    placed, rest = stage.perform(
        lambda at: parcels.hold(
            stage.shop,
            task,
            given["reason"],
            given.get("reasonNotes"),
            at,
            handle=given.get("handle") or "",
            by_us=True,
            external_id=given.get("externalId"),
            portion=portion,
        )
    )
    effect = {"hold": gid("FulfillmentHold", placed.id), "handle": placed.handle, "order": gid("Order", task.order.id)}
    stage.ledger.mutation(stage.now(), "fulfillmentOrderHold", gid("FulfillmentOrder", task.id), effect)
    return done(fulfillmentHold=placed, fulfillmentOrder=task, remainingFulfillmentOrder=rest)


def release(
    _root: Any,
    info: Info,
    id: str,  # noqa: A002
    holdIds: list[str] | None = None,
    externalId: str | None = None,
) -> Payload:
    """Take off the named holds, or all of them; what is not there is no error. `externalId` only says who asks."""
    stage = call(info).stage
    try:
        task = _task(stage.shop, id)
    except Refused as refused:
        return refusal(refused, fulfillmentOrder=None)
    gone = _named(task, holdIds)
    if any(entry.locked for entry in gone):
        return refusal(Refused(["holdIds"], NO_ACCESS, "INVALID_ACCESS"), fulfillmentOrder=None)
    if gone:
        stage.perform(lambda at: parcels.release(stage.shop, task, at, gone))
        holds = [gid("FulfillmentHold", entry.id) for entry in gone]
        effect = {"holds": holds, "order": gid("Order", task.order.id)}
        stage.ledger.mutation(stage.now(), "fulfillmentOrderReleaseHold", gid("FulfillmentOrder", task.id), effect)
    return done(fulfillmentOrder=task)


def _named(task: FulfillmentOrder, hold_ids: list[str] | None) -> list[Hold]:
    if hold_ids is None:
        return list(task.holds)
    wanted = {gids.number(text, "FulfillmentHold") for text in hold_ids}
    return [entry for entry in task.holds if entry.id in wanted]


def _task(shop: Shop, text: str) -> FulfillmentOrder:
    task = shop.tasks.get(gids.number(text, "FulfillmentOrder", named=True) or 0)
    if task is None:
        raise Refused(["id"], "Fulfillment order does not exist.", "FULFILLMENT_ORDER_NOT_FOUND")
    return task


def _portion(task: FulfillmentOrder, units: list[dict[str, Any]]) -> list[tuple[FulfillmentOrderLine, int]]:
    path = ["fulfillmentHold", "fulfillmentOrderLineItems"]
    for index, unit in enumerate(units):
        if unit["quantity"] <= 0:
            told = "You must select at least one item to place on partial hold."
            raise Refused([*path, str(index), "quantity"], told, "GREATER_THAN_ZERO")
    if len({unit["id"] for unit in units}) < len(units):
        raise Refused(path, "must contain unique line item ids", "DUPLICATED_FULFILLMENT_ORDER_LINE_ITEMS")
    return chosen(task, units, lambda told, _code: Refused(path, told, "INVALID_LINE_ITEM_QUANTITY"))


def _may_hold(task: FulfillmentOrder, handle: str, portion: list[tuple[FulfillmentOrderLine, int]]) -> None:
    if task.status in UNFULFILLABLE:
        raise Refused(["id"], f"Fulfillment order {task.id} has an unholdable status= {task.status.lower()}.")
    ours = [entry for entry in task.holds if entry.by_us]
    if len(handle) > LONGEST_HANDLE:
        told = f"Handle is too long (maximum is {LONGEST_HANDLE} characters)"
        raise Refused(["fulfillmentHold", "handle"], told)
    if any((entry.handle or "") == handle for entry in ours):
        raise Refused(["fulfillmentHold", "handle"], HANDLE_TAKEN, "DUPLICATE_FULFILLMENT_HOLD_HANDLE")
    if len(ours) >= MOST_HOLDS:
        raise Refused(["id"], TOO_MANY, "FULFILLMENT_ORDER_HOLD_LIMIT_REACHED")
    if portion and task.holds:
        told = "The fulfillment order is not in a splittable state."
        raise Refused(["fulfillmentHold", "fulfillmentOrderLineItems"], told, "FULFILLMENT_ORDER_NOT_SPLITTABLE")
