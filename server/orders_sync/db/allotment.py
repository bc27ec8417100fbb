"""The allotment of what is there of each SKU to the orders that owe it: contract §3a, Covered.

What open orders take stands in `owed_units`, in the order in which it is allotted: its key. Of a SKU of which n units are short
`short_units` has who goes without: the last n units along that key, backwards. Nothing of another order's row depends on it: a
read adds it (`desk.rows`), so nobody who stores an order has to wait for another order's lock.

Invariant: after a commit `short_units` is what the orders' units and the stock's level come to. Whoever changes either moves the
SKU's counter first, which he holds to the commit, and reads both after that (`group_commit`): so changes of one SKU follow each
other, in whatever order processes began them. Where nothing is short that costs one look at the levels.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import BigInteger, Connection, bindparam, delete, select, union

from orders_sync.db.among import among
from orders_sync.db.bulk import insert_or_replace
from orders_sync.db.counters import Count
from orders_sync.db.statement import Statement
from orders_sync.db.tables import SHORT, Key, owed_units, short_units, stock
from orders_sync.db.tabs import SHOP
from orders_sync.db.tx import Tx
from orders_sync.rules.allotment import Short, Taken, short

OWED, WAITS = "owed:", "waits:"
"""Before a SKU: the kinds that count the orders that owe it, and those of them that are held for it."""

_s, _u = short_units.c, owed_units.c


def counter(sku: str) -> tuple[str, int]:
    """Where it is counted how many orders owe a SKU, and how many units."""
    return f"{OWED}{sku}", 0


def moved(tx: Tx, rows: Iterable[Sequence[Any]], sign: int = 1) -> None:
    """Rows of `owed_units` (SKU, order id, units, whether it waits) came, or with `sign` -1 went."""
    units: dict[tuple[str, int], int] = {}
    waiting: set[tuple[str, int]] = set()
    for sku, order_id, count, waits in rows:
        units[sku, order_id] = units.get((sku, order_id), 0) + count
        if waits:
            waiting.add((sku, order_id))
    for (sku, _), count in units.items():
        tx.allot(sku)
        tx.count({counter(sku): Count(sign, sign * count)})
    for sku, _ in waiting:
        tx.count({(f"{WAITS}{sku}", 0): Count(sign)})


def held_by(skus: Iterable[str]) -> dict[tuple[str, int], Count]:
    """The counters of these SKUs, unmoved: who writes them has the SKUs to himself until the commit."""
    return {counter(sku): Count(0) for sku in skus}


def allot(tx: Tx, skus: Mapping[str, bool]) -> None:
    """Allots these SKUs anew, whose counters are held, and touches the orders of which others are short than before.

    The value says whether the level changed: of another SKU that is not short now, none was short before.
    """
    if not skus:
        return
    missing: dict[str, int] = dict(_SHORT_LEVELS.rows(tx.conn, {"shop_id": tx.shop_id, "ids": sorted(skus)}))
    concerned = [sku for sku, level in skus.items() if level or sku in missing]
    if not concerned:
        return
    before = stored(tx.conn, tx.shop_id, concerned)
    after = {
        (sku, order_id): found
        for sku in missing
        for order_id, found in last(tx.conn, tx.shop_id, sku, missing[sku]).items()
    }
    gone = sorted(before.keys() - after.keys())
    news = sorted(place for place, found in after.items() if before.get(place) != found)
    _DROP.run_many(tx.conn, [{"of_shop": tx.shop_id, "of_sku": sku, "of_order": order_id} for sku, order_id in gone])
    _PUT.run_many(tx.conn, [_row(tx.shop_id, *place, after[place]) for place in news])
    for _, order_id in (*gone, *news):
        tx.touch(order_id)


def allot_all(tx: Tx) -> None:
    """Every SKU that is short, or of which somebody goes without: a release before this one moves levels and allots nothing."""
    for sku in _CONCERNED.rows(tx.conn, {"shop_id": tx.shop_id}):
        tx.allot(*sku, level=True)


def last(conn: Connection, shop_id: int, sku: str, units: int) -> dict[int, Short]:
    """The orders that go without where so many units of a SKU are short."""
    rows = _BACKWARDS.rows(conn, {"shop_id": shop_id, "sku": sku, "units": units})
    return short(-units, (Taken(*row) for row in rows))


def stored(conn: Connection, shop_id: int, skus: Iterable[str]) -> dict[tuple[str, int], Short]:
    """Who goes without of these SKUs, as it is kept."""
    rows = _STORED.rows(conn, {"shop_id": shop_id, "ids": sorted(skus)})
    return {(sku, order_id): Short(missing, lost, bool(first)) for sku, order_id, missing, lost, first in rows}


def missing(conn: Connection, shop_id: int, order_ids: Sequence[int]) -> dict[int, dict[str, int]]:
    """How many units these orders go without, by SKU."""
    found: dict[int, dict[str, int]] = {}
    for order_id, sku, units in _MISSING.rows(conn, {"shop_id": shop_id, "ids": sorted(order_ids)}):
        found.setdefault(order_id, {})[sku] = units
    return found


def _row(shop_id: int, sku: str, order_id: int, found: Short) -> dict[str, Any]:
    counts = {"missing": found.missing, "lost": found.lost, "first": found.first}
    return {"shop_id": shop_id, "sku": sku, "order_id": order_id, **counts}


_BACKWARDS = Statement(
    select(_u.order_id, _u.turn, _u.units, _u.stuck)
    .where(_u.shop_id == SHOP, _u.sku == bindparam("sku", type_=Key))
    .order_by(_u.turn.desc(), _u.due.desc(), _u.order_id.desc())
    .limit(bindparam("units", type_=BigInteger))
)
"""As many rows as units are enough: each takes one at least."""

_SHORT_LEVELS = Statement(
    lambda conn: select(stock.c.sku, -stock.c.available).where(stock.c.shop_id == SHOP, among(conn, stock.c.sku), SHORT)
)
_concerned = union(
    select(stock.c.sku).where(stock.c.shop_id == SHOP, SHORT), select(_s.sku).where(_s.shop_id == SHOP)
).subquery()
_CONCERNED = Statement(select(_concerned.c.sku))
_STORED = Statement(
    lambda conn: select(_s.sku, _s.order_id, _s.missing, _s.lost, _s.first).where(
        _s.shop_id == SHOP, among(conn, _s.sku)
    )
)
_MISSING = Statement(
    lambda conn: select(_s.order_id, _s.sku, _s.missing).where(_s.shop_id == SHOP, among(conn, _s.order_id))
)
_PUT = Statement(lambda conn: insert_or_replace(conn, short_units))
_OF = (_s.shop_id == bindparam("of_shop"), _s.sku == bindparam("of_sku"), _s.order_id == bindparam("of_order"))
_DROP = Statement(delete(short_units).where(*_OF))
