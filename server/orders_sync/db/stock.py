"""Stock: what each item is, what is available of it where, and what that comes to per SKU.

Every row is the newest report by the shop's time, so that any order of arrival ends alike; `stock` is always the sum of its
levels.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from typing import Any

from sqlalchemy import Column, Connection, Select, and_, func, select

from orders_sync.db.among import among
from orders_sync.db.bulk import insert_if_missing, insert_or_replace
from orders_sync.db.compiled import Values
from orders_sync.db.statement import Statement
from orders_sync.db.tables import inventory_items, inventory_levels, owed_skus, stock
from orders_sync.db.tabs import SHOP
from orders_sync.db.texts import clean, key
from orders_sync.db.tx import Tx
from orders_sync.evidence.changes import InventoryItemSeen, InventoryLevelSeen, StockExpected
from orders_sync.instants import Ms
from orders_sync.rules.stock_level import StockLevel


def put_items(tx: Tx, seen: Sequence[InventoryItemSeen]) -> set[str]:
    """Keeps the newest of what items are; returns the SKUs whose sum may differ now."""
    newest = {change.item_id: change for change in sorted(seen, key=_item_order)}
    known = {row["item_id"]: row for row in _locked(tx, inventory_items.c.item_id, newest)}
    rows, touched = [], set()
    for item_id, change in sorted(newest.items()):
        old = known.get(item_id)
        if old is not None and (old["at"], old["seen"], old["sku"] or "", old["title"] or "") >= _item_order(change):
            continue
        row = _item_row(tx, change)
        rows.append(row)
        touched |= {sku for sku in (row["sku"], old["sku"] if old is not None else None) if sku}
    _PUT_ITEMS.run_many(tx.conn, rows)
    return touched


def put_levels(tx: Tx, seen: Sequence[InventoryLevelSeen]) -> set[str]:
    """Keeps the newest of what is available where; returns the SKUs whose sum may differ now."""
    newest = {(change.item_id, change.location_id): change for change in sorted(seen, key=_level_order)}
    known = {
        (row["item_id"], row["location_id"]): (
            row["at"],
            row["seen"],
            row["available"] is not None,
            row["available"] or 0,
        )
        for row in _locked(tx, inventory_levels.c.item_id, {item_id for item_id, _ in newest})
    }
    news = [
        change for place, change in sorted(newest.items()) if place not in known or known[place] < _level_order(change)
    ]
    _PUT_LEVELS.run_many(tx.conn, [_level_row(tx, change) for change in news])
    return _skus_of(tx, {change.item_id for change in news})


def put_expected(tx: Tx, seen: Sequence[StockExpected]) -> bool:
    """Keeps the newest of what the ERP expects; True when that is news."""
    newest = {key(change.sku): change for change in sorted(seen, key=lambda c: (c.stamp, c.eta or 0))}
    known = _held(tx, newest)
    rows = [
        {"shop_id": tx.shop_id, "sku": sku, "eta": change.eta, "eta_at": change.stamp.at, "eta_seen": change.stamp.seen}
        for sku, change in sorted(newest.items())
        if tuple(known[sku][name] or 0 for name in ("eta_at", "eta_seen", "eta"))
        < (change.stamp.at, change.stamp.seen, change.eta or 0)
    ]
    _PUT_EXPECTED.run_many(tx.conn, rows)
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
        was = _level(old["available"], old["updated_at"])
        if (was, old["title"]) != (level, title):
            values = {"available": level.available, "updated_at": level.updated_at, "title": title}
            rows.append({"shop_id": tx.shop_id, "sku": sku, **values})
            changed[sku] = (was, level)
    _PUT_SUMS.run_many(tx.conn, rows)
    return changed


def levels(conn: Connection, shop_id: int, skus: Iterable[str]) -> dict[str, StockLevel]:
    """What is known of these SKUs; those of which nothing is are missing. Keys are spelled as they were asked."""
    asked = {key(sku): sku for sku in skus}
    if not asked:
        return {}
    rows = _LEVELS.rows(conn, {"shop_id": shop_id, "ids": sorted(asked)})
    return {asked[sku]: _level(available, updated_at) for sku, available, updated_at in rows}


def owing(tx: Tx, skus: Collection[str], *, held: bool = False) -> list[int]:
    """The orders that owe one of these SKUs; `held`: only those held for it."""
    if not skus:
        return []
    rows = _OWING[held].rows(tx.conn, {"shop_id": tx.shop_id, "ids": sorted(skus)})
    return sorted({order_id for (order_id,) in rows})


def _sums(tx: Tx, skus: Collection[str]) -> dict[str, tuple[StockLevel, str | None]]:
    """What the levels of each SKU's items come to, and its title."""
    rows = _SUMS.rows(tx.conn, {"shop_id": tx.shop_id, "ids": sorted(skus)})
    return {sku: (_level(available, at), title) for sku, available, at, title in rows}


def _level(available: Any, at: int | None) -> StockLevel:
    """`available` may be a Decimal: PostgreSQL's sums are."""
    return StockLevel(None if available is None else int(available), None if at is None else Ms(at))


def _held(tx: Tx, skus: Collection[str]) -> dict[str, Values]:
    """The rows of these SKUs, locked; those that are missing are made."""
    _MAKE.run_many(tx.conn, [{"shop_id": tx.shop_id, "sku": sku} for sku in sorted(skus)])
    return {row["sku"]: row for row in _locked(tx, stock.c.sku, skus)}


def _locked(tx: Tx, column: Column[Any], wanted: Iterable[int | str]) -> list[Values]:
    """The rows of the column's table in which it is one of these, locked in its order."""
    ids = sorted(set(wanted))
    rows = _LOCK[column].rows(tx.conn, {"shop_id": tx.shop_id, "ids": ids}) if ids else ()
    return [dict(zip(column.table.c.keys(), row, strict=True)) for row in rows]


def _item_row(tx: Tx, change: InventoryItemSeen) -> dict[str, Any]:
    sku, title = (key(change.sku) if change.sku else None), (clean(change.title) if change.title else None)
    stamp = {"at": change.stamp.at, "seen": change.stamp.seen}
    return {"shop_id": tx.shop_id, "item_id": change.item_id, "sku": sku, "title": title, **stamp}


def _level_row(tx: Tx, change: InventoryLevelSeen) -> dict[str, Any]:
    stamp = {"at": change.stamp.at, "seen": change.stamp.seen}
    place = {"item_id": change.item_id, "location_id": change.location_id}
    return {"shop_id": tx.shop_id, **place, "available": change.available, **stamp}


def _skus_of(tx: Tx, item_ids: Collection[int]) -> set[str]:
    rows = _SKUS_OF.rows(tx.conn, {"shop_id": tx.shop_id, "ids": sorted(item_ids)}) if item_ids else ()
    return {sku for (sku,) in rows}


def _item_order(change: InventoryItemSeen) -> tuple[int, int, str, str]:
    return (change.stamp.at, change.stamp.seen, change.sku or "", change.title or "")


def _level_order(change: InventoryLevelSeen) -> tuple[int, int, bool, int]:
    return (change.stamp.at, change.stamp.seen, change.available is not None, change.available or 0)


def _locking(column: Column[Any]) -> Statement:
    def query(conn: Connection) -> Select[Any]:
        mine = select(column.table).where(column.table.c.shop_id == SHOP, among(conn, column))
        return mine.order_by(column).with_for_update()

    return Statement(query)


_i, _n, _s, _o = inventory_items.c, inventory_levels.c, stock.c, owed_skus.c
_LOCK = {column: _locking(column) for column in (_i.item_id, _n.item_id, _s.sku)}
_PUT_ITEMS = Statement(lambda conn: insert_or_replace(conn, inventory_items))
_PUT_LEVELS = Statement(lambda conn: insert_or_replace(conn, inventory_levels))
_PUT_EXPECTED = Statement(lambda conn: insert_or_replace(conn, stock, ["eta", "eta_at", "eta_seen"]))
_PUT_SUMS = Statement(lambda conn: insert_or_replace(conn, stock, ["available", "updated_at", "title"]))
_MAKE = Statement(lambda conn: insert_if_missing(conn, stock))
_LEVELS = Statement(
    lambda conn: select(_s.sku, _s.available, _s.updated_at).where(_s.shop_id == SHOP, among(conn, _s.sku))
)
_SKUS_OF = Statement(
    lambda conn: select(_i.sku).where(_i.shop_id == SHOP, among(conn, _i.item_id), _i.sku.is_not(None))
)
_KNOWN_LEVEL = and_(_n.shop_id == _i.shop_id, _n.item_id == _i.item_id, _n.available.is_not(None))
_SUMS = Statement(
    lambda conn: (
        select(_i.sku, func.sum(_n.available), func.max(_n.at), func.min(_i.title))
        .select_from(inventory_items.outerjoin(inventory_levels, _KNOWN_LEVEL))
        .where(_i.shop_id == SHOP, among(conn, _i.sku))
        .group_by(_i.sku)
    )
)


def _owed(conn: Connection) -> Select[int]:
    return select(_o.order_id).where(_o.shop_id == SHOP, among(conn, _o.sku))


_OWING = {False: Statement(_owed), True: Statement(lambda conn: _owed(conn).where(_o.held))}
