"""returns/* and reverse_deliveries/*: what Shopify tells of a return, which is its state and little else.

`reverse_fulfillment_orders/dispose` names neither order nor return and says nothing here: the poll brings that (contract §3).
"""

from __future__ import annotations

from collections.abc import Mapping

from orders_sync.ingest.changes import Change, ReturnSeen, ReverseDeliverySeen, Stamp
from orders_sync.ingest.reading import Node
from orders_sync.instants import Ms

_STATUS: Mapping[str, str] = {
    "request": "requested",
    "approve": "open",
    "decline": "declined",
    "cancel": "canceled",
    "close": "closed",
    "reopen": "open",
}
"""The status that a topic stands for, where the body tells none."""


def read(verb: str, body: Node, seen: Ms) -> tuple[Change, ...]:
    """A return's new state; a body that tells nothing of it (returns/update) is no change."""
    return tuple(change for node in body.unwrap("return") if (change := told(verb, node, seen)) is not None)


def read_deliveries(verb: str, body: Node, seen: Ms) -> tuple[Change, ...]:
    """A label or a tracking number for the way back."""
    owner, deliverable = body.node("return"), body.node("shipping_deliverable")
    if verb != "attach_deliverable" or owner is None or deliverable is None:
        return ()
    tracking, label = deliverable.node("tracking"), deliverable.node("label")
    order = owner.node("order")
    return (
        ReverseDeliverySeen(
            return_id=owner.need_id("id", "admin_graphql_api_id"),
            order_id=owner.id("order_id") or (order.id("id", "admin_graphql_api_id") if order is not None else None),
            delivery_id=body.need_id("id", "admin_graphql_api_id"),
            stamp=Stamp(seen, seen),
            number=tracking.text("tracking_number", "number", most=512) if tracking is not None else None,
            carrier=tracking.text("carrier_name", most=512) if tracking is not None else None,
            label_url=label.text("public_file_url", most=2_000) if label is not None else None,
        ),
    )


def told(verb: str, node: Node, seen: Ms, order_id: int | None = None) -> ReturnSeen | None:
    """A return, of the order in whose body it stands or that it names itself; null when nothing is told of it."""
    order, decline = node.node("order"), node.node("decline")
    status = node.word("status") or _STATUS.get(verb)
    reason = None if not isinstance(node.fields.get("return_line_items"), list) else _reason(node)
    note = decline.text("note") if decline is not None else None
    name = node.text("name", most=512)
    if status is None and reason is None and name is None:
        return None
    own = node.id("order_id") or (order.id("id", "admin_graphql_api_id") if order is not None else None)
    return ReturnSeen(
        return_id=node.need_id("id", "admin_graphql_api_id"),
        order_id=order_id or own,
        stamp=Stamp(seen, seen),
        status=status,
        name=name,
        reason=reason,
        note=note,
        created_at=node.instant("created_at"),
        closed_at=node.instant("closed_at"),
        reopened=verb == "reopen",
    )


def _reason(node: Node) -> str | None:
    """The reason of the first line that tells one."""
    lines = node.nodes("return_line_items")
    return next((reason for line in lines if (reason := line.word("return_reason", "reason"))), None)
