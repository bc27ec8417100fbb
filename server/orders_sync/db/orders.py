"""Orders as the desk shows them: written whole from their projections, removed whole. The only writer of these tables.

Invariant: an order's rows in every table come from one projection, and the day counters move with them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial

from sqlalchemy import Table, bindparam, delete, insert, select, update

from orders_sync.db import counters, marks, search
from orders_sync.db.bulk import BulkStatement, among, insert_if_missing
from orders_sync.db.order_rows import PARTS, Parts, Row, changed_parts, order_row, owner, part_rows
from orders_sync.db.tables import order_marks, orders
from orders_sync.db.tx import Tx
from orders_sync.rules.projection import Projection

_BATCH = 500


@dataclass(frozen=True, slots=True)
class Saved:
    """What an order comes to now, and its version."""

    projection: Projection
    version: int


@dataclass(frozen=True, slots=True)
class OwnerChange:
    """An order with another owner, its version and its card then."""

    order_id: int
    version: int
    assigned_to: str | None
    card: bytes


def save(tx: Tx, rows: Sequence[Saved]) -> None:
    """Writes each order's row and lists, and moves the day counters from the locked old row. One order appears once.

    Writes only what differs. Keeps what others own in the row: open alerts and outbound counts.
    """
    for start in range(0, len(rows), _BATCH):
        _save(tx, sorted(rows[start : start + _BATCH], key=lambda saved: saved.projection.order_id))


def change_owners(tx: Tx, rows: Sequence[OwnerChange]) -> None:
    """Stores each order's new owner. Nothing else is in it that depends on that, nor in any list or counter."""
    values = [
        {
            "of_shop": tx.shop_id,
            "of": row.order_id,
            "version": row.version,
            "assigned_to": owner(row.assigned_to),
            "card": row.card,
        }
        for row in sorted(rows, key=lambda row: row.order_id)
    ]
    _UPDATE.run(tx.conn, values)


def remove(tx: Tx, order_id: int) -> bool:
    """Takes an order out of every list, search and count. False when it was not there."""
    old = _locked(tx, [order_id]).get(order_id)
    if old is None:
        return False
    for table in PARTS:
        _drop(tx, table, [order_id])
    tx.conn.execute(delete(orders).where(orders.c.shop_id == tx.shop_id, orders.c.id == order_id))
    search.forget(tx, {old["customer_folded"]})
    tx.count(counters.difference(old, None))
    return True


def set_alerts(tx: Tx, types: Mapping[int, str]) -> None:
    """Records the open alert types of these orders, each as the row has them."""
    _UPDATE.run(tx.conn, [{"of_shop": tx.shop_id, "of": of, "alert_types": types[of]} for of in sorted(types)])


def _save(tx: Tx, batch: Sequence[Saved]) -> None:
    parts = {saved.projection.order_id: part_rows(tx.shop_id, saved.projection) for saved in batch}
    new = {
        (order_id := saved.projection.order_id): order_row(tx.shop_id, saved.projection, saved.version, parts[order_id])
        for saved in batch
    }
    old = _locked(tx, list(new))
    missing = [row for order_id, row in new.items() if order_id not in old]
    if missing:
        old |= _insert(tx, missing)
    _update(tx, old, new)
    _save_parts(tx, parts, old, new)
    _save_names(tx, old, new)
    for order_id, after in new.items():
        tx.count(counters.difference(old.get(order_id), after))


def _locked(tx: Tx, order_ids: Sequence[int]) -> dict[int, Row]:
    mine = (orders.c.shop_id == tx.shop_id, among(tx.conn, orders.c.id))
    query = select(orders).where(*mine).order_by(orders.c.id).with_for_update()
    return {row["id"]: dict(row) for row in tx.conn.execute(query, {"ids": order_ids}).mappings()}


def _insert(tx: Tx, rows: list[Row]) -> dict[int, Row]:
    """Inserts the rows; returns those that another process inserted in the meantime, locked."""
    if tx.conn.dialect.name == "sqlite":
        _ADD.run(tx.conn, rows)
        return {}
    inserted = set(tx.conn.execute(insert_if_missing(tx.conn, orders).returning(orders.c.id), rows).scalars())
    lost = [row["id"] for row in rows if row["id"] not in inserted]
    return _locked(tx, lost) if lost else {}


def _update(tx: Tx, old: Mapping[int, Row], new: Mapping[int, Row]) -> None:
    """Writes the columns that differ; rows in which the same ones do go together."""
    alike: dict[tuple[str, ...], list[Row]] = {}
    for order_id, before in old.items():
        changed = {column: value for column, value in new[order_id].items() if before[column] != value}
        if changed:
            alike.setdefault(tuple(changed), []).append({"of_shop": tx.shop_id, "of": order_id, **changed})
    for rows in alike.values():
        _UPDATE.run(tx.conn, rows)


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
        _ADD_PARTS[table].run(tx.conn, rows_of_table)
        if table is order_marks:
            tx.count(marks.tally(row["mark"] for row in rows_of_table))


def _drop(tx: Tx, table: Table, order_ids: Sequence[int]) -> None:
    mine = delete(table).where(table.c.shop_id == tx.shop_id, among(tx.conn, table.c.order_id))
    if table is not order_marks:
        tx.conn.execute(mine, {"ids": order_ids})
        return
    dropped = tx.conn.execute(mine.returning(order_marks.c.mark), {"ids": order_ids}).scalars()
    tx.count({place: -count for place, count in marks.tally(dropped).items()})


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


_OF = (orders.c.shop_id == bindparam("of_shop"), orders.c.id == bindparam("of"))
_ADD = BulkStatement(lambda _: insert(orders))
_ADD_PARTS = {table: BulkStatement(partial(insert_if_missing, table=table)) for table in PARTS}
_UPDATE = BulkStatement(lambda _: update(orders).where(*_OF))
