"""Holds that Shopify was asked for: what becomes of one when it ends here (contract §3 inventory, §3a)."""

from __future__ import annotations

from collections.abc import Container, Iterable

from orders_sync.db import outbox
from orders_sync.db.outbox import Draft, OutboxRow
from orders_sync.db.tx import Tx
from orders_sync.outbox.kinds import Kind
from orders_sync.rules.holds import own_handle
from orders_sync.rules.operator_state import OwnHold
from orders_wire.vocabulary import OutboundState

_OVER = "the hold ended before it was sent"


def ended(tx: Tx, order_id: int, holds: Iterable[OwnHold], released: Container[str]) -> None:
    """These holds of the order are over: what was not sent stays here, what may have been is released, but for those that Shopify
    released itself. `released`: the handles of the others."""
    rows = outbox.of_order_kind(tx, order_id, Kind.HOLD.target, Kind.HOLD)
    for hold in holds:
        mine = [row for row in rows if row.action_id == hold.action_id and row.state is not OutboundState.UNDONE]
        unsent = [row.id for row in mine if not row.claimed_before]
        outbox.set_state(tx, unsent, OutboundState.DISCARDED, _OVER)
        handle = own_handle(hold.action_id)
        if handle in released and may_be_there(mine):
            outbox.add(tx, [_release(tx, order_id, handle)], None)
    outbox.recount(tx, [order_id])


def may_be_there(rows: Iterable[OutboxRow]) -> bool:
    """Given the rows of a hold that have not been undone: Shopify may have it. Rows that were sent are not kept for ever."""
    return all(row.claimed_before for row in rows)


def _release(tx: Tx, order_id: int, handle: str) -> Draft:
    return Draft(
        target=Kind.RELEASE_HOLD.target,
        kind=Kind.RELEASE_HOLD,
        order_id=order_id,
        dedupe_key=f"{handle}_release_{order_id}",
        payload={"handle": handle, "hold_ids": []},
        not_before=tx.now,
    )
