"""Holds that Shopify was asked for: what becomes of one when it ends here (contract §3 inventory, §3a)."""

from __future__ import annotations

from collections.abc import Container, Iterable, Sequence
from typing import NamedTuple

from orders_sync.db import outbox
from orders_sync.db.outbox import Draft, OutboxRow
from orders_sync.db.tx import Tx
from orders_sync.outbox.kinds import Kind
from orders_sync.rules.holds import own_handle
from orders_sync.rules.operator_state import OwnHold
from orders_wire.vocabulary import OutboundState

_OVER = "the hold ended before it was sent"


class Ended(NamedTuple):
    """Holds of an order that are over. `released`: the handles of those that Shopify did not release itself."""

    order_id: int
    holds: Sequence[OwnHold]
    released: Container[str]


def ended(tx: Tx, orders: Sequence[Ended]) -> None:
    """These holds are over: what was not sent stays here, what may have been is released, but for those that Shopify released
    itself."""
    if not orders:
        return
    rows = outbox.of_orders_kind(tx, [each.order_id for each in orders], Kind.HOLD.target, Kind.HOLD)
    unsent: list[int] = []
    releases: list[Draft] = []
    for order_id, holds, released in orders:
        for hold in holds:
            of_hold = (row for row in rows[order_id] if row.action_id == hold.action_id)
            mine = [row for row in of_hold if row.state is not OutboundState.UNDONE]
            unsent += [row.id for row in mine if not row.claimed_before]
            handle = own_handle(hold.action_id)
            if handle in released and may_be_there(mine):
                releases.append(_release(tx, order_id, handle))
    outbox.set_state(tx, unsent, OutboundState.DISCARDED, _OVER)
    outbox.add(tx, releases, None)
    outbox.recount(tx, list(rows))


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
