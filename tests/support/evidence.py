"""Deliveries for storage tests: an order as a shop would tell of it, of which only what matters is said."""

from __future__ import annotations

from typing import Any

from orders_sync.evidence.changes import Change, Delivery, OrderSeen, Stamp
from orders_sync.evidence.entities import AddressPart, CustomerPart, LinePart, MoneyPart, OrderFields
from orders_sync.instants import Ms


def order_seen(order_id: int, at: Ms, **fields: Any) -> OrderSeen:
    """The body of an order with one line of a mug, owed."""
    told: dict[str, Any] = {
        "name": f"#{order_id}",
        "created_at": at,
        "processed_at": at,
        "updated_at": at,
        "total": MoneyPart(hundredths=1250, currency="EUR"),
        "source_name": "web",
        "tags": ("VIP",),
        "email": "asa@example.org",
        "customer": CustomerPart(id=5, name="Åsa Öberg", email="asa@example.org"),
        "shipping_address": AddressPart(name="Åsa Öberg", address1="Storgatan 1", city="Umeå", country="Sweden"),
        "lines": (
            LinePart(
                id=order_id * 10,
                sku="MUG",
                title="A mug",
                quantity=1,
                current_quantity=1,
                fulfillable_quantity=1,
                requires_shipping=True,
                price=MoneyPart(hundredths=1250, currency="EUR"),
            ),
        ),
    }
    return OrderSeen(order_id, OrderFields(**(told | fields)), Stamp(at, at))


def delivery(at: Ms, *changes: Change, delivery_id: str | None = None) -> Delivery:
    """A webhook that says this."""
    return Delivery("webhook", delivery_id, "orders/updated", at, changes)
