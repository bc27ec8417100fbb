"""`ready` as SQL: an order's own, which its row has, and what it goes without of stock (`short_units`) taken off.

`rules.readiness.with_stock` says the same of one order. Orders that owe something are the open ones, and those that go without
are few of them: both are ranges of an index.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, and_, func, literal_column, or_, select

from orders_sync.db.counters import KEPT, of_mark
from orders_sync.db.json_lists import listed
from orders_sync.db.selection import Wanted
from orders_sync.db.statement import Statement
from orders_sync.db.tables import SHORT_FIRST, day_counters, orders, short_units
from orders_sync.db.tabs import SHOP
from orders_wire.vocabulary import Ready

_o, _s = orders.c, short_units.c


def _without(*columns: ColumnElement[Any]) -> Select[Any]:
    """Of what an order goes without. SQLite, left alone, takes the primary key, along which it reads every other order's."""
    of_order = select(*columns).where(_s.shop_id == SHOP, _s.order_id == _o.id).correlate(orders)
    return of_order.with_hint(short_units, "INDEXED BY short_units_by_order", "sqlite")


_SHORT = _without(_s.order_id).exists()
_LOST = _without(func.coalesce(func.sum(_s.lost), 0)).scalar_subquery()

SHORT = listed(_without(_s.sku, _s.lost).order_by(_s.sku))
"""What an order goes without, as the text of a list of its SKUs, each with the units that could have been sent."""


def _own(word: Ready) -> ColumnElement[bool]:
    """The order's own `ready`; the word stands in the text, for the partial index."""
    return _o.ready == literal_column(f"'{word.value}'")


_IS = {
    Ready.YES: and_(_own(Ready.YES), ~_SHORT),
    Ready.PART: and_(_o.ready.is_not(None), _o.sendable > _LOST, or_(_own(Ready.PART), _SHORT)),
    Ready.NO: and_(_o.ready.is_not(None), _o.sendable <= _LOST),
}


def holds(wanted: Wanted) -> ColumnElement[bool]:
    """The condition on a row of `orders`."""
    condition = _IS[Ready(wanted.value)]
    return or_(_o.ready.is_(None), ~condition) if wanted.excluded else condition


def count(conn: Connection, shop_id: int, word: Ready) -> int:
    """How many orders are so: by the counters, and the orders that go without."""
    values = {"shop_id": shop_id}
    if word is Ready.YES:
        return int(_YES.value(conn, values))
    own = {each: of_mark(conn, shop_id, KEPT.format(each.value)) for each in Ready}
    none = own[Ready.NO] + int(_EMPTIED.value(conn, values))
    return none if word is Ready.NO else sum(own.values()) - none - count(conn, shop_id, Ready.YES)


_kept = select(func.coalesce(func.sum(day_counters.c.n), 0)).where(
    day_counters.c.shop_id == SHOP, day_counters.c.kind == literal_column(f"'{KEPT.format(Ready.YES.value)}'")
)
_first = (
    select(func.count(_s.order_id.distinct()))
    .where(_s.shop_id == SHOP, SHORT_FIRST)
    .with_hint(short_units, "INDEXED BY short_units_first", "sqlite")
)
COUNT_YES = _kept.scalar_subquery() - _first.scalar_subquery()
"""How many orders can be sent whole now."""

_YES = Statement(select(COUNT_YES))
_lost = select(_s.order_id, func.sum(_s.lost).label("lost")).where(_s.shop_id == SHOP).group_by(_s.order_id).subquery()
_EMPTIED = Statement(
    select(func.count())
    .select_from(_lost.join(orders, and_(_o.shop_id == SHOP, _o.id == _lost.c.order_id)))
    .where(_o.sendable > 0, _o.sendable <= _lost.c.lost)
    .with_hint(orders, "INDEXED BY sqlite_autoindex_orders_1", "sqlite")
)
"""Orders that go without everything that they could send."""
