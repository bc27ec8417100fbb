"""Who sends which row of the outbox: claims under a lease, their outcomes, and what a switched target does to its rows.

Invariant: a row has at most one holder; rows of one order for one receiver leave in the order in which they were queued. A
lease that ran out means that the outcome is not known.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

import orjson
from sqlalchemy import (
    ColumnElement,
    Connection,
    FromClause,
    and_,
    bindparam,
    case,
    func,
    literal_column,
    or_,
    select,
    update,
)

from orders_sync.db.outbox import OutboxRow, read, rows
from orders_sync.db.tables import outbox
from orders_sync.db.tx import Tx
from orders_sync.instants import FOREVER, Ms
from orders_wire.detail import FieldError
from orders_wire.vocabulary import OutboundState

SUPERSEDED = "a later value replaces it"
"""`last_error` of a metafield that was never sent because a newer one stands."""

_o = outbox.c
_ACTIVE = (OutboundState.QUEUED.value, OutboundState.CLAIMED.value, OutboundState.UNKNOWN.value)
_STANDING = (*_ACTIVE, OutboundState.NEEDS_REVIEW.value, OutboundState.DONE.value)
_PARKED = (OutboundState.QUEUED.value, OutboundState.UNKNOWN.value)


@dataclass(frozen=True, slots=True)
class Share:
    """How much one claim takes: at most `batch` rows of the kinds `together`, which leave in one call, and `single` others.

    `kinds`: all that are known here. What a later release queued waits for a process of it, and stands in nobody's way.
    """

    kinds: Collection[str]
    together: Collection[str]
    batch: int
    single: int


def claim(tx: Tx, owner: str, targets: Collection[str], lease_ms: int, share: Share) -> list[OutboxRow]:
    """Takes due rows of these targets for `owner`, and those whose holder let its lease run out. Earliest due first."""
    batched = _o.kind.in_(sorted(share.together))
    others = _o.kind.in_(sorted({*share.kinds}.difference(share.together)))
    taken = [*_due_rows(tx, targets, batched, share.batch), *_due_rows(tx, targets, others, share.single)]
    if taken:
        held = {"state": OutboundState.CLAIMED.value, "lease_owner": owner, "lease_until": tx.now + lease_ms}
        mine = and_(_o.shop_id == tx.shop_id, _o.id.in_(bindparam("ids", expanding=True)))
        statement = update(outbox).where(mine).values(attempts=_o.attempts + 1, **held)
        tx.conn.execute(statement, {"ids": [row.id for row in taken]})
    return taken


def _due_rows(tx: Tx, targets: Collection[str], which: ColumnElement[bool], limit: int) -> list[OutboxRow]:
    due = (
        rows(tx.shop_id)
        .where(_due(tx.now), _of(targets), which, ~_blocked())
        .order_by(_o.not_before, _o.id)
        .limit(limit)
        .with_for_update(skip_locked=True, of=outbox)
    )
    return [read(row) for row in tx.conn.execute(due)]


def still_held(tx: Tx, row_id: int, owner: str) -> OutboxRow | None:
    """The row, held until the transaction ends, if `owner` has it still."""
    mine = and_(_o.id == row_id, _o.lease_owner == owner, _o.state == OutboundState.CLAIMED.value)
    row = tx.conn.execute(rows(tx.shop_id).where(mine).with_for_update()).one_or_none()
    return None if row is None else read(row)


def settle(
    tx: Tx,
    row_id: int,
    state: OutboundState,
    error: str | None,
    not_before: Ms | None = None,
    *,
    errors: Sequence[FieldError] = (),
) -> None:
    """What became of a row that the transaction holds; `not_before` when it is to be tried again. `errors`: what its receiver
    says against single fields."""
    said = orjson.dumps([error.model_dump() for error in errors]).decode() if errors else None
    values: dict[str, object] = {"state": state.value, "last_error": error, "errors": said, "lease_until": None}
    if not_before is not None:
        values["not_before"] = not_before
    if state is OutboundState.DONE:
        values["done_at"] = tx.now
    tx.conn.execute(update(outbox).where(_o.shop_id == tx.shop_id, _o.id == row_id).values(values))


def keep_reading(tx: Tx, row: OutboxRow, reason: str, not_before: Ms) -> None:
    """What came of a row that may have left is looked at again then. A look is no try: it left once."""
    settle(tx, row.id, OutboundState.UNKNOWN, reason, not_before)
    same = and_(_o.shop_id == tx.shop_id, _o.id == row.id)
    tx.conn.execute(update(outbox).where(same).values(attempts=max(1, row.attempts)))


def next_due(conn: Connection, shop_id: int, targets: Collection[str]) -> dict[str, Ms]:
    """When the next row for each of these targets may be claimed; those for which none waits are missing."""
    at = case((_o.state == OutboundState.CLAIMED.value, _o.lease_until), else_=_o.not_before)
    waiting = and_(_o.shop_id == shop_id, _active(), _o.not_before < FOREVER)
    due = select(_o.target, func.min(at)).where(waiting, _of(targets)).group_by(_o.target)
    return {target: Ms(first) for target, first in conn.execute(due)}


def switched(conn: Connection, shop_id: int, now: Ms, on: Collection[str], off: Collection[str]) -> bool:
    """True when rows of a target that is on wait as if it were off, or the other way round. Reads all that wait."""
    mine = and_(_o.shop_id == shop_id, _active())
    parked = select(_o.id).where(mine, _of(on), _o.not_before >= FOREVER)
    loose = select(_o.id).where(mine, _of(off), _o.not_before < FOREVER, _free(now))
    return bool(conn.scalar(select(or_(parked.exists(), loose.exists()))))


def switching(tx: Tx, on: Collection[str], off: Collection[str], kind: str) -> list[int]:
    """The orders with rows of this kind that `park` and `review` are about to put off."""
    mine = and_(_o.shop_id == tx.shop_id, _o.kind == kind, _active())
    parked = and_(_of(on), _o.state.in_(_PARKED), _o.not_before >= FOREVER)
    loose = and_(_of(off), _o.not_before < FOREVER, _free(tx.now))
    return sorted(set(tx.conn.scalars(select(_o.order_id).where(mine, or_(parked, loose)))))


def park(tx: Tx, off: Collection[str]) -> None:
    """Rows of targets that are off wait until somebody reviews them, however long that takes."""
    mine = and_(_o.shop_id == tx.shop_id, _of(off), _o.not_before < FOREVER)
    tx.conn.execute(update(outbox).where(mine, _lapsed(tx.now)).values(state=OutboundState.UNKNOWN.value))
    tx.conn.execute(update(outbox).where(mine, _o.state.in_(_PARKED)).values(not_before=FOREVER))


def review(tx: Tx, on: Collection[str], collapsing: Collection[str]) -> list[int]:
    """Rows that were queued while their target was off need a review now that it is on: contract §3.

    Of the kinds `collapsing`, only an order's latest stays. Returns the orders that have a row less to send.
    """
    mine = and_(_o.shop_id == tx.shop_id, _of(on), _o.state.in_(_PARKED), _o.not_before >= FOREVER)
    older = and_(mine, _o.kind.in_(list(collapsing)), _newer())
    gone = {"state": OutboundState.DISCARDED.value, "last_error": SUPERSEDED, "not_before": tx.now}
    dropped = tx.conn.execute(update(outbox).where(older).values(gone).returning(_o.order_id))
    order_ids = sorted(set(dropped.scalars()))
    tx.conn.execute(update(outbox).where(mine).values(state=OutboundState.NEEDS_REVIEW.value, not_before=tx.now))
    return order_ids


def superseded(tx: Tx, row: OutboxRow) -> bool:
    """True when a newer row of the same order and kind stands."""
    newest = select(func.max(_o.id)).where(_like(tx, row), _o.state.in_(_STANDING))
    return (tx.conn.scalar(newest) or 0) > row.id


def revive(tx: Tx, row: OutboxRow) -> None:
    """The row is undone: the one that it superseded, if any, is the latest again and waits for its review."""
    older = select(func.max(_o.id)).where(_like(tx, row), _o.id < row.id, _o.last_error == SUPERSEDED)
    again = update(outbox).where(_o.shop_id == tx.shop_id, _o.id == older.scalar_subquery())
    tx.conn.execute(again.values(state=OutboundState.NEEDS_REVIEW.value, last_error=None))


def _like(tx: Tx, row: OutboxRow) -> ColumnElement[bool]:
    same = and_(_o.order_id == row.order_id, _o.target == row.target, _o.kind == row.kind)
    return and_(_o.shop_id == tx.shop_id, same)


def _active(rows: FromClause = outbox) -> ColumnElement[bool]:
    """Spelled as in the index `outbox_due`, which is used where it stands word for word: never as parameters."""
    return rows.c.state.in_([literal_column(f"'{state}'") for state in _ACTIVE])


def _due(now: Ms) -> ColumnElement[bool]:
    return and_(_active(), _o.not_before <= now, _free(now))


def _free(now: Ms) -> ColumnElement[bool]:
    """Nobody holds it."""
    return or_(_o.state.in_(_PARKED), _lapsed(now))


def _lapsed(now: Ms) -> ColumnElement[bool]:
    return and_(_o.state == OutboundState.CLAIMED.value, _o.lease_until <= now)


def _of(targets: Collection[str]) -> ColumnElement[bool]:
    return _o.target.in_(sorted(targets))


def _blocked() -> ColumnElement[bool]:
    earlier = outbox.alias("earlier")
    mine = and_(_same_receiver(earlier), earlier.c.id < _o.id, _active(earlier))
    return select(earlier.c.id).where(mine).correlate(outbox).exists()


def _newer() -> ColumnElement[bool]:
    later = outbox.alias("later")
    mine = and_(_same_receiver(later), later.c.kind == _o.kind, later.c.id > _o.id, later.c.state.in_(_STANDING))
    return select(later.c.id).where(mine).correlate(outbox).exists()


def _same_receiver(other: FromClause) -> ColumnElement[bool]:
    return and_(other.c.shop_id == _o.shop_id, other.c.order_id == _o.order_id, other.c.target == _o.target)
