"""The outbox: what must leave the building because of what was committed. Written in the transaction that makes it true.

Invariant: `orders.outbound_waiting` and `outbound_failed` are the order's rows that may still leave, and that died; whoever
changes a state recounts its order in the same transaction.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import NamedTuple

import orjson
from sqlalchemy import (
    ColumnElement,
    Connection,
    Row,
    RowMapping,
    Select,
    and_,
    bindparam,
    func,
    insert,
    or_,
    select,
    update,
)

from orders_sync.db import order_documents
from orders_sync.db.bulk import BulkStatement, among, older
from orders_sync.db.events import order_gid
from orders_sync.db.tables import orders, outbox
from orders_sync.db.tx import Tx
from orders_sync.instants import FOREVER, Ms, to_datetime
from orders_wire.detail import OutboxEntry
from orders_wire.vocabulary import OutboundState

WAITING = (OutboundState.QUEUED, OutboundState.NEEDS_REVIEW, OutboundState.CLAIMED, OutboundState.UNKNOWN)
"""States from which a row may still leave."""

Payload = dict[str, object]

_o = outbox.c


class Draft(NamedTuple):
    """A row to be queued. `dedupe_key` names this write to its receiver. `not_before` is FOREVER while its target is off."""

    target: str
    kind: str
    order_id: int
    dedupe_key: str
    payload: Payload
    not_before: Ms


class OutboxRow(NamedTuple):
    """A row as it is stored. `claimed_before`: some relay has held it, so it may have left."""

    id: int
    target: str
    kind: str
    order_id: int
    action_id: str | None
    dedupe_key: str
    payload: Payload
    state: OutboundState
    not_before: Ms
    attempts: int
    claimed_before: bool
    created_at: Ms = Ms(0)


def add(tx: Tx, drafts: Sequence[Draft], action_id: str | None) -> None:
    """Queues these rows for an action, in this order."""
    same = {"shop_id": tx.shop_id, "action_id": action_id, "created_at": tx.now}
    same |= {"state": OutboundState.QUEUED.value, "attempts": 0}
    _ADD.run(tx.conn, [draft._asdict() | same | {"payload": _json(draft.payload)} for draft in drafts])


def of_action(tx: Tx, action_id: str, more: Collection[int] = ()) -> list[OutboxRow]:
    """The rows of an action, and those of `more`, held until the transaction ends: no relay can claim them meanwhile."""
    mine = _o.action_id == action_id
    others = _o.id.in_(bindparam("more", expanding=True))
    query = rows(tx.shop_id).where(or_(mine, others)).order_by(_o.id).with_for_update()
    return [read(row) for row in tx.conn.execute(query, {"more": list(more)})]


def of_order_kind(tx: Tx, order_id: int, target: str, kind: str) -> list[OutboxRow]:
    """An order's rows of one kind, oldest first, held until the transaction ends."""
    same = and_(_o.order_id == order_id, _o.target == target, _o.kind == kind)
    query = rows(tx.shop_id).where(same).order_by(_o.id).with_for_update()
    return [read(row) for row in tx.conn.execute(query)]


def of_kinds(conn: Connection, shop_id: int, order_id: int, kinds: Collection[str]) -> list[OutboxRow]:
    """An order's rows of these kinds, oldest first, as they are."""
    mine = and_(_o.order_id == order_id, _o.kind.in_(list(kinds)))
    return [read(row) for row in conn.execute(rows(shop_id).where(mine).order_by(_o.id))]


def locked(tx: Tx, row_id: int) -> OutboxRow | None:
    """One row, held until the transaction ends, and its order's document before it: what is decided of a row is of both."""
    mine = _is(tx, row_id)
    order_documents.hold(tx.conn, tx.shop_id, tx.conn.scalars(select(_o.order_id).where(mine)))
    row = tx.conn.execute(rows(tx.shop_id).where(mine).with_for_update()).one_or_none()
    return None if row is None else read(row)


def set_state(tx: Tx, row_ids: Collection[int], state: OutboundState, reason: str | None = None) -> None:
    """Moves rows that the transaction holds; `reason` replaces their last error where it is given."""
    if not row_ids:
        return
    values = {"state": state.value} | ({} if reason is None else {"last_error": reason})
    mine = and_(_o.shop_id == tx.shop_id, _o.id.in_(bindparam("ids", expanding=True)))
    tx.conn.execute(update(outbox).where(mine).values(values), {"ids": list(row_ids)})


def set_payload(tx: Tx, row_id: int, payload: Payload) -> None:
    """What a row that the transaction holds will send."""
    tx.conn.execute(update(outbox).where(_is(tx, row_id)).values(payload=_json(payload)))


def requeue(tx: Tx, row_id: int, state: OutboundState = OutboundState.QUEUED) -> None:
    """Due at once, with all its tries before it; that a relay held it before stays known."""
    values = {"state": state.value, "not_before": tx.now, "attempts": 0, "errors": None}
    tx.conn.execute(update(outbox).where(_is(tx, row_id)).values(values))


def recount(tx: Tx, order_ids: Collection[int]) -> None:
    """Brings the orders' own counts up to date. Their rows are held first, so that two counts never cross."""
    if not order_ids:
        return
    ids = {"ids": sorted(order_ids)}
    mine = and_(orders.c.shop_id == tx.shop_id, among(tx.conn, orders.c.id))
    tx.conn.execute(select(orders.c.id).where(mine).order_by(orders.c.id).with_for_update(), ids)
    counts = {"outbound_waiting": _count(WAITING), "outbound_failed": _count([OutboundState.DEAD])}
    tx.conn.execute(update(orders).where(mine).values(counts), ids)


_ENDED = [OutboundState.DONE.value, OutboundState.UNDONE.value, OutboundState.DISCARDED.value]
prune = older(_o.created_at, _o.state.in_(_ENDED))
"""Rows that are over."""


def _count(states: Sequence[OutboundState]) -> ColumnElement[int]:
    mine = and_(_o.shop_id == orders.c.shop_id, _o.order_id == orders.c.id, _o.state.in_([s.value for s in states]))
    return select(func.count()).where(mine).correlate(orders).scalar_subquery()


def rows(shop_id: int) -> Select[tuple[object, ...]]:
    """The rows of a shop, as `read` takes them."""
    claimed_before = _o.lease_owner.is_not(None).label("claimed_before")
    return select(*(_o.get(name, claimed_before) for name in OutboxRow._fields)).where(_o.shop_id == shop_id)


def read(row: Row[tuple[object, ...]]) -> OutboxRow:
    """A row that `rows` selected."""
    found = OutboxRow._make(row)
    return found._replace(
        payload=orjson.loads(row.payload), state=OutboundState(found.state), claimed_before=bool(found.claimed_before)
    )


def entries(conn: Connection, shop_id: int, state: OutboundState | None, limit: int) -> list[OutboxEntry]:
    """The newest rows, of one state or all."""
    query = _entries(shop_id).order_by(_o.id.desc()).limit(limit)
    if state is not None:
        query = query.where(_o.state == state.value)
    return [_entry(row) for row in conn.execute(query).mappings()]


def entries_of_order(conn: Connection, shop_id: int, order_id: int) -> list[OutboxEntry]:
    """One order's rows, newest first."""
    query = _entries(shop_id).where(_o.order_id == order_id).order_by(_o.id.desc())
    return [_entry(row) for row in conn.execute(query).mappings()]


def counts(conn: Connection, shop_id: int) -> dict[str, int]:
    """How many rows there are of each state that has any."""
    query = select(_o.state, func.count()).where(_o.shop_id == shop_id).group_by(_o.state)
    return dict(conn.execute(query).all())


def _entries(shop_id: int) -> Select[tuple[object, ...]]:
    columns = [_o[name] for name in OutboxEntry.model_fields if name != "order_number"]
    same_order = and_(orders.c.shop_id == _o.shop_id, orders.c.id == _o.order_id)
    query = select(*columns, orders.c.name.label("order_number")).outerjoin_from(outbox, orders, same_order)
    return query.where(_o.shop_id == shop_id)


def _entry(row: RowMapping) -> OutboxEntry:
    due = row["not_before"]
    return OutboxEntry.model_validate(
        {
            **row,
            "id": str(row["id"]),
            "not_before": None if due >= FOREVER else to_datetime(due),
            "order_id": order_gid(row["order_id"]),
            "errors": orjson.loads(row["errors"] or "[]"),
            "created_at": to_datetime(row["created_at"]),
        }
    )


def _json(payload: Payload) -> str:
    return orjson.dumps(payload).decode()


def _is(tx: Tx, row_id: int) -> ColumnElement[bool]:
    return and_(_o.shop_id == tx.shop_id, _o.id == row_id)


_ADD = BulkStatement(lambda _: insert(outbox))
