"""The rows of a page, and where they lie: positions are exact, and the same whichever way they are reached.

A page is read from the nearer end of its selection; in the middle of a long history its day counters lead there.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any, NamedTuple

from sqlalchemy import (
    ColumnElement,
    Connection,
    Select,
    bindparam,
    case,
    exists,
    func,
    literal_column,
    select,
    true,
    tuple_,
)

from orders_sync.db import counters
from orders_sync.db.cutoffs import Cutoffs
from orders_sync.db.drivers import Drivers, day_counters, without_exclusion
from orders_sync.db.ready import SHORT
from orders_sync.db.scope import Shape, id_column, in_order, key_column, matching, parameters, shape_of
from orders_sync.db.selection import Between, Selection
from orders_sync.db.statement import Statement
from orders_sync.db.tables import orders, parcels
from orders_sync.db.tabs import IS_LATE, SHOP
from orders_wire.vocabulary import Tab

NEAR = 500
"""Rows that may be skipped one by one."""


class PageRow(NamedTuple):
    """A row as `desk.items` needs it; `key` is its value in the page's order, `late` the rule of the tab `delayed`.

    `ready`, `blockers` (JSON), `sendable`: were all of it in stock; `short`: a JSON list of SKUs it goes without, and of how many
    units that it could have sent.

    `together`: where others go to the same customer and address now.
    """

    id: int
    version: int
    placed_at: int
    static_issue: str | None
    alert_types: str
    outbound_waiting: int
    outbound_failed: int
    card: bytes
    ready: str | None
    blockers: str
    sendable: int
    short: str
    late: bool
    together: str | None
    key: int | str | None


@dataclass(frozen=True, slots=True)
class Stretch:
    """Rows that follow each other. `backward`: from the end of the order; `valued`: only those with, or without, a value.

    `bounded`: from a day's bound on; `deep`: after many that are skipped.
    """

    wanted: int
    backward: bool = False
    skipping: bool = False
    bounded: bool = False
    deep: bool = False
    valued: bool | None = None


class Reader:
    """One selection, read in one snapshot at one moment."""

    def __init__(self, conn: Connection, shop_id: int, selection: Selection, cutoffs: Cutoffs) -> None:
        self._conn = conn
        self._shop_id = shop_id
        self._selection = selection
        self._shape = shape_of(selection)
        self._values = parameters(selection, shop_id, cutoffs)
        self._days = day_counters(selection)
        self._drivers = Drivers(conn, shop_id, selection, self._values)
        parts = without_exclusion(selection)
        self._parts = parts and tuple(Reader(conn, shop_id, part, cutoffs) for part in parts)

    def total(self) -> int:
        """How many rows there are in all."""
        counted = self._drivers.counted()
        if counted is not None:
            return counted
        if self._parts is not None:
            every, having = self._parts
            return every.total() - having.total()
        return self._count(_counting(self._drivers.for_counting()))

    def position(self, value: int | str | None, row_id: int) -> int:
        """How many rows come before this key, whether or not a row has it."""
        if self._days is not None and isinstance(value, int):
            key = (value, row_id)
            ranked = counters.rank(self._conn, self._shop_id, self._days, key, descending=self._shape.order.descending)
            return min(max(0, ranked - self._skipped()), self.total())
        if self._parts is not None:
            every, having = self._parts
            return every.position(value, row_id) - having.position(value, row_id)
        key_values, shape = {"key_value": value, "key_id": row_id}, self._drivers.for_counting()
        if value is not None:
            return self._count(_before(shape, valued=True), key_values)
        valued = self._count(_valued(shape))
        return valued + self._count(_before(shape, valued=False), key_values)

    def page(self, position: int, limit: int, total: int | None = None) -> tuple[list[PageRow], int]:
        """The rows from `position`, at most `limit`, and how many there are in all (`total`, where that is known)."""
        if total is None and position == 0 and not self._chosen:
            rows = self._read(0, limit, backward=False)
            return rows, len(rows) if len(rows) < limit else self.total()
        total = self.total() if total is None else total
        return self.rows(position, limit, total), total

    def rows(self, position: int, limit: int, total: int) -> list[PageRow]:
        """The rows from `position`, at most `limit`; `total` is what `total()` says in this snapshot."""
        wanted = min(limit, total - position)
        if wanted <= 0:
            return []
        behind = total - position - wanted
        if self._chosen:
            self._shape = self._drivers.for_reading(min(position, behind) + wanted, total)
        if self._days is not None and min(position, behind) > NEAR:
            return self._walk(position, wanted)
        if behind < position:
            return self._read(behind, wanted, backward=True)[::-1]
        return self._read(position, limit, backward=False)

    @property
    def _chosen(self) -> bool:
        """True when there may be several ways to the rows."""
        return not self._shape.backlog and (bool(self._shape.marks) or self._shape.least or self._shape.most)

    def _walk(self, position: int, wanted: int) -> list[PageRow]:
        assert self._days is not None
        descending = self._shape.order.descending
        place = position + self._skipped()
        spot = counters.find(self._conn, self._shop_id, self._days, place, descending=descending)
        if spot is None:
            return []
        stretch = Stretch(wanted, skipping=True, bounded=True)
        return self._fetch(stretch, {"skipped": spot.offset, "bound": spot.bound})

    def _skipped(self) -> int:
        """Rows of all history that lie before the selection's first, when only days restrict it."""
        placed = self._selection.filters.placed
        before = Between(start=placed.end) if self._shape.order.descending else Between(end=placed.start)
        assert self._days is not None
        return counters.count(self._conn, self._shop_id, self._days, before).n if before.bounded else 0

    def _read(self, offset: int, wanted: int, *, backward: bool) -> list[PageRow]:
        """Reads on from either end, through the rows with a value and those without."""
        stretch = Stretch(wanted, backward, skipping=offset > 0, deep=offset > NEAR)
        if not self._shape.order.gaps:
            return self._fetch(stretch, {"skipped": offset})
        found: list[PageRow] = []
        for valued in (False, True) if backward else (True, False):
            missing = replace(stretch, valued=valued, wanted=wanted - len(found), skipping=offset > 0)
            part = self._fetch(missing, {"skipped": offset})
            found += part
            if len(found) == wanted:
                break
            offset = 0 if part or not offset else offset - self._count(_valued(self._shape, valued=valued))
        return found

    def _fetch(self, stretch: Stretch, values: dict[str, Any]) -> list[PageRow]:
        return list(map(PageRow._make, _rows(self._shape, stretch).rows(self._conn, self._values | values)))

    def _count(self, query: Statement, values: dict[str, Any] | None = None) -> int:
        found: int = query.value(self._conn, self._values | (values or {}))
        return found


def read_one(conn: Connection, shop_id: int, order_id: int, cutoffs: Cutoffs) -> PageRow | None:
    """One order's row; its `key` is None."""
    rows = _ONE.rows(conn, {"shop_id": shop_id, "order_id": order_id, **cutoffs.parameters})
    return PageRow._make((*rows[0], None)) if rows else None


@lru_cache(maxsize=512)
def _counting(shape: Shape) -> Statement:
    return Statement(matching(shape, func.count()), by_values=shape.searching)


@lru_cache(maxsize=512)
def _valued(shape: Shape, *, valued: bool = True) -> Statement:
    key = key_column(shape)
    counting = matching(shape, func.count()).where(key.is_not(None) if valued else key.is_(None))
    return Statement(counting, by_values=shape.searching)


@lru_cache(maxsize=512)
def _before(shape: Shape, *, valued: bool) -> Statement:
    key, counting = key_column(shape), matching(shape, func.count())
    mine = bindparam("key_id", type_=orders.c.id.type)
    if not valued:
        before = id_column(shape) > mine if shape.order.descending else id_column(shape) < mine
        return Statement(counting.where(key.is_(None), before), by_values=shape.searching)
    row, cursor = tuple_(key, id_column(shape)), tuple_(bindparam("key_value", type_=key.type), mine)
    before = row > cursor if shape.order.descending else row < cursor
    return Statement(counting.where(key.is_not(None), before), by_values=shape.searching)


_STORED = (*(orders.c[name] for name in PageRow._fields[:11]), SHORT.label("short"))
_other = orders.alias("other")
_goes_there_too = (_other.c.shop_id == SHOP, _other.c.together == orders.c.together, _other.c.id != orders.c.id)
_OTHERS = select(_other.c.id).where(*_goes_there_too).with_hint(_other, "INDEXED BY orders_together", "sqlite")
_TOGETHER = case((exists(_OTHERS), orders.c.together)).label("together")
_WIDE = (*_STORED, exists().where(*IS_LATE, parcels.c.order_id == orders.c.id).label("late"), _TOGETHER)
_WIDE_LATE = (*_STORED, true().label("late"), _TOGETHER)
_ONE = Statement(select(*_WIDE).where(orders.c.shop_id == SHOP, orders.c.id == bindparam("order_id")))


@lru_cache(maxsize=1024)
def _rows(shape: Shape, stretch: Stretch) -> Statement:
    """The statement for a stretch of rows.

    Where many rows are skipped or sorted, that is done on their keys, and only the wanted rows are fetched.
    """
    key, valued = key_column(shape), stretch.valued
    restricted: list[ColumnElement[bool]] = []
    if valued is not None:
        restricted = [key.is_not(None) if valued else key.is_(None)]
    if stretch.bounded:
        restricted = [key < bindparam("bound") if shape.order.descending else key >= bindparam("bound")]
    descending = shape.order.descending is not stretch.backward
    wide = _WIDE_LATE if shape.tab is Tab.DELAYED else _WIDE
    if in_order(shape) and not stretch.deep:
        direct = matching(shape, *wide, key.label("key")).where(*restricted)
        ordered = direct.order_by(*_order(key, orders.c.id, descending, valued))
        return Statement(_cut(ordered, stretch), by_values=shape.searching)
    narrow = matching(shape, id_column(shape).label("id"), key.label("key")).where(*restricted)
    chosen = _cut(narrow.order_by(*_order(key, id_column(shape), descending, valued)), stretch).subquery("chosen")
    same = (orders.c.shop_id == SHOP) & (orders.c.id == chosen.c.id)
    query: Select[Any] = select(*wide, chosen.c.key).join(chosen, same)
    return Statement(query.order_by(*_order(chosen.c.key, chosen.c.id, descending, valued)), by_values=shape.searching)


def _cut(query: Select[Any], stretch: Stretch) -> Select[Any]:
    """The limit stands in the text: a plan is made for it, not for a guess."""
    limited = query.limit(literal_column(str(stretch.wanted)))
    return limited.offset(bindparam("skipped")) if stretch.skipping else limited


def _order(
    key: ColumnElement[Any], row_id: ColumnElement[int], descending: bool, valued: bool | None
) -> list[ColumnElement[Any]]:
    columns = [row_id] if valued is False else [key, row_id]
    return [column.desc() if descending else column.asc() for column in columns]
