"""The outbox: what must leave the building because of what was committed. Written in the transaction that makes it true.

Invariant: `orders.outbound_waiting` and `outbound_failed` are the order's rows that may still leave, and that died; whoever
changes a state recounts its order in the same transaction.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any, NamedTuple

import orjson
from sqlalchemy import (
    ColumnElement,
    Connection,
    RowMapping,
    Select,
    and_,
    bindparam,
    func,
    insert,
    literal_column,
    select,
    update,
)

from orders_sync.db import order_documents
from orders_sync.db.among import among
from orders_sync.db.bulk import older
from orders_sync.db.events import order_gid
from orders_sync.db.statement import Statement
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
    tx.outbound = tx.outbound or bool(drafts)
    same = {"shop_id": tx.shop_id, "action_id": action_id, "created_at": tx.now}
    same |= {"state": OutboundState.QUEUED.value, "attempts": 0}
    _ADD.run_many(tx.conn, [draft._asdict() | same | {"payload": _json(draft.payload)} for draft in drafts])


def of_action(tx: Tx, action_id: str, more: Collection[int] = ()) -> list[OutboxRow]:
    """The rows of an action, and those of `more`, held until the transaction ends: no relay can claim them meanwhile."""
    queries = [rows(tx.shop_id).where(_o.action_id == action_id)]
    queries += [ROWS.where(named(tx.conn, tx.shop_id))] if more else []
    ids = {"ids": sorted(more)}
    return [read(row) for query in queries for row in tx.conn.execute(query.order_by(_o.id).with_for_update(), ids)]


def of_orders_kind(tx: Tx, order_ids: Collection[int], target: str, kind: str) -> dict[int, list[OutboxRow]]:
    """These orders' rows of one kind, oldest first, held until the transaction ends."""
    found: dict[int, list[OutboxRow]] = {order_id: [] for order_id in order_ids}
    same = and_(among(tx.conn, _o.order_id), _o.target == target, _o.kind == kind)
    query = rows(tx.shop_id).where(same).order_by(_o.id).with_for_update()
    for row in tx.conn.execute(query, {"ids": sorted(order_ids)}) if found else ():
        found[row.order_id].append(read(row))
    return found


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
    """Moves rows that the transaction holds, which may free those behind them; `reason` replaces their last error where it is
    given."""
    if not row_ids:
        return
    tx.outbound = True
    values = {"state": state.value} | ({} if reason is None else {"last_error": reason})
    mine = named(tx.conn, tx.shop_id)
    tx.conn.execute(update(outbox).where(mine).values(values), {"ids": sorted(row_ids)})


def set_payloads(tx: Tx, payloads: Mapping[int, Payload]) -> None:
    """What rows that the transaction holds will send, by their ids."""
    UPDATE.run_many(
        tx.conn, [{"of_shop": tx.shop_id, "of": of, "payload": _json(payload)} for of, payload in payloads.items()]
    )


def requeue(tx: Tx, row_id: int, state: OutboundState = OutboundState.QUEUED) -> None:
    """Due at once, with all its tries before it; that a relay held it before stays known."""
    tx.outbound = True
    values = {"state": state.value, "not_before": tx.now, "attempts": 0, "errors": None}
    tx.conn.execute(update(outbox).where(_is(tx, row_id)).values(values))


def recount(tx: Tx, order_ids: Collection[int]) -> None:
    """Brings the orders' own counts up to date. Their rows are held first, so that two counts never cross."""
    if not order_ids:
        return
    values = {"shop": tx.shop_id, "ids": sorted(order_ids)}
    if tx.conn.dialect.name != "sqlite":
        _HOLD_ORDERS.run(tx.conn, values)
    _RECOUNT.run(tx.conn, values)


_ENDED = [OutboundState.DONE.value, OutboundState.UNDONE.value, OutboundState.DISCARDED.value]
prune = older(_o.created_at, _o.state.in_(_ENDED))
"""Rows that are over."""


ROWS = select(*(_o.get(name, _o.lease_owner.is_not(None).label("claimed_before")) for name in OutboxRow._fields))
"""As `read` takes them."""


def rows(shop_id: int) -> Select[tuple[object, ...]]:
    """The rows of a shop, as `read` takes them."""
    return ROWS.where(_o.shop_id == shop_id)


def named(conn: Connection, shop_id: int | ColumnElement[int]) -> ColumnElement[bool]:
    """The rows of a shop that are named by the parameter `ids`, and found by that: left to itself, SQLite walks through all that
    the shop ever had."""
    return and_(_o.shop_id + 0 == shop_id, among(conn, _o.id))


def read(row: Sequence[Any]) -> OutboxRow:
    """A row that `rows` selected, whatever stands behind it."""
    found = OutboxRow._make(row[: len(OutboxRow._fields)])
    stored: Any = found.payload
    return found._replace(
        payload=orjson.loads(stored), state=OutboundState(found.state), claimed_before=bool(found.claimed_before)
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


def _mine(conn: Connection) -> ColumnElement[bool]:
    return and_(orders.c.shop_id == bindparam("shop"), among(conn, orders.c.id))


def _count(states: Iterable[OutboundState]) -> ColumnElement[int]:
    counted = _o.state.in_([literal_column(f"'{state.value}'") for state in states])
    mine = and_(_o.shop_id == orders.c.shop_id, _o.order_id == orders.c.id, counted)
    return select(func.count()).where(mine).correlate(orders).scalar_subquery()


_COUNTS = {"outbound_waiting": _count(WAITING), "outbound_failed": _count([OutboundState.DEAD])}
_HOLD_ORDERS = Statement(lambda conn: select(orders.c.id).where(_mine(conn)).order_by(orders.c.id).with_for_update())
_RECOUNT = Statement(lambda conn: update(orders).where(_mine(conn)).values(_COUNTS))
_ADD = Statement(lambda _: insert(outbox))
UPDATE = Statement(lambda _: update(outbox).where(_o.shop_id == bindparam("of_shop"), _o.id == bindparam("of")))
"""Of rows that the transaction holds, what is given of each."""
