"""Tells the other processes of a fleet that events were numbered: `NOTIFY`, after the commit, on a connection of its own.

A hint only (the table is the truth): it may come late or not at all, and several are told as one.
"""

from __future__ import annotations

import asyncio
import logging

from sqlalchemy import URL, Engine, text
from sqlalchemy.exc import DBAPIError

from orders_sync.db import connections, on_disk

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
                on_disk.ensure(conn)
                payload = f"{self._shop_id}:{newest}"
                told = {"shop_id": self._shop_id, "newest": newest, "channel": CHANNEL, "payload": payload}
                conn.execute(_TELL, told)
                conn.commit()
        except DBAPIError as error:
            _log.info("notification not sent: %s", error.orig)
