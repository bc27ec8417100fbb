"""fulfillmentCreate, fulfillmentTrackingInfoUpdate, fulfillmentCancel. None of their errors has a code."""

from __future__ import annotations

from itertools import zip_longest
from typing import Any

from orders_demo.admin import gids
from orders_demo.admin.call import Info, call
from orders_demo.admin.changes.refusal import Payload, Refused, done, refusal
from orders_demo.admin.changes.units import chosen
from orders_demo.operations import parcels
from orders_demo.sample_data.carriers import ALL
from orders_demo.world.ids import gid
from orders_demo.world.parcels import FulfillmentOrder, FulfillmentOrderLine, Tracking
from orders_demo.world.shop import Shop

SENDABLE = frozenset({"OPEN", "IN_PROGRESS"})
Portion = tuple[FulfillmentOrder, list[tuple[FulfillmentOrderLine, int]]]

_PAGES = {carrier.company: carrier.url for carrier in ALL}


def create(_root: Any, info: Info, fulfillment: dict[str, Any], message: str | None = None) -> Payload:
    """Send units of one order from one location."""
    stage = call(info).stage
    try:
        portions = _portions(stage.shop, fulfillment["lineItemsByFulfillmentOrder"])
    except Refused as refused:
        return refusal(refused, fulfillment=None)
    numbers = tracking(fulfillment.get("trackingInfo") or {})
    parcel = stage.perform(lambda at: parcels.send(stage.shop, portions, numbers, at))
    effect = {
        "fulfillment": gid("Fulfillment", parcel.id),
        "fulfillmentOrders": [gid("FulfillmentOrder", task.id) for task, _ in portions],
        "numbers": [entry.number for entry in numbers],
        "message": message,
    }
    stage.ledger.mutation(stage.now(), "fulfillmentCreate", gid("Order", parcel.order.id), effect)
    if fulfillment.get("notifyCustomer"):
        stage.ledger.mail(stage.now(), "shipping_confirmation", gid("Fulfillment", parcel.id))
    return done(fulfillment=parcel)


def update_tracking(
    _root: Any,
    info: Info,
    fulfillmentId: str,
    trackingInfoInput: dict[str, Any],
    notifyCustomer: bool | None = None,
) -> Payload:
    """Give a parcel its numbers, all of them; a cancelled one takes them too, as the recordings show."""
    stage = call(info).stage
    parcel = stage.shop.parcels.get(gids.number(fulfillmentId, "Fulfillment") or 0)
    if parcel is None:
        return refusal(Refused(["fulfillmentId"], "Fulfillment does not exist."), fulfillment=None)
    numbers = tracking(trackingInfoInput)
    stage.perform(lambda at: parcels.track(stage.shop, parcel, numbers, at))
    effect = {"numbers": [entry.number for entry in numbers]}
    stage.ledger.mutation(stage.now(), "fulfillmentTrackingInfoUpdate", gid("Fulfillment", parcel.id), effect)
    if notifyCustomer:
        stage.ledger.mail(stage.now(), "shipping_update", gid("Fulfillment", parcel.id))
    return done(fulfillment=parcel)


def cancel(_root: Any, info: Info, id: str) -> Payload:  # noqa: A002
    """Call a parcel back; once more is no error and no effect."""
    stage = call(info).stage
    parcel = stage.shop.parcels.get(gids.number(id, "Fulfillment") or 0)
    if parcel is None:
        return refusal(Refused(["id"], "Fulfillment not found."), fulfillment=None)
    if parcel.status != "CANCELLED":
        stage.perform(lambda at: parcels.call_back(stage.shop, parcel, at))
        stage.ledger.mutation(stage.now(), "fulfillmentCancel", gid("Fulfillment", parcel.id), {})
    return done(fulfillment=parcel)


def tracking(given: dict[str, Any]) -> list[Tracking]:
    """FulfillmentTrackingInput as numbers; a known carrier's page is filled in."""
    numbers = given.get("numbers") or ([given["number"]] if given.get("number") else [])
    urls = given.get("urls") or ([given["url"]] if given.get("url") else [])
    company = given.get("company")
    page = _PAGES.get(company or "")
    return [
        Tracking(company, number, url or (page.format(number) if page and number else None))
        for number, url in zip_longest(numbers, urls)
    ]


def _portions(shop: Shop, wanted: list[dict[str, Any]]) -> list[Portion]:
    for index, entry in enumerate(wanted):
        for place, unit in enumerate(entry.get("fulfillmentOrderLineItems") or ()):
            if unit["quantity"] <= 0:
                path = [
                    "fulfillment",
                    "lineItemsByFulfillmentOrder",
                    str(index),
                    "fulfillmentOrderLineItems",
                    str(place),
                ]
                raise Refused([*path, "quantity"], "Quantity must be greater than 0")
    tasks = [_task(shop, entry) for entry in wanted]
    _belong_together(tasks)
    return [_portion(task, entry) for task, entry in zip(tasks, wanted, strict=True)]


def _belong_together(tasks: list[FulfillmentOrder]) -> None:
    orders = list(dict.fromkeys(task.order.id for task in tasks))
    if len(orders) != 1:
        told = "All fulfillment orders must belong to the same order. Multiple orders with ids"
        raise Refused(["fulfillment"], f"{told} {orders} were found.")
    places = sorted({task.location.id for task in tasks})
    if len(places) != 1:
        told = "All fulfillment orders must be assigned to a single location. Multiple locations with ids"
        raise Refused(["fulfillment"], f"{told} {places} were found.")


def _task(shop: Shop, entry: dict[str, Any]) -> FulfillmentOrder:
    task = shop.tasks.get(gids.number(entry["fulfillmentOrderId"], "FulfillmentOrder") or 0)
    if task is None:
        raise Refused(["fulfillment"], "Fulfillment order does not exist.")
    return task


def _portion(task: FulfillmentOrder, entry: dict[str, Any]) -> Portion:
    if task.status not in SENDABLE:
        told = f"Fulfillment order {task.id} has an unfulfillable status= {task.status.lower()}."
        raise Refused(["fulfillment"], told)
    units = entry.get("fulfillmentOrderLineItems")
    if not units:
        return task, [(line, line.remaining) for line in task.lines]
    return task, chosen(task, units, lambda told, _code: Refused(["fulfillment"], told))
