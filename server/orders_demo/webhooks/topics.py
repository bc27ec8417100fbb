"""Topics as headers name them and as the API's enum names them."""

from __future__ import annotations

RESOURCES = (
    "app",
    "customers",
    "disputes",
    "fulfillment_events",
    "fulfillment_holds",
    "fulfillment_orders",
    "fulfillments",
    "inventory_items",
    "inventory_levels",
    "order_transactions",
    "orders",
    "refunds",
    "returns",
    "reverse_deliveries",
    "reverse_fulfillment_orders",
    "shop",
)


def topic_of(enum: str) -> str:
    """`FULFILLMENT_ORDERS_HOLD_RELEASED` as `fulfillment_orders/hold_released`."""
    name = enum.lower()
    resource = max((entry for entry in RESOURCES if name.startswith(f"{entry}_")), key=len)
    return f"{resource}/{name[len(resource) + 1 :]}"
