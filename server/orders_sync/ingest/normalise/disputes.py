"""disputes/*: chargebacks and inquiries. One without an order concerns none."""

from __future__ import annotations

from orders_sync.evidence.changes import Change, DisputeSeen, Stamp
from orders_sync.evidence.json_fields import Node
from orders_sync.instants import Ms


def read(_verb: str, body: Node, seen: Ms) -> tuple[Change, ...]:
    """A dispute's status; its bodies tell no time of change, so that the delivery's own counts."""
    return tuple(
        DisputeSeen(
            dispute_id=node.need_id("id", "admin_graphql_api_id"),
            order_id=node.id("order_id"),
            status=node.word("status") or "needs_response",
            stamp=Stamp(seen, seen),
            dispute_type=node.word("type") or "chargeback",
            amount=node.money("amount", node.text("currency", most=16)),
            initiated_at=node.instant("initiated_at"),
            evidence_due_by=node.instant("evidence_due_by"),
        )
        for node in body.unwrap("dispute", "disputes")
    )
