"""Orders as the desk shows them: written whole from their projections, removed whole. The only writer of these tables.

Invariant: an order's rows in every table come from one projection, and the day counters move with them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from sqlalchemy import Column, Connection, Delete, Table, bindparam, delete, exists, insert, select, update
from sqlalchemy.sql.dml import ReturningDelete

from orders_sync.db import allotment, backlog, counters, marks, search
from orders_sync.db.among import among
from orders_sync.db.bulk import insert_if_missing
from orders_sync.db.order_rows import PARTS, Parts, Row, changed_parts, order_row, owner, part_rows
from orders_sync.db.statement import Statement
from orders_sync.db.tables import order_marks, orders, owed_units
from orders_sync.db.tabs import SHOP
from orders_sync.db.tx import Tx
from orders_sync.rules.projection import Projection

_BATCH = 500


@dataclass(frozen=True, slots=True)
class Saved:
    """What an order comes to now, its version, and the types of its open alerts as the row has them; None: they stay."""

    projection: Projection
    version: int
    alert_types: str | None = None


@dataclass(frozen=True, slots=True)
class OwnerChange:
    """An order with another owner, its version and its card then. `counted`: what its row said of the open work before."""

    order_id: int
    version: int
    assigned_to: str | None
    card: bytes
    previous: str | None
    counted: str | None


def save(tx: Tx, rows: Sequence[Saved], old: Mapping[int, Row] | None = None) -> None:
    """Writes each order's row and lists, and moves the day counters from the locked old row. One order appears once.

    Writes only what differs. Keeps what others own in the row, the outbound counts. `old`: the rows that there are, as this
    transaction read them when it had locked their documents.
    """
    for start in range(0, len(rows), _BATCH):
        batch = sorted(rows[start : start + _BATCH], key=lambda saved: saved.projection.order_id)
        ids = [saved.projection.order_id for saved in batch]
        known = _locked(tx, ids) if old is None else {of: old[of] for of in ids if of in old}
        _save(tx, batch, known)


def change_owners(tx: Tx, rows: Sequence[OwnerChange]) -> None:
    """Stores each order's new owner. Nothing else depends on that but how much there is to send for whom."""
    values = []
    for row in sorted(rows, key=lambda row: row.order_id):
        counted = backlog.with_owner(row.counted, row.previous, owner(row.assigned_to))
        tx.count(backlog.difference(row.counted, counted))
        changed = {"version": row.version, "assigned_to": owner(row.assigned_to), "card": row.card, "counted": counted}
        values.append({"of_shop": tx.shop_id, "of": row.order_id, **changed})
    _UPDATE.run_many(tx.conn, values)


def remove(tx: Tx, order_id: int) -> bool:
    """Takes an order out of every list, search and count. False when it was not there."""
    old = _locked(tx, [order_id]).get(order_id)
    if old is None:
        return False
    for table in PARTS:
        _drop(tx, table, [order_id])
    _REMOVE.run(tx.conn, {"of_shop": tx.shop_id, "of": order_id})
    search.forget(tx, {old["customer_folded"]})
    tx.count(counters.difference(old, None))
    tx.count(backlog.difference(old["counted"], None))
    return True


def drop_left(tx: Tx) -> None:
    """Takes out the units of orders that a release before this one has deleted, which knows nothing of them."""
    allotment.moved(tx, _DROP_LEFT.rows(tx.conn, {"shop_id": tx.shop_id}), -1)


def _save(tx: Tx, batch: Sequence[Saved], old: Mapping[int, Row]) -> None:
    parts = {saved.projection.order_id: part_rows(tx.shop_id, saved.projection) for saved in batch}
    new = {
        (of := saved.projection.order_id): order_row(tx.shop_id, saved.projection, saved.version, parts[of])
        | {"alert_types": _alert_types(saved, old.get(of))}
        for saved in batch
    }
    _ADD.run_many(tx.conn, [row for order_id, row in new.items() if order_id not in old])
    _update(tx, old, new)
    _save_parts(tx, parts, old, new)
    _save_names(tx, old, new)
    for order_id, after in new.items():
        before = old.get(order_id)
        tx.count(counters.difference(before, after))
        tx.count(backlog.difference(None if before is None else before["counted"], after["counted"]))


def _alert_types(saved: Saved, before: Row | None) -> str:
    if saved.alert_types is not None:
        return saved.alert_types
    return "" if before is None else before["alert_types"]


def _locked(tx: Tx, order_ids: Sequence[int]) -> dict[int, Row]:
    rows = _LOCK.rows(tx.conn, {"shop_id": tx.shop_id, "ids": order_ids})
    return {row[_ID]: dict(zip(_COLUMNS, row, strict=True)) for row in rows}


def _update(tx: Tx, old: Mapping[int, Row], new: Mapping[int, Row]) -> None:
    """Writes the columns that differ; rows in which the same ones do go together."""
    alike: dict[tuple[str, ...], list[Row]] = {}
    for order_id, before in old.items():
        changed = {column: value for column, value in new[order_id].items() if before[column] != value}
        if changed:
            alike.setdefault(tuple(changed), []).append({"of_shop": tx.shop_id, "of": order_id, **changed})
    for rows in alike.values():
        _UPDATE.run_many(tx.conn, rows)


def _save_parts(tx: Tx, parts: Mapping[int, Parts], old: Mapping[int, Row], new: Mapping[int, Row]) -> None:
    """Replaces the lists that differ, table by table."""
    stale: list[list[int]] = [[] for _ in PARTS]
    fresh: list[list[Row]] = [[] for _ in PARTS]
    for order_id, rows in parts.items():
        before = old.get(order_id)
        for n in range(len(PARTS)) if before is None else changed_parts(before["parts"], new[order_id]["parts"]):
            fresh[n] += rows[n]
            if before is not None:
                stale[n].append(order_id)
    for table, order_ids, rows_of_table in zip(PARTS, stale, fresh, strict=True):
        if order_ids:
            _drop(tx, table, order_ids)
        _ADD_PARTS[table].run_many(tx.conn, rows_of_table)
        if table is order_marks:
            tx.count(marks.tally(row["mark"] for row in rows_of_table))
        if table is owed_units:
            allotment.moved(tx, ((row["sku"], row["order_id"], row["units"], row["waits"]) for row in rows_of_table))


def _drop(tx: Tx, table: Table, order_ids: Sequence[int]) -> None:
    values = {"shop_id": tx.shop_id, "ids": order_ids}
    if table is order_marks:
        dropped = _DROP_PARTS[table].rows(tx.conn, values)
        tx.count({place: -count for place, count in marks.tally(mark for (mark,) in dropped).items()})
    elif table is owed_units:
        allotment.moved(tx, _DROP_PARTS[table].rows(tx.conn, values), -1)
    else:
        _DROP_PARTS[table].run(tx.conn, values)


def _save_names(tx: Tx, old: Mapping[int, Row], new: Mapping[int, Row]) -> None:
    added: set[str | None] = set()
    gone: set[str | None] = set()
    for order_id, after in new.items():
        before = old[order_id]["customer_folded"] if order_id in old else None
        if before != after["customer_folded"]:
            added.add(after["customer_folded"])
            gone.add(before)
    search.learn(tx, added)
    search.forget(tx, gone - added)


def _dropping(conn: Connection, table: Table) -> Delete | ReturningDelete[*tuple[Any, ...]]:
    mine = delete(table).where(table.c.shop_id == SHOP, among(conn, table.c.order_id))
    return mine.returning(*_RETURNED[table]) if table in _RETURNED else mine


_RETURNED: Mapping[Table, tuple[Column[Any], ...]] = {
    order_marks: (order_marks.c.mark,),
    owed_units: (owed_units.c.sku, owed_units.c.order_id, owed_units.c.units, owed_units.c.waits),
}
"""What is asked of the rows that are dropped, since counters go with them."""

_COLUMNS = tuple(orders.c.keys())
_ID = _COLUMNS.index("id")
_OF = (orders.c.shop_id == bindparam("of_shop"), orders.c.id == bindparam("of"))
_LOCK = Statement(
    lambda conn: (
        select(orders).where(orders.c.shop_id == SHOP, among(conn, orders.c.id)).order_by(orders.c.id).with_for_update()
    )
)
_ADD = Statement(lambda _: insert(orders))
_ADD_PARTS = {table: Statement(partial(insert_if_missing, table=table)) for table in PARTS}
_DROP_PARTS = {table: Statement(partial(_dropping, table=table)) for table in PARTS}
_REMOVE = Statement(delete(orders).where(*_OF))
_left = ~exists().where(orders.c.shop_id == owed_units.c.shop_id, orders.c.id == owed_units.c.order_id)
_DROP_LEFT = Statement(delete(owed_units).where(owed_units.c.shop_id == SHOP, _left).returning(*_RETURNED[owed_units]))
_UPDATE = Statement(lambda _: update(orders).where(*_OF))
