"""A turn at polling: the right of one process, by lease, to move the poller's progress.

Invariant: rows and progress that a turn writes are written together, and only while the lease is still its own; what an
overtaken process still tries to write is rolled back whole. No lock is held while the shop is asked.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import TypeVar

from orders_sync.db import leases
from orders_sync.db.engine import Database
from orders_sync.db.tx import Tx
from orders_sync.instants import SECOND
from orders_sync.poller import progress
from orders_sync.poller.progress import PollerState

T = TypeVar("T")

LEASE_MS = 30 * SECOND
"""How long another process waits for one that died; a living one renews it in time."""


class LostTurn(Exception):
    """Another process polls meanwhile; nothing of the write was kept."""


class Turn:
    """The poller's lease, taken; `state` is where the poller has got to."""

    def __init__(self, database: Database, owner: str, fence: int, known: PollerState) -> None:
        self.state = known
        self._database = database
        self._owner = owner
        self._fence = fence

    @classmethod
    async def take(cls, database: Database, owner: str) -> Turn | None:
        """The turn, unless another process has it."""

        def taking(tx: Tx) -> tuple[int, PollerState] | None:
            fence = leases.take(tx, progress.NAME, owner, LEASE_MS)
            return None if fence is None else (fence, progress.load(tx.conn, tx.shop_id))

        taken = await database.write(taking)
        return None if taken is None else cls(database, owner, *taken)

    async def write(self, after: PollerState, job: Callable[[Tx], T]) -> T:
        """Runs `job` and moves the progress to `after`, in one transaction. Raises LostTurn."""

        def guarded(tx: Tx) -> T:
            if leases.take(tx, progress.NAME, self._owner, LEASE_MS) != self._fence:
                raise LostTurn
            result = job(tx)
            progress.store(tx, self._fence, after)
            return result

        result = await self._database.write(guarded)
        self.state = after
        return result

    async def keep(self, sleep: Callable[[float], Awaitable[None]]) -> None:
        """Renews the lease for ever: beside a turn, so that waiting for the shop does not lose it."""
        while True:
            await sleep(LEASE_MS / SECOND / 3)
            await self._database.write(lambda tx: leases.take(tx, progress.NAME, self._owner, LEASE_MS))

    async def give_up(self) -> None:
        """Lets another process take the next turn at once."""
        await self._database.write(lambda tx: leases.release(tx, progress.NAME, self._fence))
