"""Inventory blocks: SKUs that are short, or with orders held for them (contract §1, Rules)."""

from __future__ import annotations

from typing import NamedTuple

from sqlalchemy import CTE, exists, func, literal_column, select, text, union_all

from orders_sync.db.tables import owed_skus, stock
from orders_sync.db.tabs import SHOP

_SHORT = text("available < 0")
_HELD = text("held")


LIST = 10
"""Entries of the panel."""


class Block(NamedTuple):
    """`title` null when nobody told; `on_hand` null when unknown."""

    sku: str
    title: str | None
    orders_waiting: int
    on_hand: int | None
    eta: int | None


def _blocked() -> CTE:
    """The SKUs that are blocked."""
    short = select(stock.c.sku).where(stock.c.shop_id == SHOP, _SHORT)
    told = exists().where(stock.c.shop_id == SHOP, stock.c.sku == owed_skus.c.sku, _SHORT)
    held = select(owed_skus.c.sku).where(owed_skus.c.shop_id == SHOP, _HELD, ~told).distinct()
    held = held.with_hint(owed_skus, "INDEXED BY owed_skus_held", "sqlite")
    return union_all(short, held).cte("blocked")


def _waited_for(blocked: CTE) -> CTE:
    """The blocked SKUs, each with the number of orders that wait for it, and its name in them."""
    owed = (owed_skus.c.shop_id == SHOP) & (owed_skus.c.sku == blocked.c.sku)
    waiting, title = func.count(owed_skus.c.order_id).label("waiting"), func.max(owed_skus.c.title).label("title")
    grouped = select(blocked.c.sku, waiting, title).select_from(blocked.outerjoin(owed_skus, owed))
    return grouped.group_by(blocked.c.sku).cte("waited_for")


_w = _waited_for(_blocked())
BLOCKED = select(func.count()).select_from(_w)
"""How many SKUs are blocked."""

MOST_WAITED_FOR = (
    select(_w.c.sku, func.coalesce(stock.c.title, _w.c.title), _w.c.waiting, stock.c.available, stock.c.eta)
    .select_from(_w.outerjoin(stock, (stock.c.shop_id == SHOP) & (stock.c.sku == _w.c.sku)))
    .order_by(_w.c.waiting.desc(), _w.c.sku)
    .limit(literal_column(str(LIST)))
)
"""The `LIST` blocked SKUs that most orders wait for, as `Block`s; equal ones by SKU."""
