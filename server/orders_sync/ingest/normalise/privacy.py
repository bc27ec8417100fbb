"""customers/*, shop/* and app/*: what is to be erased, and whether the shop still lets us in."""

from __future__ import annotations

from orders_sync.evidence.changes import AppUninstalled, Change, CustomerRedacted, ShopRedacted, Stamp
from orders_sync.evidence.json_fields import Node, Unreadable, identity
from orders_sync.instants import Ms


def read_customers(verb: str, body: Node, seen: Ms) -> tuple[Change, ...]:
    """customers/redact; customers/data_request asks people, not this server."""
    if verb != "redact":
        return ()
    customer = body.node("customer")
    listed = body.value("orders_to_redact") or []
    if not isinstance(listed, list):
        raise Unreadable("body.orders_to_redact is no list")
    order_ids = (identity(order_id, "body.orders_to_redact") for order_id in listed)
    return (
        CustomerRedacted(
            customer_id=None if customer is None else customer.id("id"),
            email=None if customer is None else customer.text("email", most=512),
            order_ids=tuple(order_id for order_id in order_ids if order_id is not None),
            stamp=Stamp(seen, seen),
        ),
    )


def read_shop(verb: str, _body: Node, seen: Ms) -> tuple[Change, ...]:
    """shop/redact, 48 hours after an uninstall."""
    return (ShopRedacted(Stamp(seen, seen)),) if verb == "redact" else ()


def read_app(verb: str, _body: Node, seen: Ms) -> tuple[Change, ...]:
    """app/uninstalled; a change of scopes shows in what the API refuses."""
    return (AppUninstalled(Stamp(seen, seen)),) if verb == "uninstalled" else ()
