"""When the poller ticks: at once when something is due, every POLL_INTERVAL_S after that, with a gap on the desk when it is late.

Every process of a fleet runs this; the lease lets one of them tick. What is due is stored, so a restart waits its turn.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

import structlog

from orders_sync.db import leases
from orders_sync.db.tx import Tx
from orders_sync.external.shopify.errors import ShopifyError
from orders_sync.instants import MINUTE, SECOND, Clock
from orders_sync.poller import gaps, progress
from orders_sync.poller.poller import Poller
from orders_sync.poller.progress import PollerState

log = structlog.get_logger(__name__)

Sleep = Callable[[float], Awaitable[None]]

LOOK_S = 5.0
"""How often each process looks whether something is due, or known in part."""

_LEAST_GRACE_MS = 30 * SECOND
_MOST_GRACE_MS = 5 * MINUTE
_REPAIRS = "repairs"


class Schedule:
    """The two loops of polling: `tick`, and `watch` beside it, which reports lateness and repairs what is known in part."""

    def __init__(
        self, poller: Poller, clock: Clock, *, owner: str, interval_s: float, sleep: Sleep = asyncio.sleep
    ) -> None:
        self._poller = poller
        self._clock = clock
        self._owner = owner
        self._pause_s = min(LOOK_S, interval_s)
        self._grace_ms = max(_LEAST_GRACE_MS, min(_MOST_GRACE_MS, round(interval_s * SECOND / 2)))
        self._sleep = sleep

    async def tick(self) -> None:
        """Ticks whenever one is due, for ever."""
        while True:
            known = await self._state()
            if self._due(known):
                await self._poller.tick()
            await self._sleep(self._pause_s)

    async def watch(self) -> None:
        """Looks after what must not wait for a tick, for ever."""
        while True:
            await self.look()
            await self._sleep(LOOK_S)

    async def look(self) -> None:
        """Once: reports a tick that is overdue, and reads what is known in part."""
        known = await self._state()
        if self._late(known):
            await self._poller.database.write(gaps.late)
        if known.complete and await self._poller.database.write(self._may_repair):
            try:
                await self._poller.repairs.run()
            except ShopifyError as error:
                log.info("repairs wait for the next tick", error=str(error))

    async def _state(self) -> PollerState:
        database = self._poller.database
        return await database.read(lambda conn: progress.load(conn, database.shop_id))

    def _due(self, known: PollerState) -> bool:
        """A back-fill that is not done goes on at once, but after a failure it waits its turn."""
        if known.due_at is None or (not known.complete and known.error is None):
            return True
        return self._clock() >= known.due_at

    def _late(self, known: PollerState) -> bool:
        """Overdue by more than the grace, counted from this process's start at the earliest; a back-fill takes its time."""
        if known.due_at is None or not known.complete:
            return False
        return self._clock() > max(known.due_at, self._poller.up_since) + self._grace_ms

    def _may_repair(self, tx: Tx) -> bool:
        """One process of the fleet repairs at a time."""
        return leases.take(tx, _REPAIRS, self._owner, round(3 * LOOK_S * SECOND)) is not None
