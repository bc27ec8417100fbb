"""Where the poller has got to, and the lease of the one process that may move it.

Invariant: rows and progress that a tick writes are written together, and only while the lease is still its own; what an
overtaken process still tries to write is rolled back whole. No lock is held while the shop is asked.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Literal, TypeVar

from pydantic import BaseModel, ConfigDict

from orders_sync.db import leases
from orders_sync.db.engine import Database
from orders_sync.db.tx import Reading, Tx
from orders_sync.instants import SECOND, Ms

NAME = "poller"
"""The lease and the progress row."""

READING = 3
"""Counts up with every release that asks the shop for more of an order: what is still to be sent is then read once more."""

LEASE_MS = 30 * SECOND
"""How long another process waits for one that died; a living one renews it in time."""

T = TypeVar("T")


class Backfill(BaseModel):
    """The first reading of everything. Orders newest first, then stock; `cursor` is the next page of the part under way;
    `lost_stock`: some of it failed in the shop, so that all of it is asked for again."""

    model_config = ConfigDict(frozen=True)

    began_at: Ms
    part: Literal["orders", "stock"] = "orders"
    cursor: str | None = None
    location: int | None = None
    done: int = 0
    total: int = 0
    lost_stock: bool = False
    ended_at: Ms | None = None


class PollerState(BaseModel):
    """Instants are by this server's clock, but for `orders_until` and `stock_until`: the shop's, up to which all is read.

    `due_at`: when the next tick should begin; `error`: what ended the last tick, `None` when it went well; `untold_at`: when a
    tick last brought a change that no webhook had reported; `limited`: the shop showed 60 days only; `unsubscribed`: topics that
    no webhook subscription covers, `None` while that is not known. `reading`: the `READING` that orders were read by, and
    `read_anew_to` the order up to which those with something to send were read by the present one.
    """

    model_config = ConfigDict(frozen=True)

    backfill: Backfill | None = None
    orders_until: Ms | None = None
    stock_until: Ms | None = None
    began_at: Ms | None = None
    ended_at: Ms | None = None
    due_at: Ms | None = None
    error: str | None = None
    untold_at: Ms | None = None
    limited: bool = False
    unsubscribed: tuple[str, ...] | None = None
    reading: int = READING
    read_anew_to: int = 0

    @property
    def complete(self) -> bool:
        """True once the back-fill has ended: only then does a tick ask for changes."""
        return self.backfill is not None and self.backfill.ended_at is not None


def load(conn: Reading, shop_id: int) -> PollerState:
    """The stored state; that of a poller which never ran when there is none."""
    body = leases.load(conn, shop_id, NAME)
    state = PollerState() if body is None else PollerState.model_validate_json(body)
    by_earlier_release = body is not None and "reading" not in state.model_fields_set
    return state.model_copy(update={"reading": READING - 1}) if by_earlier_release else state


def store(tx: Tx, fence: int, state: PollerState) -> None:
    """Replaces it; the caller holds the lease in this transaction."""
    leases.store(tx, NAME, fence, state.model_dump_json())


class LeaseLost(Exception):
    """Another process polls meanwhile; nothing of the write was kept."""


class PollLease:
    """The poller's lease, taken; `state` is where the poller has got to."""

    def __init__(self, database: Database, owner: str, fence: int, state: PollerState) -> None:
        self.state = state
        self._database = database
        self._owner = owner
        self._fence = fence

    @classmethod
    async def take(cls, database: Database, owner: str) -> PollLease | None:
        """The lease, unless another process has it."""

        def taking(tx: Tx) -> tuple[int, PollerState] | None:
            fence = leases.take(tx, NAME, owner, LEASE_MS)
            return None if fence is None else (fence, load(tx.conn, tx.shop_id))

        taken = await database.write(taking)
        return None if taken is None else cls(database, owner, *taken)

    async def write(self, after: PollerState, job: Callable[[Tx], T]) -> T:
        """Runs `job` and moves the progress to `after`, in one transaction. Raises LeaseLost."""

        def guarded(tx: Tx) -> T:
            if leases.take(tx, NAME, self._owner, LEASE_MS) != self._fence:
                raise LeaseLost
            result = job(tx)
            store(tx, self._fence, after)
            return result

        result = await self._database.write(guarded)
        self.state = after
        return result

    @asynccontextmanager
    async def kept(self) -> AsyncIterator[None]:
        """Renewed meanwhile, so that waiting for the shop does not lose it; then another process may take it at once."""
        renewing = asyncio.create_task(self._renew())
        try:
            yield
        finally:
            renewing.cancel()
            await asyncio.gather(renewing, return_exceptions=True)
            await self._database.write(lambda tx: leases.release(tx, NAME, self._fence))

    async def _renew(self) -> None:
        while True:
            await asyncio.sleep(LEASE_MS / SECOND / 3)
            await self._database.write(lambda tx: leases.take(tx, NAME, self._owner, LEASE_MS))
