"""Fulfilments, their events, and fulfilment orders as webhooks show them. The last carry gids and no order."""

from __future__ import annotations

from orders_demo.rest.lines import brief_line, line
from orders_demo.rest.people import address
from orders_demo.rest.scalars import Json, stamp
from orders_demo.world.ids import gid
from orders_demo.world.parcels import FulfillmentOrder, Hold, Parcel, Scan
from orders_demo.world.shop import Shop

OUR_APP = 1_354_745
OTHER_APP = 2_329_312
LOCKING_APP = 2_417_055


def fulfillment(shop: Shop, entry: Parcel) -> Json:
    """`fulfillments/create` and `fulfillments/update`."""
    return {
        **_fulfillment(shop, entry),
        "email": entry.order.email,
        "destination": address(entry.order.shipping_address),
        "line_items": [brief_line(item.line, item.quantity) for item in entry.lines],
    }


def nested_fulfillment(shop: Shop, entry: Parcel) -> Json:
    """A fulfilment inside an order."""
    return {
        **_fulfillment(shop, entry),
        "line_items": [line(item.line, item.quantity) for item in entry.lines],
    }


def _fulfillment(shop: Shop, entry: Parcel) -> Json:
    numbers = [item.number for item in entry.tracking if item.number]
    urls = [item.url for item in entry.tracking if item.url]
    status = entry.shipment_status
    return {
        "id": entry.id,
        "admin_graphql_api_id": gid("Fulfillment", entry.id),
        "created_at": stamp(shop, entry.created_at),
        "location_id": entry.location.id,
        "name": entry.name,
        "order_id": entry.order.id,
        "origin_address": {},
        "receipt": {},
        "service": "manual",
        "shipment_status": status.lower() if status else None,
        "status": entry.status.lower(),
        "tracking_company": entry.tracking[0].company if entry.tracking else None,
        "tracking_number": numbers[0] if numbers else None,
        "tracking_numbers": numbers,
        "tracking_url": urls[0] if urls else None,
        "tracking_urls": urls,
        "updated_at": stamp(shop, entry.updated_at),
    }


def event(shop: Shop, subject: tuple[Parcel, Scan]) -> Json:
    """`fulfillment_events/create`."""
    parcel, entry = subject
    return {
        "id": entry.id,
        "fulfillment_id": parcel.id,
        "status": entry.status.lower(),
        "message": entry.message,
        "happened_at": stamp(shop, entry.happened_at),
        "city": entry.city,
        "province": entry.province,
        "country": entry.country,
        "zip": entry.zip,
        "address1": entry.address1,
        "latitude": entry.latitude,
        "longitude": entry.longitude,
        "shop_id": shop.id,
        "created_at": stamp(shop, entry.created_at),
        "updated_at": stamp(shop, entry.created_at),
        "estimated_delivery_at": stamp(shop, entry.estimated_delivery_at),
        "order_id": parcel.order.id,
        "admin_graphql_api_id": gid("FulfillmentEvent", entry.id),
    }


def holder(entry: Hold) -> int:
    """The app that placed it."""
    return OUR_APP if entry.by_us else LOCKING_APP if entry.locked else OTHER_APP


def hold(entry: Hold) -> Json:
    """One hold, with who placed it."""
    return {
        "id": gid("FulfillmentHold", entry.id),
        "reason": entry.reason.lower(),
        "reason_notes": entry.reason_notes,
        "held_by_requesting_app": entry.by_us,
        "handle": entry.handle,
        "held_by_app": {"id": gid("App", holder(entry))},
    }


def hold_changed(_: Shop, subject: tuple[FulfillmentOrder, Hold]) -> Json:
    """`fulfillment_holds/added` and `fulfillment_holds/released`."""
    task, entry = subject
    return {"fulfillment_order": {"id": gid("FulfillmentOrder", task.id)}, "fulfillment_hold": hold(entry)}


def placed_on_hold(_: Shop, subject: tuple[FulfillmentOrder, Hold, FulfillmentOrder | None]) -> Json:
    """`fulfillment_orders/placed_on_hold`: every hold that now lies on it, and what was split off."""
    task, created, rest = subject
    return {
        "fulfillment_order": {**brief(task), "fulfillment_holds": [hold(entry) for entry in task.holds]},
        "remaining_fulfillment_order": brief(rest) if rest else None,
        "held_fulfillment_order_line_items": [
            {"id": gid("FulfillmentOrderLineItem", item.id), "quantity": item.remaining} for item in task.lines
        ],
        "created_fulfillment_hold": hold(created),
    }


def named(_: Shop, task: FulfillmentOrder) -> Json:
    """`fulfillment_orders/hold_released` and `fulfillment_orders/order_routing_complete`: id and status, no more."""
    return {"fulfillment_order": brief(task)}


def brief(task: FulfillmentOrder) -> Json:
    """Id and status."""
    return {"id": gid("FulfillmentOrder", task.id), "status": task.status.lower()}
