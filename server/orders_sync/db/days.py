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
    literal,
    select,
    tuple_,
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
    first = -_EVER if between.start is None else -(-between.start // DAY)
    last = _EVER if between.end is None else between.end // DAY
    if first >= last:
        return _rows(conn, shop_id, kind, between)
    found = _days(conn, shop_id, kind, first, last)
    if between.start is not None and between.start < first * DAY:
        found += _rows(conn, shop_id, kind, Between(between.start, Ms(first * DAY)))
    if between.end is not None and between.end > last * DAY:
        found += _rows(conn, shop_id, kind, Between(Ms(last * DAY), between.end))
    return found


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


def _days(conn: Connection, shop_id: int, kind: Counted, first: int, last: int) -> Count:
    """The counters of the days from `first` to before `last`: whole blocks, and the days before and after those."""
    inner, outer = -(-first // BLOCK), last // BLOCK
    ranges = [(kind.value, first, last)]
    if inner < outer:
        ranges = [(kind.block, inner, outer), (kind.value, first, inner * BLOCK), (kind.value, outer * BLOCK, last)]
    found = Count(0)
    for name, start, end in ranges:
        if start < end:
            values = {"shop_id": shop_id, "kind": name, "first": start, "last": end}
            found += _count(_SUMMED.one(conn, values))
    return found


def _rows(conn: Connection, shop_id: int, kind: Counted, between: Between) -> Count:
    """Counts the rows themselves: for less than a day."""
    query = _counted(kind, between.start is not None, between.end is not None)
    return _count(query.one(conn, {"shop_id": shop_id, "start": between.start, "end": between.end}))


def _count(row: Sequence[Any]) -> Count:
    return Count(int(row[0]), int(row[1]))


@lru_cache
def _counted(kind: Counted, start: bool, end: bool) -> Statement:
    column = _COLUMN[kind]
    total: ColumnElement[int] = literal(0)
    if kind is Counted.FULFILLED:
        total = func.coalesce(func.sum(column - orders.c.placed_at), 0)
    query = _rows_of(kind, func.count(), total)
    if start:
        query = query.where(column >= bindparam("start"))
    return Statement(query.where(column < bindparam("end")) if end else query)


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


_d = day_counters.c
_OF_KIND = (_d.shop_id == SHOP, _d.kind == bindparam("kind"), _d.day >= bindparam("first"), _d.day < bindparam("last"))
_SUMMED = Statement(select(func.coalesce(func.sum(_d.n), 0), func.coalesce(func.sum(_d.total), 0)).where(*_OF_KIND))
_LISTED = {
    True: Statement(select(_d.day, _d.n).where(*_OF_KIND).order_by(_d.day.desc())),
    False: Statement(select(_d.day, _d.n).where(*_OF_KIND).order_by(_d.day)),
}
