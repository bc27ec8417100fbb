"""Inventory blocks: SKUs that are short, or with orders held for them (contract §1, Rules)."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Connection, Subquery, func, literal_column, select, text, union

from orders_sync.db.statement import Statement
from orders_sync.db.tables import owed_skus, stock
from orders_sync.db.tabs import SHOP
from orders_sync.instants import Ms

_SHORT = text("available < 0")
_HELD = text("held")


LIST = 10
"""Entries of the panel."""


@dataclass(frozen=True, slots=True)
class Block:
    """`title` null when nobody told; `on_hand` null when unknown."""

    sku: str
    title: str | None
    orders_waiting: int
    on_hand: int | None
    eta: Ms | None


def blocks() -> Subquery:
    """The SKUs that are blocked."""
    short = select(stock.c.sku).where(stock.c.shop_id == SHOP, _SHORT)
    held = select(owed_skus.c.sku).where(owed_skus.c.shop_id == SHOP, _HELD)
    return union(short, held).subquery("blocks")


def most_waited_for(conn: Connection, shop_id: int) -> list[Block]:
    """The `LIST` blocked SKUs that most orders wait for; equal ones by SKU."""
    return [Block(*row) for row in _MOST_WAITED_FOR.rows(conn, {"shop_id": shop_id})]


_blocked = blocks()
_waiting = func.count(owed_skus.c.order_id).label("waiting")
_MOST_WAITED_FOR = Statement(
    select(
        _blocked.c.sku,
        func.coalesce(func.max(stock.c.title), func.max(owed_skus.c.title)),
        _waiting,
        func.max(stock.c.available),
        func.max(stock.c.eta),
    )
    .select_from(
        _blocked.outerjoin(owed_skus, (owed_skus.c.shop_id == SHOP) & (owed_skus.c.sku == _blocked.c.sku)).outerjoin(
            stock, (stock.c.shop_id == SHOP) & (stock.c.sku == _blocked.c.sku)
        )
    )
    .group_by(_blocked.c.sku)
    .order_by(_waiting.desc(), _blocked.c.sku)
    .limit(literal_column(str(LIST)))
)
