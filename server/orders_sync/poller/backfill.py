"""The first reading of everything: orders newest first, so that the desk is useful early, then stock. Resumable.

The cursor is moved in the transaction that writes its page: after a crash the next page is read next, and one that is read
twice says nothing new. Alerts are raised silently; at the end every stream is told to start over (contract §2).
"""

from __future__ import annotations

from contextlib import aclosing
from dataclasses import dataclass
from typing import Any

import structlog

from orders_sync.db import events
from orders_sync.db.tx import Tx
from orders_sync.external.shopify.order_batch import Batch
from orders_sync.instants import Clock, Ms
from orders_sync.poller import jobs
from orders_sync.poller.jobs import Job
from orders_sync.poller.progress import Backfill, PollLease
from orders_sync.poller.shop_reader import ShopReader
from orders_sync.rules.thresholds import Thresholds

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class FirstReading:
    """The back-fill, under the poller's lease."""

    lease: PollLease
    shop: ShopReader
    thresholds: Thresholds
    clock: Clock

    async def run(self) -> None:
        """Goes on where it was left, to the end. Raises ShopifyError, LeaseLost."""
        so_far = self.lease.state.backfill or Backfill(began_at=self.clock(), total=await self.shop.orders.count())
        log.info("back-fill", done=so_far.done, total=so_far.total, part=so_far.part)
        if so_far.part == "orders":
            so_far = await self._orders(so_far)
        so_far = await self._stock(so_far)
        ended = so_far.model_copy(update={"cursor": None, "location": None, "ended_at": self.clock()})
        moved = {"backfill": ended} | ({"stock_until": None} if ended.lost_stock else {})
        await self.lease.write(self.lease.state.model_copy(update=moved), finish)
        log.info("back-fill ended", orders=ended.done)

    async def _orders(self, so_far: Backfill) -> Backfill:
        read = self.shop.order_pages(None, so_far.cursor, sort_key="CREATED_AT", reverse=True)
        async with aclosing(read) as pages:
            async for page in pages:
                done = so_far.done + len(page.orders) + len(page.unreadable)
                reached: dict[str, Any] = {"cursor": page.next_cursor, "done": done, "total": max(so_far.total, done)}
                if page.next_cursor is None:
                    reached["part"] = "stock"
                so_far = so_far.model_copy(update=reached)
                job = jobs.orders(Batch(page.orders, page.unreadable), self.clock(), self.thresholds)
                await self._keep(so_far, page.as_of, job)
        return so_far

    async def _stock(self, so_far: Backfill) -> Backfill:
        """Location after location in the order of their ids, so that the one under way says which are done."""
        for location in sorted(await self.shop.stock.locations()):
            if so_far.location is not None and location < so_far.location:
                continue
            cursor = so_far.cursor if location == so_far.location else None
            async with aclosing(self.shop.stock_pages(location, None, cursor)) as pages:
                async for page in pages:
                    lost = so_far.lost_stock or page.broken is not None
                    reached = {"location": location, "cursor": page.next_cursor, "lost_stock": lost}
                    so_far = so_far.model_copy(update=reached)
                    await self._keep(so_far, page.as_of, jobs.stock(page, self.clock(), self.thresholds))
        return so_far

    async def _keep(self, so_far: Backfill, as_of: Ms, job: Job) -> None:
        """Writes a page and where it leaves the back-fill. What changes while it runs is asked for from its first page on."""
        state = self.lease.state
        until = {"orders_until": state.orders_until or as_of, "stock_until": state.stock_until or as_of}

        def silently(tx: Tx) -> None:
            tx.silent = True
            job(tx)

        await self.lease.write(state.model_copy(update={"backfill": so_far, **until}), silently)


def finish(tx: Tx) -> None:
    """Tells every stream to start over; ids from before this event are from now on older than what is kept."""
    events.append(tx, events.refresh(reset=True))
