"""Where the poller has got to: one document in `progress`, moved under the poller's lease in the transaction of the rows."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Literal, TypeVar

from pydantic import BaseModel, ConfigDict

from orders_sync.db import leases
from orders_sync.db.engine import Database
from orders_sync.db.tx import Reading, Tx
from orders_sync.instants import SECOND, Ms

NAME = "poller"
"""The lease and the progress row."""


class Backfill(BaseModel):
    """The first reading of everything. Orders newest first, then stock; `cursor` is the next page of the part under way;
    `lost_stock`: the shop failed to tell some of it, so that all of it is asked for again."""

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

    `due_at`: when the next tick should begin; `error`: what ended the last tick, null when it went well; `untold_at`: when a
    tick last brought a change that no webhook had told; `limited`: the shop showed 60 days only; `unsubscribed`: topics that no
    webhook subscription covers, null while that is not known.
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

    @property
    def complete(self) -> bool:
        """True once the back-fill has ended: only then does a tick ask for changes."""
        return self.backfill is not None and self.backfill.ended_at is not None


def load(conn: Reading, shop_id: int) -> PollerState:
    """The stored state; that of a poller which never ran when there is none."""
    body = leases.load(conn, shop_id, NAME)
    return PollerState() if body is None else PollerState.model_validate_json(body)


def store(tx: Tx, fence: int, state: PollerState) -> None:
    """Replaces it; the caller holds the lease in this transaction."""
    leases.store(tx, NAME, fence, state.model_dump_json())


T = TypeVar("T")

LEASE_MS = 30 * SECOND
"""How long another process waits for one that died; a living one renews it in time."""


class LeaseLost(Exception):
    """Another process polls meanwhile; nothing of the write was kept."""


class PollLease:
    """The poller's lease, taken; `state` is where the poller has got to."""

    def __init__(self, database: Database, owner: str, fence: int, known: PollerState) -> None:
        self.state = known
        self._database = database
        self._owner = owner
        self._fence = fence

    @classmethod
    async def take(cls, database: Database, owner: str) -> PollLease | None:
        """The turn, unless another process has it."""

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

    async def keep(self, sleep: Callable[[float], Awaitable[None]]) -> None:
        """Renews the lease for ever: beside a turn, so that waiting for the shop does not lose it."""
        while True:
            await sleep(LEASE_MS / SECOND / 3)
            await self._database.write(lambda tx: leases.take(tx, NAME, self._owner, LEASE_MS))

    async def give_up(self) -> None:
        """Lets another process take the next turn at once."""
        await self._database.write(lambda tx: leases.release(tx, NAME, self._fence))
