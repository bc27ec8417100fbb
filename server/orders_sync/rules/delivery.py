"""How an order gets to its buyer: contract §1, `delivery`."""

from __future__ import annotations

from orders_sync.evidence.facts import OrderFacts
from orders_wire.vocabulary import Delivery

_CLOSED = frozenset({"closed", "cancelled"})
_MEANING = {
    "local": Delivery.LOCAL,
    "pick_up": Delivery.PICKUP,
    "retail": Delivery.NONE,
    "none": Delivery.NONE,
}
"""Shopify's `DeliveryMethodType`, lower case; every other, and what is not told, is shipped."""

_FIRST = (Delivery.SHIPPING, Delivery.LOCAL, Delivery.PICKUP, Delivery.NONE)


def delivery(facts: OrderFacts) -> Delivery:
    """From the fulfilment orders that are not closed or cancelled, or from all if none is left; shipped until one is known."""
    told = [
        (fields.get("status") in _CLOSED, _MEANING.get(str(fields.get("method")), Delivery.SHIPPING))
        for _, fields in facts.entities("fulfillment_order")
    ]
    found = {method for closed, method in told if not closed} or {method for _, method in told}
    return next((method for method in _FIRST if method in found), Delivery.SHIPPING)
