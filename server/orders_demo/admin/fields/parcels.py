"""Fulfilment orders, holds, fulfilments and their events."""

from __future__ import annotations

from typing import Any

from orders_demo.admin.connections import Key
from orders_demo.admin.fields.reading import Fields, connection, first_of, fixed, identity, read
from orders_demo.rest.parcels import LOCKING_APP, OTHER_APP, OUR_APP, holder
from orders_demo.sample_data.baskets import LOCAL, PICKUP
from orders_demo.world.goods import Location
from orders_demo.world.ids import gid
from orders_demo.world.parcels import FulfillmentOrder, Hold, Scan

_WORDS = {
    "AWAITING_PAYMENT": "Awaiting payment",
    "HIGH_RISK_OF_FRAUD": "High risk of fraud",
    "INCORRECT_ADDRESS": "Incorrect address",
    "INVENTORY_OUT_OF_STOCK": "Inventory out of stock",
    "UNKNOWN_DELIVERY_DATE": "Unknown delivery date",
    "AWAITING_RETURN_ITEMS": "Exchange items awaiting return delivery",
    "ONLINE_STORE_POST_PURCHASE_CROSS_SELL": "Post-purchase upsell",
    "OTHER": "Other",
}


_APPS = {OUR_APP: "Order desk", OTHER_APP: "Warehouse", LOCKING_APP: "Fraud filter"}


def _holder(hold: Hold) -> dict[str, str]:
    title = _APPS[holder(hold)]
    return {"id": gid("App", holder(hold)), "handle": title.lower().replace(" ", "-"), "title": title}


def _happened(scan: Scan) -> Key:
    return int(scan.happened_at.timestamp() * 1000), scan.id


def _from(location: Location) -> dict[str, Any]:
    return {
        "address1": location.address1,
        "address2": None,
        "city": location.city,
        "countryCode": location.country_code,
        "location": location,
        "name": location.name,
        "phone": location.phone,
        "province": location.province,
        "zip": location.zip,
    }


def _destination(task: FulfillmentOrder) -> dict[str, Any] | None:
    home = task.order.shipping_address
    if home is None:
        return None
    return {
        "address1": home.address1,
        "address2": home.address2,
        "city": home.city,
        "company": home.company,
        "countryCode": home.country_code,
        "email": task.order.email,
        "firstName": home.first_name,
        "id": gid("FulfillmentOrderDestination", task.id),
        "lastName": home.last_name,
        "location": None,
        "phone": home.phone,
        "province": home.province,
        "zip": home.zip,
    }


_METHODS = {PICKUP[0]: "PICK_UP", LOCAL[0]: "LOCAL"}
"""By the delivery that the customer chose; any other is shipped."""


def _delivery(task: FulfillmentOrder) -> dict[str, Any]:
    order = task.order
    title = order.shipping[0].title if order.shipping else None
    sent = _METHODS.get(title or "", "SHIPPING") if order.requires_shipping else "NONE"
    kind = "RETAIL" if order.source_name == "pos" else sent
    return {
        "id": gid("DeliveryMethod", task.id),
        "maxDeliveryDateTime": None,
        "methodType": kind,
        "minDeliveryDateTime": None,
        "presentedName": title,
        "serviceCode": title,
        "sourceReference": None,
    }


def _no_requests(_: FulfillmentOrder) -> list[Any]:
    return []


TASK = {
    "id": identity("FulfillmentOrder")["id"],
    "assignedLocation": read(lambda task: _from(task.location)),
    "channelId": fixed(None),
    "deliveryMethod": read(_delivery),
    "destination": read(_destination),
    "fulfillmentHolds": read(lambda task: task.holds),
    "fulfillments": connection(lambda task: task.parcels),
    "lineItems": connection(lambda task: task.lines),
    "merchantRequests": connection(_no_requests),
    "orderId": read(lambda task: gid("Order", task.order.id)),
    "orderName": read(lambda task: task.order.name),
    "orderProcessedAt": read(lambda task: task.order.processed_at),
    "supportedActions": read(lambda task: [{"action": name, "externalUrl": None} for name in task.actions]),
}

PARCEL = {
    **identity("Fulfillment"),
    "events": connection(lambda parcel: parcel.scans, _happened, "instant"),
    "fulfillmentLineItems": connection(lambda parcel: parcel.lines),
    "fulfillmentOrders": connection(lambda parcel: parcel.tasks),
    "requiresShipping": read(lambda parcel: any(entry.line.requires_shipping for entry in parcel.lines)),
    "service": fixed(
        {"handle": "manual", "id": gid("FulfillmentService", 1), "serviceName": "Manual", "type": "MANUAL"}
    ),
    "totalQuantity": read(lambda parcel: sum(entry.quantity for entry in parcel.lines)),
    "trackingInfo": first_of(lambda parcel: parcel.tracking),
}


def _unit(entry: Any) -> Any:
    return entry.line.share(entry.quantity), entry.line.order.tender


FIELDS: Fields = {
    "FulfillmentOrder": TASK,
    "FulfillmentOrderLineItem": {
        "id": identity("FulfillmentOrderLineItem")["id"],
        "inventoryItemId": read(lambda e: gid("InventoryItem", e.line.variant.item.id) if e.line.variant else None),
        "lineItem": read(lambda entry: entry.line),
        "productTitle": read(lambda entry: entry.line.title),
        "remainingQuantity": read(lambda entry: entry.remaining),
        "requiresShipping": read(lambda entry: entry.line.requires_shipping),
        "sku": read(lambda entry: entry.line.sku),
        "totalQuantity": read(lambda entry: entry.total),
        "variant": read(lambda entry: entry.line.variant),
        "variantTitle": read(lambda entry: entry.line.variant_title),
        "vendor": read(lambda entry: entry.line.vendor),
    },
    "FulfillmentHold": {
        "id": identity("FulfillmentHold")["id"],
        "displayReason": read(lambda hold: _WORDS[hold.reason]),
        "heldByApp": read(_holder),
        "heldByRequestingApp": read(lambda hold: hold.by_us),
    },
    "Fulfillment": PARCEL,
    "FulfillmentEvent": {
        "id": identity("FulfillmentEvent")["id"],
    },
    "FulfillmentLineItem": {
        "id": identity("FulfillmentLineItem")["id"],
        "discountedTotalSet": read(_unit),
        "lineItem": read(lambda entry: entry.line),
        "originalTotalSet": read(lambda entry: (entry.line.price * entry.quantity, entry.line.order.tender)),
    },
}
