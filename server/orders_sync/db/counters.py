"""Counts over history: by UTC day the orders placed, first fulfilled (with the time that took) and last refunded; by value
the orders of so many dollars; how many bear a mark (`marks`), and how many can be sent, were all of it in stock (`ready`).

Invariant: a counter equals the count of the rows, since both change in one transaction, the counter by what the locked old
row and the new one differ in. They are written last in a transaction and in sorted order. A second level, in blocks of
`BLOCK` days, makes a total over all history or a walk to a position a matter of a few dozen rows.

Rows of the whole history are counted and found by these counters, plus at most one day of index at either edge. Exact whatever
arrives meanwhile: counters and rows are read in one snapshot.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from typing import Any

from sqlalchemy import (
    BigInteger,
    Column,
    ColumnElement,
    Connection,
    Insert,
    Select,
    bindparam,
    delete,
    func,
    literal_column,
    select,
    tuple_,
    union_all,
)
from sqlalchemy.dialects import postgresql, sqlite

from orders_sync.db.selection import ANY_TIME, Between
from orders_sync.db.statement import Statement
from orders_sync.db.tables import Key, day_counters, orders
from orders_sync.db.tabs import SHOP
from orders_sync.instants import DAY, Ms

BLOCK = 32
"""Days in one row of the second level."""

KEPT = "ready:{}"
"""The kind that counts the orders whose own `ready` is this word."""

_EVER = BLOCK * 2**25
"""Days before and after the epoch within which everything lies; whole blocks."""

_LARGEST = 2**63 - 1


class Counted(StrEnum):
    """What is counted, by the day of which instant."""

    PLACED = "placed"
    FULFILLED = "fulfilled"
    REFUNDED = "refunded"
    VALUE = "value"

    @property
    def unit(self) -> int:
        """How much of the column is one row of the first level: a day, or a dollar."""
        return _DOLLAR if self is Counted.VALUE else DAY

    @property
    def block(self) -> str:
        """The kind of this counter's second level; its `day` is a block's number."""
        return f"{self.value}/{BLOCK}"

    @property
    def column(self) -> Column[int]:
        """The instant, or the value in cents, in `orders`."""
        return orders.c[_COLUMN[self]]


_DAYS = {Counted.PLACED: "placed_at", Counted.FULFILLED: "first_fulfilled_at", Counted.REFUNDED: "refunded_at"}
_COLUMN = {**_DAYS, Counted.VALUE: "value_usd_minor"}
_COUNTED = (*_DAYS.values(), "ready")
_DOLLAR = 100


@dataclass(frozen=True, slots=True)
class Count:
    """A number of orders, and for `FULFILLED` the sum of the milliseconds from placed to first fulfilled."""

    n: int
    total: int = 0

    def __add__(self, other: Count) -> Count:
        return Count(self.n + other.n, self.total + other.total)

    def __neg__(self) -> Count:
        return Count(-self.n, -self.total)


Tally = Mapping[tuple[str, int], Count]
"""Counts by kind and day (or block)."""


def tally(row: Mapping[str, Any]) -> dict[tuple[str, int], Count]:
    """What one row of `orders` adds to the counters of days."""
    placed, fulfilled, refunded = row["placed_at"], row["first_fulfilled_at"], row["refunded_at"]
    found = {(Counted.PLACED, placed // DAY): Count(1)}
    if fulfilled is not None:
        found[Counted.FULFILLED, fulfilled // DAY] = Count(1, fulfilled - placed)
    if refunded is not None:
        found[Counted.REFUNDED, refunded // DAY] = Count(1)
    blocks = {(kind.block, day // BLOCK): count for (kind, day), count in found.items()}
    ready = {} if row["ready"] is None else {(KEPT.format(row["ready"]), 0): Count(1)}
    return {(kind.value, day): count for (kind, day), count in found.items()} | blocks | ready


def difference(before: Mapping[str, Any] | None, after: Mapping[str, Any] | None) -> Tally:
    """How the counters move when one row becomes another; None: there is no row."""
    if before is not None and after is not None and all(before[name] == after[name] for name in _COUNTED):
        return {}
    gained = tally(after) if after is not None else {}
    lost = {place: -count for place, count in tally(before).items()} if before is not None else {}
    return total([gained, lost])


def total(tallies: Iterable[Tally]) -> dict[tuple[str, int], Count]:
    """The sum of several, without what comes to nothing."""
    summed: dict[tuple[str, int], Count] = {}
    for one in tallies:
        add(summed, one)
    return {place: count for place, count in summed.items() if count != Count(0)}


def add(summed: dict[tuple[str, int], Count], moved: Tally) -> None:
    """Adds to `summed`, in place."""
    for place, count in moved.items():
        summed[place] = summed.get(place, Count(0)) + count


def apply(conn: Connection, shop_id: int, moved: Tally) -> None:
    """Moves the counters. The last thing in a transaction: other processes wait for these rows."""
    _ADD.run_many(conn, list(_rows(shop_id, moved)))


def _rows(shop_id: int, moved: Tally) -> Iterator[dict[str, Any]]:
    for (kind, day), count in sorted(moved.items(), key=lambda item: item[0]):
        yield {"shop_id": shop_id, "kind": kind, "day": day, "n": count.n, "total": count.total}


def _adding(conn: Connection) -> Insert:
    insert: Any = (sqlite if conn.dialect.name == "sqlite" else postgresql).insert(day_counters)
    adding: Insert = insert.on_conflict_do_update(
        index_elements=["shop_id", "kind", "day"],
        set_={"n": day_counters.c.n + insert.excluded.n, "total": day_counters.c.total + insert.excluded.total},
    )
    return adding


_ADD = Statement(_adding)


AT_ONCE = 2_000


def prune(conn: Connection, shop_id: int) -> int:
    """Forgets at most `AT_ONCE` counters that count nothing any more, but none that anybody holds; returns how many."""
    nothing = (_d.shop_id == shop_id, _d.n == 0, _d.total == 0)
    of = tuple_(_d.kind, _d.day)
    chosen = select(_d.kind, _d.day).where(*nothing).order_by(_d.kind, _d.day).limit(AT_ONCE)
    return conn.execute(delete(day_counters).where(*nothing, of.in_(chosen.with_for_update(skip_locked=True)))).rowcount


@dataclass(frozen=True, slots=True)
class Spot:
    """Where to start reading: `offset` rows into the rows at or past `bound` (before it when the order descends)."""

    bound: Ms
    offset: int


def count(conn: Connection, shop_id: int, kind: Counted, between: Between = ANY_TIME) -> Count:
    """How many rows have their instant in `between`."""
    n, total = _COUNT[kind].one(conn, {"shop_id": shop_id, **bounds(between, kind.unit)})
    return Count(int(n), int(total))


def of_mark(conn: Connection, shop_id: int, mark: str) -> int:
    """How many orders bear it."""
    return int(_OF_MARK.value(conn, {"shop_id": shop_id, "mark": mark}))


def of_marks(conn: Connection, shop_id: int, start: str, end: str) -> int:
    """How many orders bear a mark from `start` up to, but not including, `end`; none of them bears two."""
    return int(_OF_MARKS.value(conn, {"shop_id": shop_id, "start": start, "end": end}))


def counted(kind: Counted) -> Select[tuple[int, int]]:
    """`Count` of the instants within `bounds`: whole blocks of days, single days on either side, and rows at the edges."""
    took = literal_column("0") if kind is not Counted.FULFILLED else _took
    column = kind.column

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


def bounds(between: Between, unit: int = DAY) -> dict[str, int]:
    """What the parts of `counted` are bound to: days and blocks by their numbers, rows by their instants.

    What lies beyond all counted days (a value of a billion dollars) is counted by its rows.
    """
    start = -_LARGEST if between.start is None else between.start
    end = _LARGEST if between.end is None else max(start, between.end)
    first, last = max(-(-start // unit), -_EVER), min(end // unit, _EVER)
    if first > last:  # within one day
        first, last, edges = 0, 0, (start, end, 0, 0)
    else:
        edges = (start, first * unit, last * unit, end)
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
    column = kind.column
    row = tuple_(column, orders.c.id)
    key = tuple_(bindparam("at", type_=BigInteger), bindparam("id", type_=BigInteger))
    query = _rows_of(kind, func.count()).where(column >= bindparam("start"), column < bindparam("end"))
    return Statement(query.where(row > key if descending else row < key))


def _rows_of(kind: Counted, *columns: ColumnElement[Any]) -> Select[Any]:
    query = select(*columns).select_from(orders).where(orders.c.shop_id == SHOP)
    index = "orders_by_value" if kind is Counted.VALUE else f"orders_{kind}"
    return query.with_hint(orders, f"INDEXED BY {index}", "sqlite")


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
_MARKS = (_d.kind >= bindparam("start", type_=Key), _d.kind < bindparam("end", type_=Key))
_OF_MARKS = Statement(select(func.coalesce(func.sum(_d.n), 0)).where(_d.shop_id == SHOP, *_MARKS))
_OF_MARK = Statement(select(func.coalesce(func.sum(_d.n), 0)).where(_d.shop_id == SHOP, _d.kind == bindparam("mark")))
