"""Who sends which row of the outbox: claims under a lease, their outcomes, and what a switched target does to its rows.

Invariant: a row has at most one holder; rows of one order for one receiver leave in the order in which they were queued. A
lease that ran out means that the outcome is not known.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

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

from orders_sync.db.outbox import ROWS, UPDATE, OutboxRow, named, read, rows
from orders_sync.db.statement import Statement
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
        statement = update(outbox).where(named(tx.conn, tx.shop_id)).values(attempts=_o.attempts + 1, **held)
        tx.conn.execute(statement, {"ids": sorted(row.id for row in taken)})
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


def still_held(tx: Tx, owners: Mapping[int, str]) -> dict[int, OutboxRow]:
    """Of these rows, held until the transaction ends, those that their owner has still."""
    found = _HELD.rows(tx.conn, {"shop": tx.shop_id, "ids": sorted(owners)})
    held = [(read(row), row[-1]) for row in found]
    return {row.id: row for row, owner in held if owner == owners[row.id]}


class Settled(NamedTuple):
    """What became of a row, and why. `not_before`: when it is to be tried again; `attempts`: as which try this counts; None: both
    stay. `errors`: what its receiver says against single fields."""

    row: OutboxRow
    state: OutboundState
    error: str | None
    not_before: Ms | None = None
    attempts: int | None = None
    errors: Sequence[FieldError] = ()


def settle(tx: Tx, settled: Iterable[Settled]) -> None:
    """Records what became of rows that the transaction holds, and that were not done before."""
    UPDATE.run_many(tx.conn, [{"of_shop": tx.shop_id, "of": each.row.id, **_values(each, tx.now)} for each in settled])


def _values(settled: Settled, now: Ms) -> dict[str, object]:
    row, said = settled.row, [error.model_dump() for error in settled.errors]
    return {
        "state": settled.state.value,
        "last_error": settled.error,
        "errors": orjson.dumps(said).decode() if said else None,
        "lease_until": None,
        "not_before": row.not_before if settled.not_before is None else settled.not_before,
        "attempts": row.attempts if settled.attempts is None else settled.attempts,
        "done_at": now if settled.state is OutboundState.DONE else None,
    }


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


def revive(tx: Tx, undone: Collection[int]) -> None:
    """These rows are undone: of each, the one that it superseded, if any, is the latest again and waits for its review."""
    if not undone:
        return
    older = outbox.alias("older")
    before = and_(_same_receiver(older), older.c.kind == _o.kind, older.c.id < _o.id, older.c.last_error == SUPERSEDED)
    mine = named(tx.conn, tx.shop_id)
    latest = select(func.max(older.c.id)).select_from(outbox.join(older, before)).where(mine).group_by(_o.id)
    again = update(outbox).where(_o.shop_id + 0 == tx.shop_id, _o.id.in_(latest.correlate(None)))
    values = {"state": OutboundState.NEEDS_REVIEW.value, "last_error": None}
    tx.conn.execute(again.values(values), {"ids": sorted(undone)})


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


_HELD = Statement(
    lambda conn: (
        ROWS.add_columns(_o.lease_owner)
        .where(named(conn, bindparam("shop")), _o.state == literal_column(f"'{OutboundState.CLAIMED.value}'"))
        .order_by(_o.id)
        .with_for_update()
    )
)
