"""Stock: what each item is, what is available of it where, what that comes to per SKU, and which SKUs block orders.

Every row is the newest report by the shop's time, so that any order of arrival ends alike; `stock` is always the sum of its
levels. A SKU blocks that is short, or has orders held for it (contract §1, Rules).
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from typing import Any, NamedTuple

from sqlalchemy import CTE, Column, Connection, Row, and_, case, exists, func, literal_column, select, text, union_all

from orders_sync.db.bulk import K, batches, insert_if_missing, insert_or_replace
from orders_sync.db.tables import inventory_items, inventory_levels, orders, owed_skus, stock
from orders_sync.db.tabs import SHOP
from orders_sync.db.texts import clean, key
from orders_sync.db.tx import Tx
from orders_sync.evidence.changes import InventoryItemSeen, InventoryLevelSeen, StockExpected
from orders_sync.instants import Ms
from orders_sync.rules.stock_coverage import StockLevel
from orders_wire.vocabulary import Issue

_BLOCKING = (Issue.PAYMENT.value, Issue.ADDRESS.value)


def put_items(tx: Tx, seen: Sequence[InventoryItemSeen]) -> set[str]:
    """Keeps the newest of what items are; returns the SKUs whose sum may differ now."""
    newest = {change.item_id: change for change in sorted(seen, key=_item_order)}
    known = {row.item_id: row for row in _locked(tx, inventory_items.c.item_id, newest)}
    rows, touched = [], set()
    for item_id, change in sorted(newest.items()):
        old = known.get(item_id)
        if old is not None and (old.at, old.seen, old.sku or "", old.title or "") >= _item_order(change):
            continue
        row = _item_row(tx, change)
        rows.append(row)
        touched |= {sku for sku in (row["sku"], old.sku if old is not None else None) if sku}
    if rows:
        tx.conn.execute(insert_or_replace(tx.conn, inventory_items), rows)
    return touched


def put_levels(tx: Tx, seen: Sequence[InventoryLevelSeen]) -> set[str]:
    """Keeps the newest of what is available where; returns the SKUs whose sum may differ now."""
    newest = {(change.item_id, change.location_id): change for change in sorted(seen, key=_level_order)}
    known = {
        (row.item_id, row.location_id): (row.at, row.seen, row.available is not None, row.available or 0)
        for row in _locked(tx, inventory_levels.c.item_id, {item_id for item_id, _ in newest})
    }
    news = [
        change for place, change in sorted(newest.items()) if place not in known or known[place] < _level_order(change)
    ]
    if news:
        tx.conn.execute(insert_or_replace(tx.conn, inventory_levels), [_level_row(tx, change) for change in news])
    return _skus_of(tx, {change.item_id for change in news})


def put_expected(tx: Tx, seen: Sequence[StockExpected]) -> bool:
    """Keeps the newest of what the ERP expects; True when that is news."""
    newest = {key(change.sku): change for change in sorted(seen, key=lambda c: (c.stamp, c.eta or 0))}
    known = _held(tx, newest)
    rows = [
        {"shop_id": tx.shop_id, "sku": sku, "eta": change.eta, "eta_at": change.stamp.at, "eta_seen": change.stamp.seen}
        for sku, change in sorted(newest.items())
        if (known[sku].eta_at or 0, known[sku].eta_seen or 0, known[sku].eta or 0)
        < (change.stamp.at, change.stamp.seen, change.eta or 0)
    ]
    if rows:
        tx.conn.execute(insert_or_replace(tx.conn, stock, ["eta", "eta_at", "eta_seen"]), rows)
    return bool(rows)


def recount(tx: Tx, skus: Collection[str]) -> dict[str, tuple[StockLevel, StockLevel]]:
    """Sums up SKUs again; returns those that differ, as they were and as they are."""
    if not skus:
        return {}
    before = _held(tx, skus)
    sums = _sums(tx, skus)
    changed: dict[str, tuple[StockLevel, StockLevel]] = {}
    rows = []
    for sku in sorted(skus):
        old = before[sku]
        level, title = sums.get(sku, (StockLevel(None, None), None))
        was = _level(old.available, old.updated_at)
        if (was, old.title) != (level, title):
            values = {"available": level.available, "updated_at": level.updated_at, "title": title}
            rows.append({"shop_id": tx.shop_id, "sku": sku, **values})
            changed[sku] = (was, level)
    if rows:
        tx.conn.execute(insert_or_replace(tx.conn, stock, ["available", "updated_at", "title"]), rows)
    return changed


def levels(conn: Connection, shop_id: int, skus: Iterable[str]) -> dict[str, StockLevel]:
    """What is known of these SKUs; those of which nothing is are missing. Keys are spelled as they were asked."""
    asked, s = {key(sku): sku for sku in skus}, stock.c
    found: dict[str, StockLevel] = {}
    for batch in batches(asked):
        query = select(s.sku, s.available, s.updated_at).where(s.shop_id == shop_id, s.sku.in_(batch))
        found |= {asked[row.sku]: _level(row.available, row.updated_at) for row in conn.execute(query)}
    return found


def owing(tx: Tx, skus: Collection[str], *, held: bool = False) -> list[int]:
    """The orders that owe one of these SKUs; `held`: only those held for it."""
    found: set[int] = set()
    for batch in batches(skus):
        query = select(owed_skus.c.order_id).where(owed_skus.c.shop_id == tx.shop_id, owed_skus.c.sku.in_(batch))
        found |= set(tx.conn.scalars(query.where(owed_skus.c.held) if held else query))
    return sorted(found)


def last_served(conn: Connection, shop_id: int, sku: str, most: int) -> list[int]:
    """The open orders that owe a SKU, those that are served last first, at most so many: contract §3a, Covered.

    Orders that nothing else blocks are served first, by `ship_by` and id.
    """
    o, owed = orders.c, owed_skus.c
    both = owed_skus.join(orders, (o.shop_id == owed.shop_id) & (o.id == owed.order_id))
    blocked = o.held_at.is_not(None) | func.coalesce(o.static_issue, "").in_(_BLOCKING)
    query = select(o.id).select_from(both).where(owed.shop_id == shop_id, owed.sku == key(sku))
    last_first = query.order_by(case((blocked, 0), else_=1), o.ship_by.desc().nulls_first(), o.id.desc())
    return list(conn.scalars(last_first.limit(most)))


def _sums(tx: Tx, skus: Collection[str]) -> dict[str, tuple[StockLevel, str | None]]:
    """What the levels of each SKU's items come to, and its title."""
    i, n = inventory_items.c, inventory_levels.c
    known = and_(n.shop_id == i.shop_id, n.item_id == i.item_id, n.available.is_not(None))
    both = inventory_items.outerjoin(inventory_levels, known)
    found: dict[str, tuple[StockLevel, str | None]] = {}
    for batch in batches(skus):
        query = select(i.sku, func.sum(n.available), func.max(n.at), func.min(i.title)).select_from(both)
        mine = query.where(i.shop_id == tx.shop_id, i.sku.in_(batch)).group_by(i.sku)
        for sku, available, at, title in tx.conn.execute(mine):
            found[sku] = (_level(available, at), title)
    return found


def _level(available: Any, at: int | None) -> StockLevel:
    """`available` may be a Decimal: PostgreSQL's sums are."""
    return StockLevel(None if available is None else int(available), None if at is None else Ms(at))


def _held(tx: Tx, skus: Collection[str]) -> dict[str, Row[Any]]:
    """The rows of these SKUs, locked; those that are missing are made."""
    tx.conn.execute(insert_if_missing(tx.conn, stock), [{"shop_id": tx.shop_id, "sku": sku} for sku in sorted(skus)])
    return {row.sku: row for row in _locked(tx, stock.c.sku, skus)}


def _locked(tx: Tx, column: Column[K], wanted: Iterable[K]) -> Iterator[Row[Any]]:
    """The rows of the column's table in which it is one of these, locked in its order."""
    table = column.table
    for batch in batches(wanted):
        query = select(table).where(table.c.shop_id == tx.shop_id, column.in_(batch)).order_by(column)
        yield from tx.conn.execute(query.with_for_update())


def _item_row(tx: Tx, change: InventoryItemSeen) -> dict[str, Any]:
    sku, title = (key(change.sku) if change.sku else None), (clean(change.title) if change.title else None)
    stamp = {"at": change.stamp.at, "seen": change.stamp.seen}
    return {"shop_id": tx.shop_id, "item_id": change.item_id, "sku": sku, "title": title, **stamp}


def _level_row(tx: Tx, change: InventoryLevelSeen) -> dict[str, Any]:
    stamp = {"at": change.stamp.at, "seen": change.stamp.seen}
    place = {"item_id": change.item_id, "location_id": change.location_id}
    return {"shop_id": tx.shop_id, **place, "available": change.available, **stamp}


def _skus_of(tx: Tx, item_ids: Collection[int]) -> set[str]:
    i = inventory_items.c
    found: set[str] = set()
    for batch in batches(item_ids):
        query = select(i.sku).where(i.shop_id == tx.shop_id, i.item_id.in_(batch), i.sku.is_not(None))
        found |= set(tx.conn.scalars(query))
    return found


def _item_order(change: InventoryItemSeen) -> tuple[int, int, str, str]:
    return (change.stamp.at, change.stamp.seen, change.sku or "", change.title or "")


def _level_order(change: InventoryLevelSeen) -> tuple[int, int, bool, int]:
    return (change.stamp.at, change.stamp.seen, change.available is not None, change.available or 0)


_SHORT = text("available < 0")
_HELD = text("held")


LIST = 10
"""Entries of the panel of inventory blocks."""


class Block(NamedTuple):
    """`title` None when nobody named it; `on_hand` None when unknown."""

    sku: str
    title: str | None
    orders_waiting: int
    on_hand: int | None
    eta: int | None


def _blocked() -> CTE:
    """The SKUs that are blocked."""
    short = select(stock.c.sku).where(stock.c.shop_id == SHOP, _SHORT)
    counted = exists().where(stock.c.shop_id == SHOP, stock.c.sku == owed_skus.c.sku, _SHORT)
    held = select(owed_skus.c.sku).where(owed_skus.c.shop_id == SHOP, _HELD, ~counted).distinct()
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
