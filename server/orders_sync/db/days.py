"""Counting and finding rows of the whole history by its day counters, plus at most one day of index at either edge.

Exact whatever arrives meanwhile: counters and rows are read in one snapshot.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from sqlalchemy import (
    BigInteger,
    Column,
    ColumnElement,
    Connection,
    Select,
    bindparam,
    func,
    literal_column,
    select,
    tuple_,
    union_all,
)

from orders_sync.db.counters import BLOCK, Count, Counted
from orders_sync.db.selection import ANY_TIME, Between
from orders_sync.db.statement import Statement
from orders_sync.db.tables import day_counters, orders
from orders_sync.db.tabs import SHOP
from orders_sync.instants import DAY, Ms

_COLUMN: dict[Counted, Column[int]] = {
    Counted.PLACED: orders.c.placed_at,
    Counted.FULFILLED: orders.c.first_fulfilled_at,
    Counted.REFUNDED: orders.c.refunded_at,
}
_INDEX = {
    Counted.PLACED: "orders_placed",
    Counted.FULFILLED: "orders_fulfilled",
    Counted.REFUNDED: "orders_refunded",
}
_EVER = BLOCK * 2**25
"""Days before and after the epoch within which everything lies; whole blocks."""


@dataclass(frozen=True, slots=True)
class Spot:
    """Where to start reading: `offset` rows into the rows at or past `bound` (before it when the order descends)."""

    bound: Ms
    offset: int


def count(conn: Connection, shop_id: int, kind: Counted, between: Between = ANY_TIME) -> Count:
    """How many rows have their instant in `between`."""
    n, total = _COUNT[kind].one(conn, {"shop_id": shop_id, **bounds(between)})
    return Count(int(n), int(total))


def counted(kind: Counted) -> Select[tuple[int, int]]:
    """`Count` of the instants within `bounds`: whole blocks of days, single days on either side, and rows at the edges."""
    took = literal_column("0") if kind is not Counted.FULFILLED else _took
    column = _COLUMN[kind]

    def days_of(name: str, start: str, end: str) -> Select[tuple[int, int]]:
        within = (_d.day >= _bound(start), _d.day < _bound(end))
        return select(_d.n, _d.total).where(_d.shop_id == SHOP, _d.kind == name, *within)

    def rows_of(start: str, end: str) -> Select[tuple[int, int]]:
        return _rows_of(kind, func.count(), took).where(column >= _bound(start), column < _bound(end))

    parts = union_all(
        days_of(kind.block, "block_0", "block_1"),
        days_of(kind.value, "day_0", "day_1"),
        days_of(kind.value, "day_2", "day_3"),
        rows_of("row_0", "row_1"),
        rows_of("row_2", "row_3"),
    ).subquery(f"{kind.value}_parts")
    n, total = list(parts.c)
    return select(func.coalesce(func.sum(n), 0).label("n"), func.coalesce(func.sum(total), 0).label("total"))


def bounds(between: Between) -> dict[str, int]:
    """What the parts of `counted` are bound to: days and blocks by their numbers, rows by their instants."""
    start = -_EVER * DAY if between.start is None else between.start
    end = _EVER * DAY if between.end is None else max(start, between.end)
    first, last = -(-start // DAY), end // DAY
    if first > last:  # within one day
        first, last, edges = 0, 0, (start, end, 0, 0)
    else:
        edges = (start, first * DAY, last * DAY, end)
    inner, outer = -(-first // BLOCK), last // BLOCK
    days = (first, inner * BLOCK, outer * BLOCK, last) if inner < outer else (first, last, 0, 0)
    named = {"block_0": inner, "block_1": outer}
    named |= {f"day_{place}": day for place, day in enumerate(days)}
    return named | {f"row_{place}": at for place, at in enumerate(edges)}


def rank(conn: Connection, shop_id: int, kind: Counted, key: tuple[int, int], *, descending: bool) -> int:
    """How many rows of all history come before this (instant, id)."""
    at, row_id = key
    day = at // DAY * DAY
    before = Between(start=Ms(day + DAY)) if descending else Between(end=Ms(day))
    values = {"shop_id": shop_id, "start": day, "end": day + DAY, "at": at, "id": row_id}
    inside: int = _ranked(kind, descending).value(conn, values)
    return count(conn, shop_id, kind, before).n + inside


def find(conn: Connection, shop_id: int, kind: Counted, position: int, *, descending: bool) -> Spot | None:
    """Where the row at this position of all history is. None past the end."""
    values: dict[str, Any] = {"shop_id": shop_id, "kind": kind.block, "first": -_EVER, "last": _EVER}
    block, position = _reach(_LISTED[descending].rows(conn, values), position)
    if block is None:
        return None
    values = {"shop_id": shop_id, "kind": kind.value, "first": block * BLOCK, "last": (block + 1) * BLOCK}
    day, position = _reach(_LISTED[descending].rows(conn, values), position)
    if day is None:
        return None
    return Spot(Ms((day + 1) * DAY if descending else day * DAY), position)


def _reach(counted: Iterable[Sequence[Any]], position: int) -> tuple[int | None, int]:
    """The first of these whose rows reach past the position, and the position within it."""
    for place, n in counted:
        if position < n:
            return place, position
        position -= n
    return None, position


@lru_cache
def _ranked(kind: Counted, descending: bool) -> Statement:
    column = _COLUMN[kind]
    row = tuple_(column, orders.c.id)
    key = tuple_(bindparam("at", type_=BigInteger), bindparam("id", type_=BigInteger))
    query = _rows_of(kind, func.count()).where(column >= bindparam("start"), column < bindparam("end"))
    return Statement(query.where(row > key if descending else row < key))


def _rows_of(kind: Counted, *columns: ColumnElement[Any]) -> Select[Any]:
    query = select(*columns).select_from(orders).where(orders.c.shop_id == SHOP)
    return query.with_hint(orders, f"INDEXED BY {_INDEX[kind]}", "sqlite")


def _bound(name: str) -> ColumnElement[int]:
    return bindparam(name, type_=BigInteger)


_took: ColumnElement[int] = func.coalesce(func.sum(orders.c.first_fulfilled_at - orders.c.placed_at), 0)
_d = day_counters.c
_OF_KIND = (_d.shop_id == SHOP, _d.kind == bindparam("kind"), _d.day >= bindparam("first"), _d.day < bindparam("last"))
_LISTED = {
    True: Statement(select(_d.day, _d.n).where(*_OF_KIND).order_by(_d.day.desc())),
    False: Statement(select(_d.day, _d.n).where(*_OF_KIND).order_by(_d.day)),
}
_COUNT = {kind: Statement(counted(kind)) for kind in Counted}
