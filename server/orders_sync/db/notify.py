"""Hears at once of events that other processes numbered: `LISTEN`, on a connection of its own (PostgreSQL).

A hint only: what is told here is read from the table, and what is not told is found by polling it.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable

import psycopg
from sqlalchemy import URL, Engine, text
from sqlalchemy.exc import DBAPIError
from tenacity import AsyncRetrying, RetryCallState, retry_if_exception_type, wait_random_exponential

from orders_sync.db import connections, durability

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


CHANNEL = "orders_sync"
"""The payload is `<shop_id>:<newest number>`."""

_log = logging.getLogger(__name__)
_TELL = text("""
    WITH moved AS (
        UPDATE desk SET durable_n = :newest WHERE shop_id = :shop_id AND durable_n < :newest RETURNING durable_n
    )
    SELECT set_config('synchronous_commit', 'off', true), pg_notify(:channel, :payload) FROM moved
""")
"""One statement, since `desk` is locked by it and every numbering waits for that. Nothing is told that another process of the
fleet has told already."""


class Notifier:
    """`tell` never waits; what is told while a notification is under way becomes the next one."""

    def __init__(self, url: URL, shop_id: int) -> None:
        self._engine: Engine = connections.writer(url).execution_options(isolation_level="AUTOCOMMIT")
        self._shop_id = shop_id
        self._newest = 0
        self._telling: asyncio.Task[None] | None = None

    def tell(self, newest: int) -> None:
        self._newest = max(self._newest, newest)
        if self._telling is None:
            self._telling = asyncio.get_running_loop().create_task(self._run(), name="db-notify")

    async def close(self) -> None:
        while self._telling is not None:
            await self._telling
        self._engine.dispose()

    async def _run(self) -> None:
        told = 0
        try:
            while told < self._newest:
                told = self._newest
                await asyncio.to_thread(self._notify, told)
        finally:
            self._telling = None

    def _notify(self, newest: int) -> None:
        """Numbers are on the disk before anybody is told, so that whoever then reads them does not wait for it."""
        try:
            with self._engine.connect() as conn:
                durability.ensure(conn)
                payload = f"{self._shop_id}:{newest}"
                told = {"shop_id": self._shop_id, "newest": newest, "channel": CHANNEL, "payload": payload}
                conn.execute(_TELL, told)
                conn.commit()
        except DBAPIError as error:
            _log.info("notification not sent: %s", error.orig)
