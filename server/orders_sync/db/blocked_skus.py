"""Which SKUs block orders, most waited for first: a panel of the page. A SKU blocks that is short, or has orders held for it.

Parts of one statement (`panels`), over the counters and the stock.
"""

from __future__ import annotations

from typing import NamedTuple

from sqlalchemy import CTE, ColumnElement, func, literal_column, select, union

from orders_sync.db.allotment import OWED, WAITS
from orders_sync.db.tables import SHORT, day_counters, owed_skus, stock
from orders_sync.db.tabs import SHOP

LIST = 10
"""Entries of the panel of inventory blocks."""


class Block(NamedTuple):
    """`title` None when nobody named it; `on_hand` None when unknown."""

    sku: str
    title: str | None
    orders_waiting: int
    on_hand: int | None
    eta: int | None


_d = day_counters.c


def _of_skus(kind: str) -> tuple[ColumnElement[bool], ...]:
    """The counters of this kind, which ends in a colon, of every SKU."""
    end = kind.removesuffix(":") + ";"
    return (_d.shop_id == SHOP, _d.kind >= literal_column(f"'{kind}'"), _d.kind < literal_column(f"'{end}'"))


def _blocked() -> CTE:
    """The SKUs that are blocked: those that are short, and those of which orders are held."""
    short = select(stock.c.sku).where(stock.c.shop_id == SHOP, SHORT)
    held = select(func.substr(_d.kind, len(WAITS) + 1)).where(*_of_skus(WAITS), _d.n > 0)
    return union(short, held).cte("blocked")


_b = _blocked()
_owed = literal_column(f"'{OWED}'").concat(_b.c.sku)
_waiting = (
    select(func.coalesce(func.sum(_d.n), 0)).where(_d.shop_id == SHOP, _d.kind == _owed).correlate(_b).scalar_subquery()
)
BLOCKED = select(func.count()).select_from(_b)
"""How many SKUs are blocked."""

_first = (
    select(_b.c.sku, _waiting.label("waiting")).order_by(_waiting.desc(), _b.c.sku).limit(literal_column(str(LIST)))
).subquery("first_blocked")
_title = (
    select(owed_skus.c.title)
    .where(owed_skus.c.shop_id == SHOP, owed_skus.c.sku == _first.c.sku)
    .order_by(owed_skus.c.order_id)
    .limit(literal_column("1"))
    .correlate(_first)
    .scalar_subquery()
)
MOST_WAITED_FOR = (
    select(_first.c.sku, func.coalesce(stock.c.title, _title), _first.c.waiting, stock.c.available, stock.c.eta)
    .select_from(_first.outerjoin(stock, (stock.c.shop_id == SHOP) & (stock.c.sku == _first.c.sku)))
    .order_by(_first.c.waiting.desc(), _first.c.sku)
)
"""The `LIST` blocked SKUs that most orders wait for, as `Block`s; equal ones by SKU. Named by the stock, else by the first of
these orders."""
