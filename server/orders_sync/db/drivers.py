"""By what the rows of a selection are found, and how many there are: the cheapest way, by what the counters say of each.

A backlog is read row by row, whatever is asked of it. Of the whole history, rows are found by what few have, and what most have
is asked of each row on the way along the tab's own order. Counting never walks along what is excluded: rows without a mark
are all, less those with it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import Connection

from orders_sync.db import counters, mark_conditions, marks, ready
from orders_sync.db.counters import Counted
from orders_sync.db.mark_conditions import asked
from orders_sync.db.scope import VALUE, Driver, Shape, shape_of
from orders_sync.db.selection import UNFILTERED, Amounts, Between, Dimension, Filters, Selection, Wanted
from orders_sync.instants import Ms
from orders_wire.vocabulary import Ready, Tab

ROW = 4
"""Reading along an order costs so many entries of a driving range for each row: its other columns are asked for, too."""

SURE = 1_000
"""What the index of another filter (an owner, a tag) is taken to lead past: how many rows it holds is not counted."""


@dataclass(frozen=True, slots=True)
class Way:
    """A way to the rows: past how many it leads, about, and whether it has them in the wanted order."""

    driver: Driver
    rows: float
    ordered: bool


def day_counters(selection: Selection) -> Counted | None:
    """The counters that count exactly this selection, in its order; None when only its rows can."""
    shape, filters = shape_of(selection), selection.filters
    if selection.tab is Tab.ALL and shape.order.column == "placed_at" and filters.only_placed:
        return Counted.PLACED
    if selection.tab is Tab.REFUNDED and shape.order.column == "refunded_at" and filters == UNFILTERED:
        return Counted.REFUNDED
    return None


def without_exclusion(selection: Selection) -> tuple[Selection, Selection] | None:
    """Two selections of whose rows this one's are the difference: all, and those that have what is excluded here."""
    if shape_of(selection).backlog:
        return None
    wanted = selection.filters.ready
    if wanted is not None and wanted.excluded:
        every, having = (replace(selection.filters, ready=each) for each in (None, Wanted(wanted.value)))
        return replace(selection, filters=every), replace(selection, filters=having)
    for dimension, wanted in selection.filters.marks.items():
        if wanted.excluded:
            every = selection.filters.with_mark(dimension, None)
            having = selection.filters.with_mark(dimension, Wanted(wanted.value))
            return replace(selection, filters=every), replace(selection, filters=having)
    return None


class Drivers:
    """Ways through one selection, in one snapshot at one moment. `values`: of its parameters."""

    def __init__(self, conn: Connection, shop_id: int, selection: Selection, values: Mapping[str, Any]) -> None:
        self._conn = conn
        self._shop_id = shop_id
        self._selection = selection
        self._values = values

    def counted(self) -> int | None:
        """How many rows there are, where counters say it: without a filter, or by one mark or the value alone."""
        days = day_counters(self._selection)
        if days is not None:
            return counters.count(self._conn, self._shop_id, days, self._selection.filters.placed).n
        filters = self._selection.filters
        wanted, owing = filters.ready, self._selection.tab in (Tab.ALL, Tab.UNFULFILLED)
        if owing and wanted is not None and not wanted.excluded and filters == Filters(ready=wanted):
            return ready.count(self._conn, self._shop_id, Ready(wanted.value))
        if self._selection.tab is not Tab.ALL:
            return None
        for dimension, wanted in filters.marks.items():
            if not wanted.excluded and filters.with_mark(dimension, None) == UNFILTERED:
                return self._bearing(dimension, wanted)
        if filters == UNFILTERED:
            return self._history()
        if filters.value is not None and filters == Filters(value=filters.value) and self._all_marked():
            return self._worth(filters.value)
        return None

    def for_counting(self) -> Shape:
        """The shape in which all rows are counted at the least cost."""
        shape = shape_of(self._selection)
        ways = [*self._ways(shape)]
        if not ways:
            return shape
        best = min(ways, key=lambda way: way.rows)
        return replace(shape, driver=best.driver) if best.rows < self._along(shape) else shape

    def for_reading(self, wanted: int, total: int) -> Shape:
        """The shape in which the first `wanted` of `total` rows are read at the least cost."""
        shape = shape_of(self._selection)
        ways = [*self._ways(shape)]
        if not ways or not total:
            return shape
        share = min(1.0, wanted / total)
        best = min(ways, key=lambda way: way.rows * (share if way.ordered else 1))
        cost = best.rows * (share if best.ordered else 1)
        return replace(shape, driver=best.driver) if cost < ROW * self._along(shape) * share else shape

    def _along(self, shape: Shape) -> int:
        """How many rows lie along the tab's order, or the index of another filter: at most so many."""
        if shape.free or shape.filtered:
            return SURE
        if self._selection.tab is Tab.REFUNDED:
            return counters.count(self._conn, self._shop_id, Counted.REFUNDED).n
        if shape.start or shape.end:
            return counters.count(self._conn, self._shop_id, Counted.PLACED, self._selection.filters.placed).n
        return self._history()

    def _ways(self, shape: Shape) -> Iterator[Way]:
        if shape.backlog:
            return
        filters = self._selection.filters
        for dimension, wanted in filters.marks.items():
            one = asked(dimension, wanted)
            if one.lists:
                rows = self._others(dimension, wanted) if wanted.excluded else self._bearing(dimension, wanted)
                if rows is not None:
                    within = self._share() if one.ordered else 1.0
                    yield Way(one, rows * within, one.ordered and shape.order.column == "placed_at")
        if filters.value is not None:
            yield Way(VALUE, self._worth(filters.value), shape.order.column == "value_usd_minor")

    def _share(self) -> float:
        """Which part of history lies within the wanted days."""
        placed = self._selection.filters.placed
        if not placed.bounded:
            return 1.0
        return counters.count(self._conn, self._shop_id, Counted.PLACED, placed).n / max(1, self._history())

    def _bearing(self, dimension: Dimension, wanted: Wanted) -> int:
        return mark_conditions.count(self._conn, self._shop_id, dimension, wanted, self._values)

    def _others(self, dimension: Dimension, wanted: Wanted) -> int | None:
        """Orders with another mark of the dimension; None while some were not derived with marks yet."""
        if not self._all_marked():
            return None
        return self._history() - self._bearing(dimension, Wanted(wanted.value))

    def _all_marked(self) -> bool:
        """False while some orders were not derived with marks yet: every order has one country, or an empty one."""
        marked = counters.of_marks(self._conn, self._shop_id, *marks.limits(Dimension.COUNTRY))
        return marked == self._history()

    def _history(self) -> int:
        return counters.count(self._conn, self._shop_id, Counted.PLACED).n

    def _worth(self, value: Amounts) -> int:
        end = None if value.most is None else Ms(value.most + 1)
        start = None if value.least is None else Ms(value.least)
        return counters.count(self._conn, self._shop_id, Counted.VALUE, Between(start, end)).n
