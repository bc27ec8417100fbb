"""The poller: one tick at a time, in one process of the fleet at a time, whatever comes of it shown on the desk."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import structlog

from orders_sync.alerts import app_installation
from orders_sync.db.engine import Database
from orders_sync.db.tx import Tx
from orders_sync.external.shopify.errors import BadRequest, ShopifyError
from orders_sync.instants import SECOND, Clock, Ms
from orders_sync.poller import gaps
from orders_sync.poller.backfill import FirstReading
from orders_sync.poller.catch_up import CatchUp, Found
from orders_sync.poller.progress import LeaseLost, PollLease
from orders_sync.poller.repairs import Repairs
from orders_sync.poller.shop_reader import AppAccess, ShopReader
from orders_sync.rules.thresholds import Thresholds

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Ticked:
    """What a tick came to. `busy`: another process polls; `error`: what ended it, `None` when it read everything."""

    busy: bool = False
    error: ShopifyError | None = None
    read: int = 0
    changed: int = 0


class Poller:
    """Polls one shop into one database. `owner` names this process and is drawn anew at each start."""

    def __init__(
        self,
        database: Database,
        shop: ShopReader,
        thresholds: Thresholds,
        clock: Clock,
        *,
        owner: str,
        interval_s: float,
    ) -> None:
        self.database = database
        self.repairs = Repairs(database, shop, thresholds, clock)
        self.up_since = clock()
        self._shop = shop
        self._thresholds = thresholds
        self._clock = clock
        self._owner = owner
        self._interval_ms = round(interval_s * SECOND)
        self._unsubscribed: tuple[str, ...] | None = None

    async def tick(self) -> Ticked:
        """Back-fills if that is not done, then catches up. Never raises for what the shop does."""
        lease = await PollLease.take(self.database, self._owner)
        if lease is None:
            return Ticked(busy=True)
        async with lease.kept():
            try:
                return await self._tick(lease)
            except LeaseLost:
                log.warning("another process polls meanwhile")
                return Ticked(busy=True)

    async def _tick(self, lease: PollLease) -> Ticked:
        began_at = self._clock()
        await _move(lease, began_at=began_at, due_at=Ms(began_at + self._interval_ms))
        self.repairs.forget()
        try:
            access = await self._access(lease)
            if not lease.state.complete:
                await FirstReading(lease, self._shop, self._thresholds, self._clock).run()
            found = await CatchUp(self.database, lease, self._shop, self._thresholds, self._clock, self.up_since).run()
            await self.repairs.run()
            for error in (*found.errors, access.error):
                if error is not None:
                    raise error
        except ShopifyError as error:
            log.warning("polling failed", error=str(error), kind=type(error).__name__)
            await _failed(lease, error, self._clock())
            return Ticked(error=error)
        await self._went_well(lease, found, access)
        return Ticked(read=len(found.read), changed=len(found.changed))

    async def _access(self, lease: PollLease) -> AppAccess:
        """This app's access to the shop. Once it may see the older past, everything is read again."""
        access = await self._shop.access()
        if access.unsubscribed and access.unsubscribed != self._unsubscribed:
            log.warning(
                "webhook topics without a subscription; run: orders-tui shopify check", topics=access.unsubscribed
            )
        self._unsubscribed = access.unsubscribed
        if lease.state.limited and not access.limited:
            await _move(lease, limited=False, backfill=None)
        return access

    async def _went_well(self, lease: PollLease, found: Found, access: AppAccess) -> None:
        now = self._clock()
        untold = bool(found.untold)
        untold_at = now if untold else lease.state.untold_at

        def job(tx: Tx) -> None:
            gaps.went_well(tx)
            app_installation.admitted(tx, lease.state.began_at or now)
            gaps.history(tx, limited=access.limited)
            gaps.silence(tx, untold=untold, untold_at=untold_at)

        seen = {"limited": access.limited, "unsubscribed": access.unsubscribed}
        await _move(lease, job, ended_at=now, error=None, untold_at=untold_at, **seen)
        log.info("polled", read=len(found.read), changed=len(found.changed), untold=len(found.untold))


async def switched_off(database: Database) -> None:
    """At a start without an Admin token: what an earlier poller left open is over (contract §4: no gap)."""
    lease = await PollLease.take(database, "switched off")
    if lease is not None:
        async with lease.kept():
            if lease.state.began_at is not None:
                await _move(lease, gaps.off, error=None)


async def _failed(lease: PollLease, error: ShopifyError, now: Ms) -> None:
    """Shown on the desk; a back-fill whose cursor the shop no longer takes begins that part again."""
    moved: dict[str, Any] = {"ended_at": now, "error": str(error)}
    so_far = lease.state.backfill
    if isinstance(error, BadRequest) and so_far is not None and so_far.ended_at is None:
        moved["backfill"] = so_far.model_copy(update={"cursor": None, "location": None})
    await _move(lease, lambda tx: gaps.failed(tx, error), **moved)


async def _move(lease: PollLease, job: Callable[[Tx], None] = lambda _tx: None, **moved: Any) -> None:
    """Moves the progress. With the end of a tick clients refetch, whether or not it changed anything (contract §2)."""

    def moving(tx: Tx) -> None:
        job(tx)
        if "ended_at" in moved:
            tx.ping()

    await lease.write(lease.state.model_copy(update=moved), moving)
