"""Which family of topics a webhook belongs to, and so who reads it. An unknown topic says nothing here."""

from __future__ import annotations

from collections.abc import Callable

from pydantic import ValidationError

from orders_sync.evidence.changes import Change
from orders_sync.evidence.json_fields import Node, Unreadable
from orders_sync.ingest.normalise import (
    fulfillment_orders,
    fulfillments,
    inventory,
    orders,
    payments,
    privacy,
    returns,
)
from orders_sync.instants import Ms

Reader = Callable[[str, Node, Ms], tuple[Change, ...]]
"""(verb, body, seen) → changes. `verb` is the topic after its slash; `seen` is when the delivery was triggered."""

READERS: dict[str, Reader] = {
    "orders": orders.read,
    "order_transactions": payments.read_transactions,
    "fulfillments": fulfillments.read,
    "fulfillment_events": fulfillments.read_events,
    "fulfillment_orders": fulfillment_orders.read,
    "fulfillment_holds": fulfillment_orders.read_holds,
    "refunds": payments.read_refunds,
    "returns": returns.read,
    "reverse_deliveries": returns.read_deliveries,
    "inventory_levels": inventory.read_levels,
    "inventory_items": inventory.read_items,
    "disputes": payments.read_disputes,
    "customers": privacy.read_customers,
    "shop": privacy.read_shop,
    "app": privacy.read_app,
}
"""By the topic's family."""


def known(topic: str) -> bool:
    """True for a topic of a family that is read here."""
    return topic.strip().lower().partition("/")[0] in READERS


def read(topic: str, body: Node, seen: Ms) -> tuple[Change, ...]:
    """The changes that a webhook reports. Raises Unreadable."""
    family, _, verb = topic.strip().lower().partition("/")
    reader = READERS.get(family)
    if reader is None:
        return ()
    try:
        return reader(verb, body, seen)
    except ValidationError as error:
        raise Unreadable(f"the body does not fit {topic[:60]}: {error.error_count()} fields") from error
