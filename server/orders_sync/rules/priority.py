"""`priority`: VIP, rush or standard. Contract §1, the first match."""

from __future__ import annotations

from orders_sync.rules.order_state import OrderState
from orders_wire.vocabulary import Priority

_RUSH = frozenset({"rush", "express"})


def priority(state: OrderState) -> Priority:
    """From the tags of order and customer, and from shipping lines, blind to case."""
    order = state.order
    tags = {tag.strip().casefold() for tag in order.tags}
    customers = {tag.strip().casefold() for tag in order.customer.tags} if order.customer is not None else set()
    if "vip" in tags | customers:
        return Priority.VIP
    hurried = {line.strip().casefold() for line in order.shipping_lines} & state.thresholds.rush_shipping
    return Priority.RUSH if tags & _RUSH or hurried else Priority.STANDARD
