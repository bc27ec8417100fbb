"""The poller: one tick at a time, in one process of the fleet at a time, whatever becomes of it told on the desk."""

from __future__ import annotations

import asyncio
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
from orders_sync.poller.backfill import backfill
from orders_sync.poller.catch_up import CatchUp, Found
from orders_sync.poller.progress import LeaseLost, PollLease
from orders_sync.poller.repairs import Repairs
from orders_sync.poller.shop_reader import AppAccess, ShopReader
from orders_sync.rules.thresholds import Thresholds

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Ticked:
    """What a tick came to. `busy`: another process polls; `error`: what ended it, null when it read everything."""

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
        turn = await PollLease.take(self.database, self._owner)
        if turn is None:
            return Ticked(busy=True)
        keeping = asyncio.create_task(turn.keep(asyncio.sleep))
        try:
            return await self._take_turn(turn)
        except LeaseLost:
            log.warning("another process polls meanwhile")
            return Ticked(busy=True)
        finally:
            keeping.cancel()
            await asyncio.gather(keeping, return_exceptions=True)
            await turn.give_up()

    async def _take_turn(self, turn: PollLease) -> Ticked:
        began_at = self._clock()
        due_at = Ms(began_at + self._interval_ms)
        await _note(turn, lambda _tx: None, began_at=began_at, due_at=due_at)
        self.repairs.forget()
        try:
            standing = await self._standing(turn)
            if not turn.state.complete:
                await backfill(turn, self._shop, self._thresholds, self._clock)
            found = await self._catch_up(turn)
            for wrong in (*found.wrong, *((standing.wrong,) if standing.wrong else ())):
                raise wrong
        except ShopifyError as error:
            log.warning("polling failed", error=str(error), kind=type(error).__name__)
            await _failed(turn, error, self._clock())
            return Ticked(error=error)
        await self._went_well(turn, found, standing)
        return Ticked(read=len(found.read), changed=len(found.changed))

    async def _standing(self, turn: PollLease) -> AppAccess:
        """How this app stands in the shop. Once it may see the older past, everything is read again."""
        standing = await self._shop.standing()
        if standing.unsubscribed and standing.unsubscribed != self._unsubscribed:
            log.warning(
                "webhook topics without a subscription; run: orders-tui shopify check", topics=standing.unsubscribed
            )
        self._unsubscribed = standing.unsubscribed
        if turn.state.limited and not standing.limited:
            await _note(turn, lambda _tx: None, limited=False, backfill=None)
        return standing

    async def _catch_up(self, turn: PollLease) -> Found:
        tick = CatchUp(self.database, turn, self._shop, self._thresholds, self._clock, self.up_since)
        found = await tick.run()
        await self.repairs.run()
        return found

    async def _went_well(self, turn: PollLease, found: Found, standing: AppAccess) -> None:
        now = self._clock()
        untold = bool(found.untold)
        untold_at = now if untold else turn.state.untold_at

        def job(tx: Tx) -> None:
            gaps.went_well(tx)
            app_installation.admitted(tx, turn.state.began_at or now)
            gaps.history(tx, limited=standing.limited)
            gaps.silence(tx, untold=untold, untold_at=untold_at)

        seen = {"limited": standing.limited, "unsubscribed": standing.unsubscribed}
        await _note(turn, job, ended_at=now, error=None, untold_at=untold_at, **seen)
        log.info("polled", read=len(found.read), changed=len(found.changed), untold=len(found.untold))


async def switched_off(database: Database) -> None:
    """At a start without an Admin token: what an earlier poller left open is over (contract §4: no gap)."""
    turn = await PollLease.take(database, "switched off")
    if turn is not None:
        if turn.state.began_at is not None:
            await turn.write(turn.state.model_copy(update={"error": None}), gaps.off)
        await turn.give_up()


async def _failed(turn: PollLease, error: ShopifyError, now: Ms) -> None:
    """Told on the desk; a back-fill whose cursor the shop no longer takes begins that part again."""
    told: dict[str, Any] = {"ended_at": now, "error": str(error)}
    so_far = turn.state.backfill
    if isinstance(error, BadRequest) and so_far is not None and so_far.ended_at is None:
        told["backfill"] = so_far.model_copy(update={"cursor": None, "location": None})
    await _note(turn, lambda tx: gaps.failed(tx, error), **told)


async def _note(turn: PollLease, job: Callable[[Tx], None], **told: Any) -> None:
    """Moves the progress. With the end of a tick clients refetch, whether or not it changed anything (contract §2)."""

    def noting(tx: Tx) -> None:
        job(tx)
        if "ended_at" in told:
            tx.ping()

    await turn.write(turn.state.model_copy(update=told), noting)
