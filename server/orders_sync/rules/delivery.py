"""How an order gets to its buyer: contract §1, `delivery` and `channel`, and which orders are without shipping."""

from __future__ import annotations

from orders_sync.evidence.entities import OrderFields
from orders_sync.evidence.facts import OrderFacts
from orders_sync.evidence.shopify_words import CLOSED_FULFILLMENT_ORDER
from orders_wire.vocabulary import Channel, Delivery

_METHODS = {
    "local": Delivery.LOCAL,
    "pick_up": Delivery.PICKUP,
    "retail": Delivery.NONE,
    "none": Delivery.NONE,
}
"""Shopify's `DeliveryMethodType`, lower case; every other, and what is not reported, is shipped."""

_FIRST = (Delivery.SHIPPING, Delivery.LOCAL, Delivery.PICKUP, Delivery.NONE)


def delivery(facts: OrderFacts) -> Delivery:
    """From the fulfilment orders that are not closed or cancelled, or from all if none is left; shipped until one is known."""
    methods = [
        (fields.get("status") in CLOSED_FULFILLMENT_ORDER, _METHODS.get(str(fields.get("method")), Delivery.SHIPPING))
        for _, fields in facts.entities("fulfillment_order")
    ]
    found = {method for closed, method in methods if not closed} or {method for _, method in methods}
    return next((method for method in _FIRST if method in found), Delivery.SHIPPING)


def channel(order: OrderFields) -> Channel:
    """Where the order was placed, from the shop's `source_name`."""
    if order.source_name == "pos":
        return Channel.POS
    return Channel.DRAFT if order.source_name == "shopify_draft_order" else Channel.ONLINE


def ships(order: OrderFields, method: Delivery) -> bool:
    """False for an order without shipping: nothing in it is shipped, or it was handed over at the counter."""
    if method is Delivery.NONE:
        return False
    if "lines" in order.model_fields_set and not any(line.requires_shipping for line in order.lines):
        return False
    return channel(order) is not Channel.POS or order.shipping_address is not None
