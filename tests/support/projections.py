"""Small projections for storage tests: an order of which only what matters to the test is said."""

from __future__ import annotations

from typing import Any

import orjson

from orders_sync.instants import Ms, parse_instant, to_text
from orders_sync.rules.projection import Projection
from orders_wire.vocabulary import UNASSIGNED, Channel, Priority, Status

PLACED = parse_instant("2026-03-01T10:00:00Z")


def projection(order_id: int, **changes: Any) -> Projection:
    """A fulfilled online order of a guest, placed at `PLACED`, with its JSON."""
    fields: dict[str, Any] = {
        "order_id": order_id,
        "name": f"#{order_id}",
        "number": order_id,
        "placed_at": PLACED,
        "updated_at": PLACED,
        "ship_by": None,
        "status": Status.FULFILLED,
        "priority": Priority.STANDARD,
        "channel": Channel.ONLINE,
        "static_issue": None,
        "total_hundredths": 1250,
        "currency": "USD",
        "value_usd_cents": 1250,
        "assigned_to": None,
        "customer_id": None,
        "customer_name": None,
        "first_fulfilled_at": None,
        "live_at": None,
        "due_at": None,
        "untracked_at": None,
        "unnumbered_at": None,
        "held_at": None,
        "return_at": None,
        "refunded_at": None,
        "terms": frozenset({("number", str(order_id))}),
    }
    fields |= changes
    return Projection(row_json=row_json(fields), **fields)


def row_json(fields: dict[str, Any]) -> bytes:
    """ORDER as JSON, without what is added when it is read."""
    value = fields["value_usd_cents"]
    ship_by: Ms | None = fields["ship_by"]
    return orjson.dumps(
        {
            "id": f"gid://shopify/Order/{fields['order_id']}",
            "order_number": fields["name"].encode("utf-8", "replace").decode(),
            "placed_at": to_text(fields["placed_at"]),
            "ship_by": None if ship_by is None else to_text(ship_by),
            "status": fields["status"],
            "priority": fields["priority"],
            "value_usd": None if value is None else value / 100,
            "assigned_to": (fields["assigned_to"] or UNASSIGNED).encode("utf-8", "replace").decode(),
            "support_thread": None,
            "timeline": [],
            "channel": fields["channel"],
            "tags": [tag.encode("utf-8", "replace").decode() for tag in fields.get("tags", ())],
            "customer_name": None,
            "total": None,
            "tracking": [],
            "hold": None,
            "return": None,
        }
    )
