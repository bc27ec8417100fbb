"""Cancellations that Shopify was asked for: what becomes of them once the order is cancelled there (contract §3a, Cancel)."""

from __future__ import annotations

from collections.abc import Collection

from orders_sync.db import outbox, outbox_claims
from orders_sync.db.outbox import OutboxRow
from orders_sync.db.outbox_claims import Settled
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
        outbox.set_payloads(tx, {row.id: {**others, "asked_before": asked.get("job")}})


def over(tx: Tx, order_ids: Collection[int]) -> None:
    """Shopify has cancelled these orders, whoever asked it to: what waits is done and does not leave, what was refused is not
    tried again."""
    if not order_ids:
        return
    found = outbox.of_orders_kind(tx, order_ids, Kind.CANCEL.target, Kind.CANCEL)
    rows = [row for of_order in found.values() for row in of_order]
    waiting = (row for row in rows if row.state in outbox.WAITING)
    outbox_claims.settle(
        tx, [Settled(row, OutboundState.DONE, None if row.claimed_before else _BY_OTHERS) for row in waiting]
    )
    outbox.set_state(tx, [row.id for row in rows if row.state is OutboundState.DEAD], OutboundState.DISCARDED, _SINCE)
    outbox.recount(tx, order_ids)
