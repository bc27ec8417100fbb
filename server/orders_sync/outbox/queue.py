"""Queueing: what an action has to send becomes rows of the outbox, in the action's own transaction."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from orders_sync.db import outbox
from orders_sync.db.outbox import Draft, OutboxRow, Payload
from orders_sync.db.tx import Tx
from orders_sync.instants import FOREVER, Ms
from orders_sync.outbox.kinds import Kind
from orders_sync.outbox.switches import Switches
from orders_wire.vocabulary import OutboundState


@dataclass(frozen=True, slots=True)
class Write:
    """Something that has to leave. `order_id`: the order that shows it."""

    kind: Kind
    order_id: int
    payload: Payload


def queue(tx: Tx, writes: Sequence[Write], switches: Switches, *, action_id: str | None, delay_ms: int) -> Ms | None:
    """Queues the rows; returns the earliest time at which one can be claimed, null when none can.

    The dedupe key names the write to its receiver, the same at every attempt (Standard Webhooks: no full stop in it).
    """
    drafts = [
        Draft(
            target=write.kind.target,
            kind=write.kind,
            order_id=write.order_id,
            dedupe_key=f"{action_id or tx.now}_{write.kind}_{write.order_id}",
            payload=write.payload,
            not_before=switches.due(write.kind.target, tx.now, delay_ms),
        )
        for write in writes
    ]
    outbox.add(tx, drafts, action_id)
    outbox.recount(tx, {write.order_id for write in writes})
    return min((draft.not_before for draft in drafts if draft.not_before < FOREVER), default=None)


def unclaimed(rows: Collection[OutboxRow]) -> bool:
    """True while no relay has ever held one of them, so that the action can be undone."""
    return not any(row.claimed_before for row in rows)


def withdraw(tx: Tx, rows: Collection[OutboxRow]) -> None:
    """Rows that nobody claimed will not leave: they are undone. The transaction holds them."""
    waiting = (OutboundState.QUEUED, OutboundState.NEEDS_REVIEW)
    outbox.set_state(tx, [row.id for row in rows if row.state in waiting], OutboundState.UNDONE)
    outbox.recount(tx, {row.order_id for row in rows})
