"""Derives every order again when what it was derived with has changed: the thresholds (contract §6), or the edition of the rules.

Runs beside everything else, batch by batch; a process that ends in the middle begins again at its next start. While a fleet is
restarted, a process of the release before still writes rows by its own rules: those are found by what their cards lack, and
derived again as well, by whoever starts after it and by whoever ran beside it.
"""

from __future__ import annotations

import asyncio
import hashlib
import logging
from collections.abc import Callable
from functools import partial
from uuid import uuid4

from orders_sync.db import allotment, due, leases, order_documents, orders, recount, shops
from orders_sync.db.counters import Tally
from orders_sync.db.engine import Database
from orders_sync.db.tx import Reading, Tx
from orders_sync.instants import HOUR, MINUTE
from orders_sync.rules.derive import EDITION
from orders_sync.rules.row_json import NEWEST_FIELD
from orders_sync.rules.thresholds import Thresholds
from orders_sync.settle.order import resettle

BATCH = 100

OVERLAP_MS = 24 * HOUR
"""So long after all was derived there may have been a process of the release before."""

AGAIN_S = 600.0
"""By then whoever ran beside this process at its start is gone."""

_log = logging.getLogger(__name__)


def fingerprint(thresholds: Thresholds) -> str:
    """The same for equal thresholds, in every process of one edition of the rules."""
    spelled = (
        EDITION,
        thresholds.tracking_pending,
        thresholds.delayed,
        thresholds.breach,
        thresholds.ship_within,
        thresholds.quiet,
        sorted(thresholds.ship_days),
        sorted(thresholds.rush_shipping),
        sorted(thresholds.usd_rates.items()),
        thresholds.zone.key,
        thresholds.ready_when.value,
        str(thresholds.cutoff),
        sorted(day.isoformat() for day in thresholds.holidays),
    )
    return hashlib.blake2b(repr(spelled).encode(), digest_size=16).hexdigest()


async def keep_derived(database: Database, thresholds: Thresholds) -> None:
    """`rederive`, and what a process of the release before writes meanwhile."""
    await rederive(database, thresholds)
    for pause_s in (0, AGAIN_S):
        await asyncio.sleep(pause_s)
        _, at = await database.read(lambda conn: shops.thresholds(conn, database.shop_id))
        if database.clock() - at < OVERLAP_MS:
            await rederive_overtaken(database, thresholds)


async def rederive(database: Database, thresholds: Thresholds) -> None:
    """Derives all orders again if thresholds or rules are others than they were, those that owe something first."""
    wanted = fingerprint(thresholds)
    if (await database.read(lambda conn: shops.thresholds(conn, database.shop_id)))[0] == wanted:
        return
    await _derive_all(database, thresholds, due.owing)
    done = await _derive_all(database, thresholds, order_documents.following)
    await database.write(partial(_done, wanted=wanted, any_orders=done > 0))
    _log.info("derived %d orders with other thresholds", done)


async def rederive_overtaken(database: Database, thresholds: Thresholds) -> None:
    """Derives again what a release without this one's newest field has written, or one without its counters has given to
    somebody, and puts right what they left behind."""
    done = await _derive_all(database, thresholds, partial(order_documents.without_field, field=NEWEST_FIELD))
    done += await _derive_all(database, thresholds, due.counted_for_others)
    await _mend(database)
    if done:
        _log.info("derived %d orders that a release before had written", done)


async def _mend(database: Database) -> None:
    """What such a release knows nothing of: units of orders that it deleted, levels that it changed, counters.

    These move by what they differ in from their rows, as one snapshot has both: what is counted meanwhile adds to that. One
    process does it at a time: two would move them twice.
    """
    await database.write(orders.drop_left)
    await database.write(allotment.allot_all)
    if await database.write(lambda tx: leases.take(tx, "counters", str(uuid4()), MINUTE)) is None:
        return
    moved = await database.read(lambda conn: recount.left(conn, database.shop_id))
    if moved:
        await database.write(partial(_move, moved=moved))


def _move(tx: Tx, moved: Tally) -> None:
    tx.count(moved)
    tx.ping()


async def _derive_all(database: Database, thresholds: Thresholds, following: Callable[..., list[int]]) -> int:
    """Derives the orders that `following` names, batch by batch; returns how many."""
    done, last = 0, -1
    while batch := await database.read(partial(_following, following=following, shop_id=database.shop_id, last=last)):
        await database.write(partial(_derive, order_ids=batch, thresholds=thresholds))
        done, last = done + len(batch), batch[-1]
    return done


def _following(conn: Reading, following: Callable[..., list[int]], shop_id: int, last: int) -> list[int]:
    return following(conn, shop_id, last, BATCH)


def _done(tx: Tx, wanted: str, *, any_orders: bool) -> None:
    """What filters find may have changed without any row: clients look again."""
    shops.set_thresholds(tx.conn, tx.shop_id, wanted, tx.now)
    allotment.allot_all(tx)
    if any_orders:
        tx.ping()


def _derive(tx: Tx, order_ids: list[int], thresholds: Thresholds) -> None:
    resettle(tx, order_ids, thresholds)
