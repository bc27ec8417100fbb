"""What is asked of an order's marks, as SQL: a condition on an order, or the rows of the orders that meet it.

`issue` has the rule of the tab `delayed` added (`rules.issue.with_delay`): a late order whose issue is none or `manual_check`
is one of `carrier`. Late orders are few, whatever the history.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from functools import cache
from typing import Any

from sqlalchemy import ColumnElement, Connection, FromClause, Select, bindparam, exists, func, select, union_all

from orders_sync.db import counters, marks
from orders_sync.db.selection import ANY, Dimension, Wanted
from orders_sync.db.statement import Statement
from orders_sync.db.tables import Key, order_marks, orders, parcels
from orders_sync.db.tabs import IS_LATE, SHOP, late_orders
from orders_wire.vocabulary import Issue


class Lateness(Enum):
    """Which late orders a word of `issue` is about, too."""

    ANY = "those without an issue have one"
    CARRIER = "those without an issue, or with a manual check, have this"
    MANUAL_CHECK = "those lose it"

    @property
    def taken(self) -> bool:
        return self is Lateness.MANUAL_CHECK


_LATENESS: Mapping[str, Lateness] = {
    ANY: Lateness.ANY,
    Issue.CARRIER: Lateness.CARRIER,
    Issue.MANUAL_CHECK: Lateness.MANUAL_CHECK,
}


@dataclass(frozen=True, slots=True)
class Asked:
    """What of `Wanted` decides its SQL."""

    dimension: Dimension
    excluded: bool = False
    lateness: Lateness | None = None

    @property
    def lists(self) -> bool:
        """True when there are rows of the orders that meet it (`rows`): all but those that only lack a mark."""
        return not self.excluded or self.dimension in marks.EXCLUSIVE

    @property
    def ordered(self) -> bool:
        """True when those rows are one range of the marks, in the order in which the orders were placed."""
        return not self.excluded and (self.lateness is None or self.lateness.taken)


def asked(dimension: Dimension, wanted: Wanted) -> Asked:
    """The shape of what is asked of this mark."""
    lateness = _LATENESS.get(wanted.value) if dimension is Dimension.ISSUE else None
    return Asked(dimension, wanted.excluded, lateness)


def parameters(wanted: Mapping[Dimension, Wanted]) -> dict[str, Any]:
    """What the conditions are bound to."""
    return {_parameter(dimension): marks.name(dimension, each.value) for dimension, each in wanted.items()}


def holds(one: Asked, order_id: ColumnElement[int]) -> ColumnElement[bool]:
    """The condition, of the order with this id. Without an OR where it is excluded, for which PostgreSQL would read all marks."""
    bears = _bears(order_id, one.dimension)
    if one.lateness is None:
        return ~bears if one.excluded else bears
    if one.lateness.taken:
        of = order_marks.alias("of_issue")
        bears = _bears(order_id, one.dimension, ~_late(of.c.order_id, one.lateness), of=of)
        return ~bears if one.excluded else bears
    late = _late(order_id, one.lateness)
    return ~bears & ~late if one.excluded else bears | late


@cache
def rows(one: Asked) -> FromClause:
    """The orders that meet it: `order_id` and `placed_at`, each once."""
    m = order_marks.alias("driving")
    query = select(m.c.order_id, m.c.placed_at).where(m.c.shop_id == SHOP)
    if one.excluded:
        start, end = marks.limits(one.dimension)
        return query.where(m.c.mark >= start, m.c.mark < end, m.c.mark != _mark(one.dimension)).subquery("marked")
    found = query.where(m.c.mark == _mark(one.dimension))
    if one.lateness is None:
        return found.subquery("marked")
    if one.lateness.taken:
        return found.where(~_late(m.c.order_id, one.lateness)).subquery("marked")
    return union_all(found, _late_rows(one.lateness, orders.c.id, orders.c.placed_at)).subquery("marked")


def count(conn: Connection, shop_id: int, dimension: Dimension, wanted: Wanted, values: Mapping[str, Any]) -> int:
    """How many orders have it, by the counters; nothing is excluded."""
    found = counters.of_mark(conn, shop_id, marks.name(dimension, wanted.value))
    lateness = asked(dimension, wanted).lateness
    if lateness is None:
        return found
    late: int = _late_count(lateness).value(conn, {**values, **parameters({dimension: wanted})})
    return found - late if lateness.taken else found + late


@cache
def _late_count(lateness: Lateness) -> Statement:
    return Statement(_late_rows(lateness, func.count()))


def _late_rows(lateness: Lateness, *columns: ColumnElement[Any]) -> Select[Any]:
    late = late_orders()
    joined = late.join(orders, (orders.c.shop_id == SHOP) & (orders.c.id == late.c.order_id))
    bears = _bears(orders.c.id, Dimension.ISSUE)
    rules = {Lateness.ANY: ~bears, Lateness.CARRIER: _weak(orders.c.static_issue), Lateness.MANUAL_CHECK: bears}
    query = select(*columns).select_from(joined).where(rules[lateness])
    return query.with_hint(orders, "INDEXED BY sqlite_autoindex_orders_1", "sqlite")


def _bears(
    order_id: ColumnElement[int], dimension: Dimension, *also: ColumnElement[bool], of: FromClause | None = None
) -> ColumnElement[bool]:
    m = (order_marks.alias(f"of_{dimension.value}") if of is None else of).c
    return exists().where(m.shop_id == SHOP, m.order_id == order_id, m.mark == _mark(dimension), *also)


def _late(order_id: ColumnElement[int], lateness: Lateness) -> ColumnElement[bool]:
    """It is late; for `CARRIER`: and has no issue that is stronger."""
    found = exists().where(*IS_LATE, parcels.c.order_id == order_id)
    if lateness is not Lateness.CARRIER:
        return found
    o = orders.alias("of_late").c
    return found.where(o.shop_id == SHOP, o.id == parcels.c.order_id, _weak(o.static_issue))


def _weak(static: ColumnElement[str | None]) -> ColumnElement[bool]:
    """The issue without the rule of `delayed` gives way to it."""
    return static.is_(None) | (static == Issue.MANUAL_CHECK.value)


def _mark(dimension: Dimension) -> ColumnElement[str]:
    return bindparam(_parameter(dimension), type_=Key)


def _parameter(dimension: Dimension) -> str:
    return f"mark_{dimension.value}"
