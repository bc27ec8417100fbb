"""Returns as webhooks show them: some name their order nested, some flat, some not at all."""

from __future__ import annotations

from orders_demo.rest.scalars import Json, stamp
from orders_demo.world.ids import gid
from orders_demo.world.orders import Order
from orders_demo.world.returns import ExchangeLine, Return, ReturnLine, Reverse, ReverseDelivery
from orders_demo.world.shop import Shop


def opened(_: Shop, entry: Return) -> Json:
    """`returns/request` and `returns/approve`."""
    return {
        **_named(entry),
        "status": entry.status.lower(),
        "order": _order(entry.order),
        "total_return_line_items": len(entry.lines),
        "name": entry.name,
        "return_line_items": [_line(item) for item in entry.lines],
        "return_shipping_fees": [],
        "exchange_line_items": [_exchange(item) for item in entry.exchanges],
        "total_exchange_line_items": len(entry.exchanges),
    }


def declined(_: Shop, entry: Return) -> Json:
    """`returns/decline`."""
    return {
        **_named(entry),
        "status": entry.status.lower(),
        "order": _order(entry.order),
        "decline": {"reason": (entry.decline_reason or "OTHER").lower(), "note": entry.decline_note},
    }


def ended(_: Shop, entry: Return) -> Json:
    """`returns/cancel`, `returns/close` and `returns/reopen`: the order's id lies flat."""
    return {**_named(entry), "order_id": entry.order.id, "status": entry.status.lower()}


def deliverable(shop: Shop, entry: ReverseDelivery) -> Json:
    """`reverse_deliveries/attach_deliverable`."""
    owner = entry.reverse.owner
    return {
        "id": entry.id,
        "admin_graphql_api_id": gid("ReverseDelivery", entry.id),
        "return": _named(owner),
        "shipping_deliverable": {
            "tracking": {
                "carrier_name": entry.carrier,
                "tracking_number": entry.number,
                "tracking_url": entry.url,
            },
            "label": {"public_file_url": entry.label_url, "created_at": stamp(shop, entry.created_at)},
        },
    }


def disposed(_: Shop, entry: Reverse) -> Json:
    """`reverse_fulfillment_orders/dispose`: names neither the return nor the order."""
    dispositions = [
        {
            "reverse_fulfillment_order_line_item": {
                "id": line.id,
                "admin_graphql_api_id": gid("ReverseFulfillmentOrderLineItem", line.id),
            },
            "reverse_delivery_line_item": None,
            "type": item.type.lower(),
            "location": {
                "id": item.location.id,
                "admin_graphql_api_id": gid("Location", item.location.id),
            },
            "quantity": item.quantity,
        }
        for line in entry.lines
        for item in line.dispositions
    ]
    return {
        "id": entry.id,
        "admin_graphql_api_id": gid("ReverseFulfillmentOrder", entry.id),
        "dispositions": dispositions,
        "total_dispositions": len(dispositions),
    }


def _named(entry: Return) -> Json:
    return {"id": entry.id, "admin_graphql_api_id": gid("Return", entry.id)}


def _order(order: Order) -> Json:
    return {"id": order.id, "admin_graphql_api_id": gid("Order", order.id)}


def _exchange(item: ExchangeLine) -> Json:
    """What is exchanged; it is no line of the order before the return is processed."""
    return {"id": item.id, "admin_graphql_api_id": gid("ExchangeLineItem", item.id), "line_item": None}


def _line(item: ReturnLine) -> Json:
    return {
        "id": item.id,
        "admin_graphql_api_id": gid("ReturnLineItem", item.id),
        "fulfillment_line_item": {
            "id": item.parcel_line.id,
            "admin_graphql_api_id": gid("FulfillmentLineItem", item.parcel_line.id),
            "line_item": {
                "id": item.parcel_line.line.id,
                "admin_graphql_api_id": gid("LineItem", item.parcel_line.line.id),
            },
        },
        "quantity": item.quantity,
        "return_reason": item.reason.lower(),
        "return_reason_note": item.note,
        "customer_note": item.customer_note,
    }
