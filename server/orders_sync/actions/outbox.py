"""What a lead does with rows that wait: send them off (again), or discard them (contract §3, Outbound)."""

from __future__ import annotations

from orders_sync.actions import cancel
from orders_sync.actions.closed_orders import being_cancelled
from orders_sync.actions.context import Actor
from orders_sync.actions.locked_order import LockedOrder, LockedOrders
from orders_sync.db import audit, outbox, outbox_claims
from orders_sync.db.audit import Audited
from orders_sync.db.outbox import OutboxRow
from orders_sync.db.tx import Tx
from orders_sync.outbox import cancellations
from orders_sync.outbox.kinds import METAFIELDS, UNREPEATED, Kind, Target
from orders_sync.outbox.queue import Switches
from orders_sync.relay import failure
from orders_sync.rules.thresholds import Thresholds
from orders_sync.settle.order import load
from orders_wire.vocabulary import OutboundState

_TRIED_AGAIN = frozenset({OutboundState.NEEDS_REVIEW, OutboundState.UNKNOWN, OutboundState.DEAD})
_DISCARDED = _TRIED_AGAIN | {OutboundState.QUEUED}
_CLOSED = (Kind.FULFILLMENT, Kind.TRACKING, Kind.HOLD, Kind.ADDRESS)
"""What is not done on an order that is about to be cancelled."""


class NotPossible(Exception):
    """The row is not in a state for it. `gone`: it left, or may be leaving at this moment."""

    def __init__(self, message: str, *, gone: bool) -> None:
        super().__init__(message)
        self.gone = gone


def retry(tx: Tx, row_id: int, actor: Actor, switches: Switches, thresholds: Thresholds) -> str | None:
    """Makes the row due at once; returns what was done, None when there is no such row. Raises NotPossible.

    A metafield that a later value replaced is discarded instead, since it must not overwrite that; so is a hold that is over.
    """
    row = _locked(tx, row_id)
    if row is None:
        return None
    if Target(row.target) not in switches.on:
        raise NotPossible(f"Writes to {row.target} are off", gone=False)
    waiting = row.state is OutboundState.QUEUED and row.claimed_before
    if not waiting and row.state not in _TRIED_AGAIN:
        raise _not_from(row, "retried")
    against = _against(tx, row, thresholds)
    if against is not None:
        raise NotPossible(against, gone=False)
    why = _needless(tx, row)
    if why is not None:
        outbox.set_state(tx, [row.id], OutboundState.DISCARDED, why)
        failure.discarded(tx, row, thresholds)
        done = f"discarded: {why}"
    else:
        done = _send_again(tx, row, thresholds)
    _audit(tx, row, actor, "outbox_retry", done)
    return done


def _send_again(tx: Tx, row: OutboxRow, thresholds: Thresholds) -> str:
    """Returns what was done: what is never repeated by itself and may have left is only read again."""
    reading = row.kind in UNREPEATED and row.state is OutboundState.UNKNOWN
    outbox.requeue(tx, row.id, OutboundState.UNKNOWN if reading else OutboundState.QUEUED)
    if row.kind == Kind.CANCEL and not reading:
        cancellations.asked_anew(tx, row)
    failure.tried_again(tx, row, thresholds)
    return "it is read again what became of it" if reading else "queued again"


def _locked(tx: Tx, row_id: int) -> OutboxRow | None:
    """The row, if it is there. Raises NotPossible for what a later release queued: it alone knows what its order shows by it."""
    row = outbox.locked(tx, row_id)
    if row is not None and row.kind not in frozenset(Kind):
        raise NotPossible(f"A row of the kind {row.kind} is a later release's, which is to decide on it", gone=False)
    return row


def _needless(tx: Tx, row: OutboxRow) -> str | None:
    """Why it is not to be sent any more, if so."""
    if row.kind in METAFIELDS and outbox_claims.superseded(tx, row):
        return outbox_claims.SUPERSEDED
    if not failure.over(tx, row):
        return None
    return "the hold is over" if row.kind == Kind.HOLD else "the order was ordered to be cancelled anew"


def _against(tx: Tx, row: OutboxRow, thresholds: Thresholds) -> str | None:
    """Why it cannot be sent while the order is as it is: about to be cancelled, or with what keeps it from being cancelled."""
    known = load(tx, row.order_id) if row.kind in (*_CLOSED, Kind.CANCEL) else None
    if known is None or known.version == 0:
        return None
    order = LockedOrder(known, LockedOrders(tx, thresholds, {row.order_id: known}))
    if row.kind != Kind.CANCEL:
        refusal = being_cancelled(order)
        return None if refusal is None else refusal.message
    against = [] if row.state is OutboundState.UNKNOWN else cancel.obstacles(order)
    return f"{order.name} cannot be cancelled: {'; '.join(against)}" if against else None


def discard(tx: Tx, row_id: int, actor: Actor, thresholds: Thresholds) -> str | None:
    """The row is not to leave; returns what was done, None when there is no such row. Raises NotPossible."""
    row = _locked(tx, row_id)
    if row is None:
        return None
    if row.state not in _DISCARDED:
        raise _not_from(row, "discarded")
    outbox.set_state(tx, [row.id], OutboundState.DISCARDED)
    failure.discarded(tx, row, thresholds)
    _audit(tx, row, actor, "outbox_discard", "discarded")
    return "discarded"


def _not_from(row: OutboxRow, what: str) -> NotPossible:
    gone = row.state in (OutboundState.CLAIMED, OutboundState.DONE)
    return NotPossible(f"A row that is {row.state} cannot be {what}", gone=gone)


def _audit(tx: Tx, row: OutboxRow, actor: Actor, action: str, details: str) -> None:
    text = f"{row.target}/{row.kind} {row.id}: {details}"
    audit.record(tx, [Audited(actor.name, action, row.order_id, "done", text, client=actor.client)])
