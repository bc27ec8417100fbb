"""Fulfilment orders that are split, merged, moved, replaced or begun, as webhooks tell it."""

from __future__ import annotations

from orders_demo.rest.parcels import OUR_APP, brief
from orders_demo.rest.scalars import Json
from orders_demo.world.ids import gid
from orders_demo.world.parcels import FulfillmentOrder
from orders_demo.world.routes import Merge, Move, Split
from orders_demo.world.shop import Shop


def split(_: Shop, told: Split) -> Json:
    """`fulfillment_orders/split`."""
    return {
        "split_line_items": _units(told.other),
        "fulfillment_order": brief(told.task),
        "remaining_fulfillment_order": brief(told.other),
        "replacement_fulfillment_order": None,
    }


def merged(_: Shop, told: Merge) -> Json:
    """`fulfillment_orders/merged`."""
    return {
        "merge_intents": [
            {
                "fulfillment_order_id": task.id,
                "fulfillment_order_line_items": [{"id": number, "quantity": units} for number, units in lines],
            }
            for task, lines in told.parts
        ],
        "fulfillment_order_merges": {"fulfillment_order": brief(told.merged)},
    }


def moved(_: Shop, told: Move) -> Json:
    """`fulfillment_orders/moved`."""
    return {
        "original_fulfillment_order": _placed(told.task),
        "moved_fulfillment_order": _placed(told.moved),
        "destination_location_id": gid("Location", told.moved.location.id),
        "fulfillment_order_line_items_requested": _units(told.moved),
        "source_location": {"id": gid("Location", told.source.id)},
    }


def progress_reported(_: Shop, told: tuple[FulfillmentOrder, str]) -> Json:
    """`fulfillment_orders/progress_reported`."""
    task, before = told
    app = {"id": gid("App", OUR_APP)}
    report = {"reason_notes": None, "progress_reported_by_app": app, "progress_reported_by_user": None}
    return {"fulfillment_order": brief(task), "progress_report": report, "initial_status": before.lower()}


def replaced(_: Shop, told: FulfillmentOrder | tuple[FulfillmentOrder, FulfillmentOrder]) -> Json:
    """`fulfillment_orders/cancelled`: with what takes its place, if anything does."""
    task, other = told if isinstance(told, tuple) else (told, None)
    return {"fulfillment_order": brief(task), "replacement_fulfillment_order": brief(other) if other else None}


def _units(task: FulfillmentOrder) -> list[Json]:
    return [{"id": gid("FulfillmentOrderLineItem", entry.id), "quantity": entry.remaining} for entry in task.lines]


def _placed(task: FulfillmentOrder) -> Json:
    return {**brief(task), "assigned_location_id": gid("Location", task.location.id)}
