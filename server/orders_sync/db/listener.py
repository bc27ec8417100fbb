"""Hears at once of events that other processes numbered: `LISTEN`, on a connection of its own (PostgreSQL).

A hint only: what is told here is read from the table, and what is not told is found by polling it.
"""

from __future__ import annotations

import logging
from collections.abc import Callable

import psycopg
from sqlalchemy import URL
from tenacity import AsyncRetrying, RetryCallState, retry_if_exception_type, wait_random_exponential

from orders_sync.db.notify import CHANNEL

LONGEST_PAUSE_S = 5.0

_KEEPALIVE = {"keepalives_idle": "15", "keepalives_interval": "5", "keepalives_count": "3", "connect_timeout": "5"}

_log = logging.getLogger(__name__)


async def listen(url: URL, shop_id: int, heard: Callable[[int], None]) -> None:
    """Calls `heard` with each newest number told for this shop, for ever; connects again whenever the database went away."""
    pause = wait_random_exponential(multiplier=0.1, max=LONGEST_PAUSE_S)
    retrying = AsyncRetrying(retry=retry_if_exception_type(psycopg.Error), wait=pause, before_sleep=_lost)
    while True:
        await retrying(_listen_once, url, shop_id, heard)


async def _listen_once(url: URL, shop_id: int, heard: Callable[[int], None]) -> None:
    dsn = url.set(drivername="postgresql").update_query_dict(_KEEPALIVE).render_as_string(hide_password=False)
    async with await psycopg.AsyncConnection.connect(dsn, autocommit=True) as conn:
        await conn.execute(f"LISTEN {CHANNEL}")
        async for notification in conn.notifies():
            shop, _, newest = notification.payload.partition(":")
            if shop == str(shop_id) and newest.isdecimal():
                heard(int(newest))


def _lost(state: RetryCallState) -> None:
    error = state.outcome.exception() if state.outcome is not None else None
    _log.info("not listening to the database: %s", type(error).__name__)
