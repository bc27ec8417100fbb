"""Events that were numbered, between the processes of a fleet: `NOTIFY` after the commit, `LISTEN`, each on its own connection.

PostgreSQL only. A hint only: it may come late or not at all, and several are sent as one. What is sent is read from the table,
and what is not sent is found by polling it. One connection listens for whatever is sent between processes.
"""

from __future__ import annotations

import asyncio
import logging
import random
from collections.abc import Callable, Mapping, Sequence

import psycopg
from sqlalchemy import URL, Engine, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from tenacity import AsyncRetrying, RetryCallState, retry_if_exception_type

from orders_sync import backoff
from orders_sync.db import connections, durability
from orders_sync.db.failures import Unavailable
from orders_sync.db.numbering import Numbering
from orders_sync.db.statement import PostgresStatement

CHANNEL = "orders_sync"
"""The payload is `<shop_id>:<newest number>`."""

FIRST_PAUSE_S = 0.1
LONGEST_PAUSE_S = 5.0

_KEEPALIVE = {"keepalives_idle": "15", "keepalives_interval": "5", "keepalives_count": "3", "connect_timeout": "5"}

_NOTIFY = PostgresStatement("""
    WITH moved AS (UPDATE desk SET durable_n = $2 WHERE shop_id = $1 AND durable_n < $2 RETURNING shop_id)
    SELECT set_config('synchronous_commit', 'off', true), pg_notify($3, shop_id || ':' || $2) FROM moved
""")
"""One statement, since `desk` is locked by it and every numbering waits for that. Nothing is sent that another process of the
fleet has sent already."""

_POST = text("""
    SELECT set_config('synchronous_commit', 'off', true), pg_notify(:channel, each)
    FROM unnest(CAST(:payloads AS text[])) AS each
""")
"""No row, no event, no version of the desk. The disk is not waited for: whoever posts says it again after a crash."""

_log = logging.getLogger(__name__)


async def listen(url: URL, channels: Mapping[str, Callable[[str], None]], begun: Callable[[], None]) -> None:
    """Calls what hears each channel with every payload, for ever; connects again whenever the database went away.

    `begun`: called whenever it listens anew: what was sent before was not heard.
    """
    retrying = AsyncRetrying(retry=retry_if_exception_type(psycopg.Error), wait=_pause, before_sleep=_lost)
    while True:
        await retrying(_listen_once, url, channels, begun)


async def _listen_once(url: URL, channels: Mapping[str, Callable[[str], None]], begun: Callable[[], None]) -> None:
    dsn = url.set(drivername="postgresql").update_query_dict(_KEEPALIVE).render_as_string(hide_password=False)
    async with await psycopg.AsyncConnection.connect(dsn, autocommit=True) as conn:
        await conn.execute("; ".join(f"LISTEN {channel}" for channel in channels))
        begun()
        async for notification in conn.notifies():
            channels[notification.channel](notification.payload)


def newest_number(payload: str, shop_id: int) -> int | None:
    """The number that was sent for this shop; None where it was for another one, or is none."""
    shop, _, newest = payload.partition(":")
    return int(newest) if shop == str(shop_id) and newest.isdecimal() else None


def _pause(state: RetryCallState) -> float:
    return random.uniform(0, backoff.ceiling(state.attempt_number, FIRST_PAUSE_S, LONGEST_PAUSE_S))


def _lost(state: RetryCallState) -> None:
    error = state.outcome.exception() if state.outcome is not None else None
    _log.info("not listening to the database: %s", type(error).__name__)


class Notifier:
    """`send` never waits; what is sent while a notification is under way becomes the next one.

    `durable` is called on the loop with what is on the disk by then, before the others are told of it. A crash of the database
    ends every session, so only what was numbered while this one stood is sure to be there: of the rest just the number is said.
    """

    def __init__(self, url: URL, shop_id: int, durable: Callable[[Sequence[Numbering]], None]) -> None:
        self._engine: Engine = connections.writer(url).execution_options(isolation_level="AUTOCOMMIT")
        self._shop_id = shop_id
        self._durable = durable
        self._waiting: list[tuple[object, Numbering]] = []
        self._session: object = None
        """The driver's connection that was used last."""
        self._sending: asyncio.Task[None] | None = None
        self._posting: set[asyncio.Task[None]] = set()

    def send(self, numbering: Numbering) -> None:
        self._waiting.append((self._session, numbering))
        if self._sending is None:
            self._sending = asyncio.get_running_loop().create_task(self._run(), name="db-notify")

    async def post(self, channel: str, payloads: Sequence[str]) -> None:
        """Sends these texts on another channel, in this order. Raises Unavailable."""
        posting = asyncio.create_task(asyncio.to_thread(self._post, channel, payloads), name="db-post")
        self._posting.add(posting)
        try:
            await asyncio.shield(posting)
        except (DBAPIError, PoolTimeout) as error:
            raise Unavailable("the other processes cannot be told") from error
        finally:
            if posting.done():
                self._posting.discard(posting)

    async def close(self) -> None:
        """Once what is being sent is sent, also where nobody waits for it any more."""
        await asyncio.gather(*self._posting, return_exceptions=True)
        while self._sending is not None:
            await self._sending
        self._engine.dispose()

    async def _run(self) -> None:
        try:
            while self._waiting:
                sending, self._waiting = self._waiting, []
                self._session = await asyncio.to_thread(self._notify, sending, asyncio.get_running_loop())
        finally:
            self._sending = None

    def _post(self, channel: str, payloads: Sequence[str]) -> None:
        with self._engine.connect() as conn:
            conn.execute(_POST, {"channel": channel, "payloads": list(payloads)})

    def _notify(self, sending: Sequence[tuple[object, Numbering]], loop: asyncio.AbstractEventLoop) -> object:
        """Numbers are on the disk before anybody knows of them, so that whoever then reads them does not wait for it.

        This process knows first: it hears its own notification as well. Returns the session; None when there is none.
        """
        newest = sending[-1][1].newest
        try:
            with self._engine.connect() as conn:
                session = conn.connection.driver_connection
                durability.ensure(conn)
                sure = [each if known is session else Numbering(newest, newest) for known, each in sending]
                loop.call_soon_threadsafe(self._durable, sure)
                _NOTIFY.run(conn, self._shop_id, newest, CHANNEL)
                return session
        except (DBAPIError, PoolTimeout) as error:
            _log.info("notification not sent: %s", getattr(error, "orig", error))
            return None
