"""The outbox: what must leave the building because of what was committed. Written in the transaction that makes it true.

Invariant: `orders.outbound_waiting` and `outbound_failed` are the order's rows that may still leave, and that died; whoever
changes a state recounts its order in the same transaction.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

import orjson
from sqlalchemy import ColumnElement, Connection, Row, Select, and_, bindparam, func, insert, or_, select, update

from orders_sync.db import order_documents
from orders_sync.db.bulk import Many, among, forget
from orders_sync.db.events import order_gid
from orders_sync.db.tables import orders, outbox
from orders_sync.db.tx import Tx
from orders_sync.instants import FOREVER, Ms, to_datetime
from orders_wire.detail import OutboxEntry
from orders_wire.vocabulary import OutboundState

WAITING = (OutboundState.QUEUED, OutboundState.NEEDS_REVIEW, OutboundState.CLAIMED, OutboundState.UNKNOWN)
"""States from which a row may still leave."""

Payload = dict[str, object]


@dataclass(frozen=True, slots=True)
class Draft:
    """A row to be queued. `dedupe_key` names this write to its receiver. `not_before` is FOREVER while its target is off."""

    target: str
    kind: str
    order_id: int
    dedupe_key: str
    payload: Payload
    not_before: Ms


@dataclass(frozen=True, slots=True)
class OutboxRow:
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


def add(tx: Tx, drafts: Sequence[Draft], action_id: str | None) -> None:
    """Queues these rows for an action, in this order."""
    _ADD.run(tx.conn, [_row(tx, draft, action_id) for draft in drafts])


def of_action(tx: Tx, action_id: str, more: Collection[int] = ()) -> list[OutboxRow]:
    """The rows of an action, and those of `more`, held until the transaction ends: no relay can claim them meanwhile."""
    mine = outbox.c.action_id == action_id
    others = outbox.c.id.in_(bindparam("more", expanding=True))
    query = rows(tx.shop_id).where(or_(mine, others)).order_by(outbox.c.id).with_for_update()
    return [read(row) for row in tx.conn.execute(query, {"more": list(more)})]


def of_order_kind(tx: Tx, order_id: int, target: str, kind: str) -> list[OutboxRow]:
    """An order's rows of one kind, oldest first, held until the transaction ends."""
    same = and_(outbox.c.order_id == order_id, outbox.c.target == target, outbox.c.kind == kind)
    query = rows(tx.shop_id).where(same).order_by(outbox.c.id).with_for_update()
    return [read(row) for row in tx.conn.execute(query)]


def locked(tx: Tx, row_id: int) -> OutboxRow | None:
    """One row, held until the transaction ends, and its order's document before it: what is decided of a row is of both."""
    mine = and_(outbox.c.shop_id == tx.shop_id, outbox.c.id == row_id)
    order_documents.hold(tx.conn, tx.shop_id, tx.conn.scalars(select(outbox.c.order_id).where(mine)))
    row = tx.conn.execute(rows(tx.shop_id).where(mine).with_for_update()).one_or_none()
    return None if row is None else read(row)


def set_state(tx: Tx, row_ids: Collection[int], state: OutboundState, reason: str | None = None) -> None:
    """Moves rows that the transaction holds; `reason` replaces their last error where it is given."""
    if not row_ids:
        return
    values = {"state": state.value} | ({} if reason is None else {"last_error": reason})
    mine = and_(outbox.c.shop_id == tx.shop_id, outbox.c.id.in_(bindparam("ids", expanding=True)))
    tx.conn.execute(update(outbox).where(mine).values(values), {"ids": list(row_ids)})


def set_payload(tx: Tx, row_id: int, payload: Payload) -> None:
    """What a row that the transaction holds will send."""
    mine = update(outbox).where(outbox.c.shop_id == tx.shop_id, outbox.c.id == row_id)
    tx.conn.execute(mine.values(payload=orjson.dumps(payload).decode()))


def requeue(tx: Tx, row_id: int) -> None:
    """Due at once, with all its tries before it; that a relay held it before stays known."""
    mine = update(outbox).where(outbox.c.shop_id == tx.shop_id, outbox.c.id == row_id)
    tx.conn.execute(mine.values(state=OutboundState.QUEUED.value, not_before=tx.now, attempts=0))


def recount(tx: Tx, order_ids: Collection[int]) -> None:
    """Brings the orders' own counts up to date. Their rows are held first, so that two counts never cross."""
    if not order_ids:
        return
    ids = {"ids": sorted(order_ids)}
    mine = and_(orders.c.shop_id == tx.shop_id, among(tx.conn, orders.c.id))
    tx.conn.execute(select(orders.c.id).where(mine).order_by(orders.c.id).with_for_update(), ids)
    counts = {"outbound_waiting": _count(WAITING), "outbound_failed": _count([OutboundState.DEAD])}
    tx.conn.execute(update(orders).where(mine).values(counts), ids)


def prune(tx: Tx, before: Ms) -> int:
    """Forgets some of what was queued before then and is over; returns how many rows."""
    ended = [OutboundState.DONE.value, OutboundState.UNDONE.value, OutboundState.DISCARDED.value]
    return forget(tx, outbox, and_(outbox.c.state.in_(ended), outbox.c.created_at < before))


def _count(states: Sequence[OutboundState]) -> ColumnElement[int]:
    counted = select(func.count()).where(
        outbox.c.shop_id == orders.c.shop_id,
        outbox.c.order_id == orders.c.id,
        outbox.c.state.in_([state.value for state in states]),
    )
    return counted.correlate(orders).scalar_subquery()


def rows(shop_id: int) -> Select[tuple[object, ...]]:
    """The rows of a shop, as `read` takes them."""
    names = ("id", "target", "kind", "order_id", "action_id", "dedupe_key", "payload", "state", "not_before")
    columns = [outbox.c[name] for name in (*names, "attempts", "lease_owner")]
    return select(*columns).where(outbox.c.shop_id == shop_id)


def read(row: Row[tuple[object, ...]]) -> OutboxRow:
    """A row that `rows` selected."""
    values = row._mapping
    return OutboxRow(
        id=values["id"],
        target=values["target"],
        kind=values["kind"],
        order_id=values["order_id"],
        action_id=values["action_id"],
        dedupe_key=values["dedupe_key"],
        payload=orjson.loads(values["payload"]),
        state=OutboundState(values["state"]),
        not_before=Ms(values["not_before"]),
        attempts=values["attempts"],
        claimed_before=values["lease_owner"] is not None,
    )


def _row(tx: Tx, draft: Draft, action_id: str | None) -> dict[str, object]:
    return {
        "shop_id": tx.shop_id,
        "target": draft.target,
        "kind": draft.kind,
        "order_id": draft.order_id,
        "action_id": action_id,
        "dedupe_key": draft.dedupe_key,
        "payload": orjson.dumps(draft.payload).decode(),
        "state": OutboundState.QUEUED.value,
        "not_before": draft.not_before,
        "attempts": 0,
        "created_at": tx.now,
    }


_ADD = Many(lambda _: insert(outbox))


def entries(conn: Connection, shop_id: int, state: OutboundState | None, limit: int) -> list[OutboxEntry]:
    """The newest rows, of one state or all."""
    query = _entries(shop_id).order_by(outbox.c.id.desc()).limit(limit)
    if state is not None:
        query = query.where(outbox.c.state == state.value)
    return [_entry(row) for row in conn.execute(query)]


def entries_of_order(conn: Connection, shop_id: int, order_id: int) -> list[OutboxEntry]:
    """One order's rows, newest first."""
    query = _entries(shop_id).where(outbox.c.order_id == order_id).order_by(outbox.c.id.desc())
    return [_entry(row) for row in conn.execute(query)]


def counts(conn: Connection, shop_id: int) -> dict[str, int]:
    """How many rows there are of each state that has any."""
    query = select(outbox.c.state, func.count().label("n")).where(outbox.c.shop_id == shop_id).group_by(outbox.c.state)
    return {row.state: row.n for row in conn.execute(query)}


def _entries(shop_id: int) -> Select[tuple[object, ...]]:
    names = (
        "id",
        "target",
        "kind",
        "state",
        "attempts",
        "not_before",
        "last_error",
        "order_id",
        "created_at",
        "action_id",
    )
    same_order = and_(orders.c.shop_id == outbox.c.shop_id, orders.c.id == outbox.c.order_id)
    columns = [outbox.c[name] for name in names]
    return select(*columns, orders.c.name).outerjoin_from(outbox, orders, same_order).where(outbox.c.shop_id == shop_id)


def _entry(row: Row[tuple[object, ...]]) -> OutboxEntry:
    values = row._mapping
    due = values["not_before"]
    return OutboxEntry(
        id=str(values["id"]),
        target=values["target"],
        kind=values["kind"],
        state=OutboundState(values["state"]),
        attempts=values["attempts"],
        not_before=None if due >= FOREVER else to_datetime(due),
        last_error=values["last_error"],
        order_id=order_gid(values["order_id"]),
        order_number=values["name"],
        created_at=to_datetime(values["created_at"]),
        action_id=values["action_id"],
    )
