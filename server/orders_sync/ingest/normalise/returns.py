"""returns/* and reverse_deliveries/*: what Shopify reports of a return, which is its state and little else.

`reverse_fulfillment_orders/dispose` names neither order nor return and says nothing here: the poll brings that (contract §3).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from orders_sync.evidence.changes import Change, ReturnSeen, ReverseDeliverySeen, Stamp
from orders_sync.evidence.json_fields import Node
from orders_sync.instants import Ms

_STATUS: Mapping[str, str] = {
    "request": "requested",
    "approve": "open",
    "decline": "declined",
    "cancel": "canceled",
    "close": "closed",
    "reopen": "open",
}
"""The status that a topic stands for, where the body has none."""

_DELIVERABLE = (
    ("number", "tracking", ("tracking_number", "number"), 512),
    ("carrier", "tracking", ("carrier_name",), 512),
    ("label_url", "label", ("public_file_url",), 2_000),
)
"""Each field of a way back: the part of the body that has it, its names there, and its longest text."""

_REASON = ("return_reason", "reason")


def read(verb: str, body: Node, seen: Ms) -> tuple[Change, ...]:
    """A return's new state; a body that says nothing of it (returns/update) is no change."""
    return tuple(change for node in body.unwrap("return") if (change := return_change(verb, node, seen)) is not None)


def read_deliveries(verb: str, body: Node, seen: Ms) -> tuple[Change, ...]:
    """A label or a tracking number for the way back."""
    owner, deliverable = body.node("return"), body.node("shipping_deliverable")
    if verb != "attach_deliverable" or owner is None or deliverable is None:
        return ()
    order = owner.node("order")
    return (
        ReverseDeliverySeen(
            return_id=owner.need_id("id", "admin_graphql_api_id"),
            order_id=owner.id("order_id") or (order.id("id", "admin_graphql_api_id") if order is not None else None),
            delivery_id=body.need_id("id", "admin_graphql_api_id"),
            stamp=Stamp(seen, seen),
            **_way_back(deliverable),
        ),
    )


def _way_back(deliverable: Node) -> dict[str, Any]:
    """Number, carrier and label, and which of them are reported as null: by themselves, or with the part that would hold them."""
    fields: dict[str, Any] = {}
    cleared = []
    for field, name, theirs, most in _DELIVERABLE:
        part = deliverable.node(name)
        text = None if part is None else part.text(*theirs, most=most)
        if text is not None:
            fields[field] = text
        elif deliverable.has(name) and (part is None or part.has(*theirs)):
            cleared.append(field)
    return {**fields, "cleared": tuple(cleared)}


def return_change(verb: str, node: Node, seen: Ms, order_id: int | None = None) -> ReturnSeen | None:
    """A return, of the order in whose body it stands or that it names itself; None when nothing is reported of it."""
    order, decline = node.node("order"), node.node("decline")
    status = node.word("status") or _STATUS.get(verb)
    lines = node.nodes("return_line_items") if isinstance(node.fields.get("return_line_items"), list) else []
    reason = next((reason for line in lines if (reason := line.word(*_REASON))), None)
    name = node.text("name", most=512)
    cleared = ["name"] if node.cleared("name") else []
    if reason is None and any(line.has(*_REASON) for line in lines):
        cleared.append("reason")
    if decline is not None and decline.cleared("note"):
        cleared.append("decline_note")
    if status is None and reason is None and name is None and not cleared:
        return None
    own = node.id("order_id") or (order.id("id", "admin_graphql_api_id") if order is not None else None)
    return ReturnSeen(
        return_id=node.need_id("id", "admin_graphql_api_id"),
        order_id=order_id or own,
        stamp=Stamp(seen, seen),
        status=status,
        name=name,
        reason=reason,
        decline_note=decline.text("note") if decline is not None else None,
        created_at=node.instant("created_at"),
        closed_at=node.instant("closed_at"),
        reopened=verb == "reopen",
        cleared=tuple(cleared),
    )
