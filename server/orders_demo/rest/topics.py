"""Which body belongs to which topic."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from orders_demo.rest import orders, parcels, payments, returns, routing, stock
from orders_demo.rest.scalars import Json
from orders_demo.world.shop import Shop, Told

BODIES: dict[str, Callable[[Shop, Any], Json]] = {
    "orders/create": orders.order,
    "orders/updated": orders.order,
    "orders/paid": orders.order,
    "orders/fulfilled": orders.order,
    "orders/partially_fulfilled": orders.order,
    "orders/cancelled": orders.order,
    "orders/edited": orders.edited,
    "order_transactions/create": payments.transaction,
    "refunds/create": payments.refund,
    "disputes/create": payments.dispute,
    "disputes/update": payments.dispute,
    "fulfillments/create": parcels.fulfillment,
    "fulfillments/update": parcels.fulfillment,
    "fulfillment_events/create": parcels.event,
    "fulfillment_orders/order_routing_complete": parcels.named,
    "fulfillment_orders/placed_on_hold": parcels.placed_on_hold,
    "fulfillment_orders/hold_released": parcels.named,
    "fulfillment_orders/cancelled": routing.replaced,
    "fulfillment_orders/merged": routing.merged,
    "fulfillment_orders/moved": routing.moved,
    "fulfillment_orders/progress_reported": routing.progress_reported,
    "fulfillment_orders/split": routing.split,
    "fulfillment_holds/added": parcels.hold_changed,
    "fulfillment_holds/released": parcels.hold_changed,
    "returns/request": returns.opened,
    "returns/approve": returns.opened,
    "returns/decline": returns.declined,
    "returns/cancel": returns.ended,
    "returns/close": returns.ended,
    "returns/reopen": returns.ended,
    "reverse_deliveries/attach_deliverable": returns.deliverable,
    "reverse_fulfillment_orders/dispose": returns.disposed,
    "inventory_levels/update": stock.level,
    "inventory_items/update": stock.item_body,
}
"""Every topic that this shop can announce."""


def body(shop: Shop, told: Told) -> Json:
    """The body of one announcement, as the shop stands now. Raises KeyError for a topic the shop does not know."""
    return BODIES[told.topic](shop, told.subject)
