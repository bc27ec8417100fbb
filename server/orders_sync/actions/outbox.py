"""What a lead does with rows that wait: send them off (again), or discard them (contract §3, Outbound)."""

from __future__ import annotations

from orders_sync.actions.context import Actor
from orders_sync.db import audit, outbox, outbox_claims
from orders_sync.db.audit import Audited
from orders_sync.db.outbox import OutboxRow
from orders_sync.db.tx import Tx
from orders_sync.outbox.kinds import METAFIELDS, Target
from orders_sync.outbox.queue import Switches
from orders_sync.relay import failure
from orders_sync.rules.thresholds import Thresholds
from orders_wire.vocabulary import OutboundState

_TRIED_AGAIN = frozenset({OutboundState.NEEDS_REVIEW, OutboundState.UNKNOWN, OutboundState.DEAD})
_DISCARDED = _TRIED_AGAIN | {OutboundState.QUEUED}


class NotPossible(Exception):
    """The row is not in a state for it. `gone`: it left, or may be leaving at this moment."""

    def __init__(self, message: str, *, gone: bool) -> None:
        super().__init__(message)
        self.gone = gone


def retry(tx: Tx, row_id: int, actor: Actor, switches: Switches, thresholds: Thresholds) -> str | None:
    """Makes the row due at once; returns what was done, None when there is no such row. Raises NotPossible.

    A metafield that a later value replaced is discarded instead, since it must not overwrite that; so is a hold that is over.
    """
    row = outbox.locked(tx, row_id)
    if row is None:
        return None
    if Target(row.target) not in switches.on:
        raise NotPossible(f"Writes to {row.target} are off", gone=False)
    waiting = row.state is OutboundState.QUEUED and row.claimed_before
    if not waiting and row.state not in _TRIED_AGAIN:
        raise _not_from(row, "retried")
    why = _needless(tx, row)
    if why is not None:
        outbox.set_state(tx, [row.id], OutboundState.DISCARDED, why)
        failure.discarded(tx, row, thresholds)
    else:
        outbox.requeue(tx, row.id)
        failure.tried_again(tx, row, thresholds)
    done = "queued again" if why is None else f"discarded: {why}"
    _audit(tx, row, actor, "outbox_retry", done)
    return done


def _needless(tx: Tx, row: OutboxRow) -> str | None:
    """Why it is not to be sent any more, if so."""
    if row.kind in METAFIELDS and outbox_claims.superseded(tx, row):
        return outbox_claims.SUPERSEDED
    return "the hold is over" if failure.over(tx, row) else None


def discard(tx: Tx, row_id: int, actor: Actor, thresholds: Thresholds) -> str | None:
    """The row is not to leave; returns what was done, None when there is no such row. Raises NotPossible."""
    row = outbox.locked(tx, row_id)
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
