"""Inventory blocks: SKUs that are short, or with orders held for them (contract §1, Rules)."""

from __future__ import annotations

from typing import NamedTuple

from sqlalchemy import Subquery, exists, func, literal_column, select, text, union_all

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


def blocks() -> Subquery:
    """The SKUs that are blocked."""
    short = select(stock.c.sku).where(stock.c.shop_id == SHOP, _SHORT)
    told = exists().where(stock.c.shop_id == SHOP, stock.c.sku == owed_skus.c.sku, _SHORT)
    held = select(owed_skus.c.sku).where(owed_skus.c.shop_id == SHOP, _HELD, ~told).distinct()
    held = held.with_hint(owed_skus, "INDEXED BY owed_skus_held", "sqlite")
    return union_all(short, held).subquery("blocks")


_blocked = blocks()
_owed = (owed_skus.c.shop_id == SHOP, owed_skus.c.sku == _blocked.c.sku)
_waiting = select(func.count()).where(*_owed).scalar_subquery().label("waiting")
_owed_title = select(func.max(owed_skus.c.title)).where(*_owed).scalar_subquery()
MOST_WAITED_FOR = (
    select(_blocked.c.sku, func.coalesce(stock.c.title, _owed_title), _waiting, stock.c.available, stock.c.eta)
    .select_from(_blocked.outerjoin(stock, (stock.c.shop_id == SHOP) & (stock.c.sku == _blocked.c.sku)))
    .order_by(text("waiting DESC"), _blocked.c.sku)
    .limit(literal_column(str(LIST)))
)
"""The `LIST` blocked SKUs that most orders wait for, as `Block`s; equal ones by SKU."""
