"""Cancellations that Shopify was asked for: what becomes of them once the order is cancelled there (contract §3a, Cancel)."""

from __future__ import annotations

from orders_sync.db import outbox, outbox_claims
from orders_sync.db.outbox import OutboxRow
from orders_sync.db.tx import Tx
from orders_sync.outbox.kinds import Kind
from orders_wire.vocabulary import OutboundState

_BY_OTHERS = "Shopify cancelled the order before this was sent"
_SINCE = "Shopify has cancelled the order since"


def asked_anew(tx: Tx, row: OutboxRow) -> None:
    """Somebody has it sent again: what came of it before says nothing of what will, but for a job that may still go on."""
    asked = row.payload.get("asked")
    if isinstance(asked, dict):
        others = {name: value for name, value in row.payload.items() if name != "asked"}
        outbox.set_payload(tx, row.id, {**others, "asked_before": asked.get("job")})


def over(tx: Tx, order_id: int) -> None:
    """Shopify has cancelled the order, whoever asked it to: what waits is done and does not leave, what was refused is not tried
    again."""
    rows = outbox.of_order_kind(tx, order_id, Kind.CANCEL.target, Kind.CANCEL)
    waiting = [row for row in rows if row.state in outbox.WAITING]
    for row in waiting:
        outbox_claims.settle(tx, row.id, OutboundState.DONE, None if row.claimed_before else _BY_OTHERS)
    outbox.set_state(tx, [row.id for row in rows if row.state is OutboundState.DEAD], OutboundState.DISCARDED, _SINCE)
    outbox.recount(tx, [order_id])
