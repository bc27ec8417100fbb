"""Events that were numbered, between the processes of a fleet: `NOTIFY` after the commit, `LISTEN`, each on its own connection.

PostgreSQL only. A hint only: it may come late or not at all, and several are sent as one. What is sent is read from the table,
and what is not sent is found by polling it.
"""

from __future__ import annotations

import asyncio
import logging
import random
from collections.abc import Callable

import psycopg
from sqlalchemy import URL, Engine, text
from sqlalchemy.exc import DBAPIError
from tenacity import AsyncRetrying, RetryCallState, retry_if_exception_type

from orders_sync import backoff
from orders_sync.db import connections, durability

CHANNEL = "orders_sync"
"""The payload is `<shop_id>:<newest number>`."""

FIRST_PAUSE_S = 0.1
LONGEST_PAUSE_S = 5.0

_KEEPALIVE = {"keepalives_idle": "15", "keepalives_interval": "5", "keepalives_count": "3", "connect_timeout": "5"}

_NOTIFY = text("""
    WITH moved AS (
        UPDATE desk SET durable_n = :newest WHERE shop_id = :shop_id AND durable_n < :newest RETURNING durable_n
    )
    SELECT set_config('synchronous_commit', 'off', true), pg_notify(:channel, :payload) FROM moved
""")
"""One statement, since `desk` is locked by it and every numbering waits for that. Nothing is sent that another process of the
fleet has sent already."""

_log = logging.getLogger(__name__)


async def listen(url: URL, shop_id: int, received: Callable[[int], None]) -> None:
    """Calls `received` with each newest number sent for this shop, for ever; connects again whenever the database went away."""
    retrying = AsyncRetrying(retry=retry_if_exception_type(psycopg.Error), wait=_pause, before_sleep=_lost)
    while True:
        await retrying(_listen_once, url, shop_id, received)


async def _listen_once(url: URL, shop_id: int, received: Callable[[int], None]) -> None:
    dsn = url.set(drivername="postgresql").update_query_dict(_KEEPALIVE).render_as_string(hide_password=False)
    async with await psycopg.AsyncConnection.connect(dsn, autocommit=True) as conn:
        await conn.execute(f"LISTEN {CHANNEL}")
        async for notification in conn.notifies():
            shop, _, newest = notification.payload.partition(":")
            if shop == str(shop_id) and newest.isdecimal():
                received(int(newest))


def _pause(state: RetryCallState) -> float:
    return random.uniform(0, backoff.ceiling(state.attempt_number, FIRST_PAUSE_S, LONGEST_PAUSE_S))


def _lost(state: RetryCallState) -> None:
    error = state.outcome.exception() if state.outcome is not None else None
    _log.info("not listening to the database: %s", type(error).__name__)


class Notifier:
    """`send` never waits; what is sent while a notification is under way becomes the next one."""

    def __init__(self, url: URL, shop_id: int) -> None:
        self._engine: Engine = connections.writer(url).execution_options(isolation_level="AUTOCOMMIT")
        self._shop_id = shop_id
        self._newest = 0
        self._sending: asyncio.Task[None] | None = None

    def send(self, newest: int) -> None:
        self._newest = max(self._newest, newest)
        if self._sending is None:
            self._sending = asyncio.get_running_loop().create_task(self._run(), name="db-notify")

    async def close(self) -> None:
        while self._sending is not None:
            await self._sending
        self._engine.dispose()

    async def _run(self) -> None:
        sent = 0
        try:
            while sent < self._newest:
                sent = self._newest
                await asyncio.to_thread(self._notify, sent)
        finally:
            self._sending = None

    def _notify(self, newest: int) -> None:
        """Numbers are on the disk before anybody knows of them, so that whoever then reads them does not wait for it."""
        payload = f"{self._shop_id}:{newest}"
        values = {"shop_id": self._shop_id, "newest": newest, "channel": CHANNEL, "payload": payload}
        try:
            with self._engine.connect() as conn:
                durability.ensure(conn)
                conn.execute(_NOTIFY, values)
                conn.commit()
        except DBAPIError as error:
            _log.info("notification not sent: %s", error.orig)
