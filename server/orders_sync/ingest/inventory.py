"""Stock that came in: kept by the shop's time, summed per SKU, and the orders that owe such a SKU settled again."""

from __future__ import annotations

from collections.abc import Sequence

from orders_sync.db import stock
from orders_sync.db.tx import Tx
from orders_sync.ingest.changes import InventoryItemSeen, InventoryLevelSeen, StockChange, StockExpected


def take(tx: Tx, changes: Sequence[StockChange]) -> set[int]:
    """Keeps what is new of it; returns the orders whose issue or holds that may change (contract §1, §3 inventory)."""
    if not changes:
        return set()
    touched = stock.put_items(tx, [change for change in changes if isinstance(change, InventoryItemSeen)])
    touched |= stock.put_levels(tx, [change for change in changes if isinstance(change, InventoryLevelSeen)])
    expected = [change for change in changes if isinstance(change, StockExpected)]
    news = bool(expected) and stock.put_expected(tx, expected)
    moved = stock.recount(tx, touched)
    if news or moved:
        tx.ping()
    flipped = [sku for sku, (before, after) in moved.items() if before.short is not after.short]
    there = [sku for sku, (_, after) in moved.items() if after.available is not None and not after.short]
    concerned = {*stock.owing(tx, flipped), *stock.owing(tx, there, held=True)}
    for order_id in concerned:
        tx.touch(order_id)
    return concerned
