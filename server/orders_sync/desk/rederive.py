"""Derives every order again when what it was derived with has changed: the figures (contract §6), or the edition of the rules.

Runs beside everything else, batch by batch; a process that ends in the middle begins again at its next start.
"""

from __future__ import annotations

import hashlib
import logging
from functools import partial

from orders_sync.db import docs, shops
from orders_sync.db.engine import Database
from orders_sync.db.reading import Reading
from orders_sync.db.tx import Tx
from orders_sync.rules.derive import EDITION
from orders_sync.rules.figures import Figures
from orders_sync.settle.order import resettle

BATCH = 100

_log = logging.getLogger(__name__)


def fingerprint(figures: Figures) -> str:
    """The same for equal figures, in every process of one edition of the rules."""
    spelled = (
        EDITION,
        figures.tracking_pending,
        figures.delayed,
        figures.breach,
        figures.ship_within,
        figures.quiet,
        sorted(figures.ship_days),
        sorted(figures.rush_shipping),
        sorted(figures.usd_rates.items()),
        figures.zone.key,
    )
    return hashlib.blake2b(repr(spelled).encode(), digest_size=16).hexdigest()


async def rederive(database: Database, figures: Figures) -> None:
    """Derives all orders again if figures or rules are others than they were."""
    wanted = fingerprint(figures)
    if await database.read(lambda conn: shops.figures(conn, database.shop_id)) == wanted:
        return
    done, last = 0, -1
    while batch := await database.read(partial(_following, shop_id=database.shop_id, last=last)):
        await database.write(partial(_derive, order_ids=batch, figures=figures))
        done, last = done + len(batch), batch[-1]
    await database.write(lambda tx: shops.set_figures(tx.conn, tx.shop_id, wanted))
    _log.info("derived %d orders with other figures", done)


def _following(conn: Reading, shop_id: int, last: int) -> list[int]:
    return docs.following(conn, shop_id, last, BATCH)


def _derive(tx: Tx, order_ids: list[int], figures: Figures) -> None:
    resettle(tx, order_ids, figures)
