"""Holds that Shopify was asked for: what becomes of one when the escalation behind it ends (contract §3, inventory)."""

from __future__ import annotations

from collections.abc import Iterable

from orders_sync.db import outbox
from orders_sync.db.outbox import Draft
from orders_sync.db.tx import Tx
from orders_sync.outbox.kinds import Kind
from orders_sync.rules.holds import own_handle
from orders_sync.rules.operator_state import InventoryHold
from orders_wire.vocabulary import OutboundState

_OVER = "the hold ended before it was sent"


def ended(tx: Tx, order_id: int, holds: Iterable[InventoryHold]) -> None:
    """These escalations of the order are over: what was not sent stays here, what may have been is released."""
    handles = {own_handle(hold.action_id) for hold in holds}
    rows = outbox.of_order_kind(tx, order_id, Kind.HOLD.target, Kind.HOLD)
    mine = [row for row in rows if row.payload.get("handle") in handles and row.state is not OutboundState.UNDONE]
    unsent = [row.id for row in mine if not row.claimed_before]
    outbox.set_state(tx, unsent, OutboundState.DISCARDED, _OVER)
    for row in mine:
        if row.claimed_before:
            handle = str(row.payload["handle"])
            release = Draft(
                target=Kind.RELEASE_HOLD.target,
                kind=Kind.RELEASE_HOLD,
                order_id=order_id,
                dedupe_key=f"{handle}_release_{order_id}",
                payload={"handle": handle},
                not_before=tx.now,
            )
            outbox.add(tx, [release], None)
    outbox.recount(tx, [order_id] if mine else [])
