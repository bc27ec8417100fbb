"""Derives every order again when what it was derived with has changed: the thresholds (contract §6), or the edition of the rules.

Runs beside everything else, batch by batch; a process that ends in the middle begins again at its next start.
"""

from __future__ import annotations

import hashlib
import logging
from functools import partial

from orders_sync.db import order_documents, shops
from orders_sync.db.engine import Database
from orders_sync.db.tx import Reading, Tx
from orders_sync.rules.derive import EDITION
from orders_sync.rules.thresholds import Thresholds
from orders_sync.settle.order import resettle

BATCH = 100

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
    )
    return hashlib.blake2b(repr(spelled).encode(), digest_size=16).hexdigest()


async def rederive(database: Database, thresholds: Thresholds) -> None:
    """Derives all orders again if thresholds or rules are others than they were."""
    wanted = fingerprint(thresholds)
    if await database.read(lambda conn: shops.thresholds(conn, database.shop_id)) == wanted:
        return
    done, last = 0, -1
    while batch := await database.read(partial(_following, shop_id=database.shop_id, last=last)):
        await database.write(partial(_derive, order_ids=batch, thresholds=thresholds))
        done, last = done + len(batch), batch[-1]
    await database.write(partial(_done, wanted=wanted, any_orders=done > 0))
    _log.info("derived %d orders with other thresholds", done)


def _following(conn: Reading, shop_id: int, last: int) -> list[int]:
    return order_documents.following(conn, shop_id, last, BATCH)


def _done(tx: Tx, wanted: str, *, any_orders: bool) -> None:
    """What filters find may have changed without any row: clients look again."""
    shops.set_thresholds(tx.conn, tx.shop_id, wanted)
    if any_orders:
        tx.ping()


def _derive(tx: Tx, order_ids: list[int], thresholds: Thresholds) -> None:
    resettle(tx, order_ids, thresholds)
