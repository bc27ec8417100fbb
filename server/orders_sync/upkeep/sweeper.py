"""The sweeper: turns the passing of time into alerts, within 10 s of it (contract §2), and forgets what is kept long enough.

One process of a fleet sweeps at a time: each batch takes or renews the lease in its own transaction.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from orders_sync.db import leases
from orders_sync.db.due import Due, due, unallotted
from orders_sync.db.engine import Database
from orders_sync.db.tx import Tx
from orders_sync.instants import HOUR, SECOND, Ms
from orders_sync.rules.thresholds import Thresholds
from orders_sync.settle.order import resettle
from orders_sync.upkeep.retention import Retention

Sleep = Callable[[float], Awaitable[None]]

SWEEP_S = 3.0
"""Between two sweeps: with the sweep itself well within the 10 s."""

BATCH = 100
"""Orders derived in one transaction: what bounds the wait of other writes."""

_LEASE_MS = 5 * SECOND
"""How long another process waits for one that died while sweeping: with its own pause still within the 10 s."""

_PRUNE_EVERY_MS = HOUR


@dataclass(frozen=True, slots=True)
class _Swept:
    """How far a batch came; `last` is None when nothing is left, or when another process sweeps."""

    count: int
    last: Due | None


class Sweeper:
    """`owner` is drawn anew by each start of a process."""

    def __init__(
        self,
        database: Database,
        thresholds: Thresholds,
        retention: Retention,
        *,
        owner: str,
        sleep: Sleep = asyncio.sleep,
    ) -> None:
        self._database = database
        self._thresholds = thresholds
        self._retention = retention
        self._owner = owner
        self._sleep = sleep
        self._prune_at = Ms(0)

    async def run(self) -> None:
        """Sweeps, and prunes once an hour, for ever."""
        while True:
            await self.sweep()
            await self.mark()
            await self.prune()
            await self._sleep(SWEEP_S)

    async def sweep(self) -> int:
        """Derives every order whose instant has come; returns how many. None while another process sweeps."""
        now, shop_id = self._database.clock(), self._database.shop_id
        if not await self._database.read(lambda conn: due(conn, shop_id, now, None, 1)):
            return 0
        total, last = 0, None
        while True:
            swept = await self._database.write(lambda tx, after=last: self._batch(tx, after))  # type: ignore[misc]
            total += swept.count
            last = swept.last
            if last is None:
                return total

    async def mark(self) -> int:
        """Derives some orders that a process of an earlier release wrote last (`orders_unallotted`); returns how many."""
        if not await self._database.read(lambda conn: unallotted(conn, self._database.shop_id, 1)):
            return 0
        return await self._database.write(self._mark)

    async def prune(self) -> None:
        """Forgets what is kept long enough, unless it or another process did so within the hour."""
        now = self._database.clock()
        if now < self._prune_at:
            return
        self._prune_at = Ms(now + _PRUNE_EVERY_MS)
        if await self._database.write(self._may_prune):
            await self._retention.prune(self._database)

    def _batch(self, tx: Tx, after: Due | None) -> _Swept:
        if leases.take(tx, "sweeper", self._owner, _LEASE_MS) is None:
            return _Swept(0, None)
        found = due(tx.conn, tx.shop_id, tx.now, after, BATCH)
        resettle(tx, [order.order_id for order in found], self._thresholds)
        return _Swept(len(found), found[-1] if len(found) == BATCH else None)

    def _mark(self, tx: Tx) -> int:
        if leases.take(tx, "sweeper", self._owner, _LEASE_MS) is None:
            return 0
        found = unallotted(tx.conn, tx.shop_id, BATCH)
        resettle(tx, found, self._thresholds)
        tx.ping()
        return len(found)

    def _may_prune(self, tx: Tx) -> bool:
        return leases.take(tx, "retention", f"{self._owner} {tx.now}", _PRUNE_EVERY_MS) is not None
