"""The broadcaster: hands what is new to the hub, whoever committed it, as it stands in the events table.

What this process committed is told from memory while nothing of another's lies between. The table is the truth: it is read for
all else, and at least twice a second; a notification of another process only wakes it.
"""

from __future__ import annotations

import asyncio
import time

import structlog

from orders_sync.db import events, numbering
from orders_sync.db.engine import Database
from orders_sync.db.failures import DatabaseError
from orders_sync.db.location import is_sqlite
from orders_sync.db.numbering import Numbering
from orders_sync.db.tx import Tx
from orders_sync.live.hub import Hub
from orders_sync.live.outage import Outage
from orders_sync.live.own_events import AT_ONCE, OwnEvents
from orders_sync.live.readiness import Readiness
from orders_sync.loops import supervised

POLL_S = 0.5
"""Half of the second within which other processes' changes have to appear (contract §1, `desk`)."""

HEARTBEAT_S = 15.0
"""Contract §2."""

log = structlog.get_logger(__name__)


class Broadcaster:
    """`run` is its whole life; `close` ends every stream."""

    def __init__(self, database: Database, hub: Hub, owner: str = "broadcaster") -> None:
        self._database = database
        self._hub = hub
        self.readiness = Readiness(database)
        self._outage = Outage(database, hub, owner)
        self._own = OwnEvents()
        self._heard = hub.position
        self._read_next = 0.0
        self._woken = asyncio.Event()
        self._left_over = False
        self._failing = False
        database.on_numbered(self._take)

    def hear(self, payload: str) -> None:
        """Another process of the fleet sent a number; it may be another shop's."""
        from orders_sync.db.notify import newest_number

        self._wake(newest_number(payload, self._database.shop_id) or 0)

    async def run(self) -> None:
        """Publishes and beats until it is cancelled."""
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(self._tail(), name="live-tail")
            tasks.create_task(self._beat(), name="live-heartbeat")
            tasks.create_task(supervised("readiness", self.readiness.run), name="live-readiness")

    async def catch_up(self) -> None:
        """Publishes all that is numbered and was not published: from the table what is not at hand."""
        shop_id, more = self._database.shop_id, True
        now = time.monotonic()
        while more:
            batch = await self._database.read(lambda conn: events.after(conn, shop_id, self._hub.position, AT_ONCE))
            self._database.advance(batch.position)
            await self._hub.publish(batch.events, batch.position)
            more = batch.more
        self._read_next = now + POLL_S

    async def tell_own(self) -> None:
        """Publishes what this process committed, as far as it follows, until the table is to be read."""
        while not self._is_due and (batch := self._own.take(self._hub.position)) is not None:
            await self._hub.publish(batch.events, batch.position)

    @property
    def _is_due(self) -> bool:
        """True when the table is to be read, whatever was heard."""
        return time.monotonic() >= self._read_next

    async def _tail(self) -> None:
        while True:
            self._woken.clear()
            try:
                await self.tell_own()
                if self._is_due or self._hub.position < self._heard:
                    await self.catch_up()
                    self.readiness.require()
                    await self._outage.recovered()
                if not await self._is_woken():
                    await self._number_left_over()
            except Exception as error:  # noqa: BLE001  # the task's outermost frame: the next round tries again
                self._report(error)
                await self._lost()
                await asyncio.sleep(POLL_S)
            else:
                self._report(None)

    async def _is_woken(self) -> bool:
        """Waits for news, at most until the next poll is due."""
        try:
            async with asyncio.timeout(self._read_next - time.monotonic()):
                return await self._woken.wait()
        except TimeoutError:
            return False

    async def _number_left_over(self) -> None:
        """A process may die between its commit and its numbering: what is unnumbered for a whole poll is numbered here."""
        if is_sqlite(self._database.url):
            return
        shop_id = self._database.shop_id
        left_over = await self._database.read(lambda conn: numbering.has_unnumbered(conn, shop_id))
        if left_over and self._left_over:
            await self._database.write(_nothing)
        self._left_over = left_over

    async def _lost(self) -> None:
        """Others may commit meanwhile: what this process holds is no longer valid."""
        self._database.invalidate()
        await self._outage.failed()

    def _report(self, error: Exception | None) -> None:
        """Logs when reading begins to fail and when it works again, not each try."""
        if (error is not None) == self._failing:
            return
        self._failing = error is not None
        if error is None:
            log.info("events are read again")
        else:
            unexpected = None if isinstance(error, DatabaseError) else error
            log.warning("events cannot be read", reason=str(error) or type(error).__name__, exc_info=unexpected)

    async def _beat(self) -> None:
        while True:
            await asyncio.sleep(HEARTBEAT_S)
            await self._hub.beat()

    def _take(self, numbered: Numbering) -> None:
        self._own.add(numbered)
        self._wake(numbered.newest)

    def _wake(self, newest: int) -> None:
        self._heard = max(self._heard, newest)
        if newest > self._hub.position:
            self._woken.set()


def _nothing(_tx: Tx) -> None:
    """A job without a change: the engine numbers what it finds after any commit."""
