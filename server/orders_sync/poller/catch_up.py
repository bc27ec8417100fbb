"""One tick's reading: what the shop changed since the last, every parcel on its way, and what else may move unseen.

The window overlaps the last one, since the shop's search index lags. Orders come in the order of their last update, and the
mark moves with each page written: one that changes meanwhile is seen twice, never missed.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from contextlib import aclosing
from dataclasses import dataclass, field

from orders_sync.db import due
from orders_sync.db.engine import Database
from orders_sync.db.tx import Reading
from orders_sync.external.shopify.errors import NoProgress, PartFailed, ShopifyError
from orders_sync.external.shopify.order_batch import Batch, UnreadableOrder
from orders_sync.external.shopify.order_changes import OrderRead, ParcelsRead
from orders_sync.external.shopify.order_reader import OrdersPage
from orders_sync.instants import MINUTE, Clock, Ms, to_text
from orders_sync.poller import jobs, unreadable_orders
from orders_sync.poller.jobs import Job
from orders_sync.poller.progress import READING, PollLease
from orders_sync.poller.shop_reader import ShopReader
from orders_sync.rules.thresholds import Thresholds

OVERLAP = 5 * MINUTE
"""How far each window reaches back behind the last: the shop's search index lags by less."""

ANEW_AT_ONCE = 250
"""Orders that a tick reads for what an earlier release did not ask for: a minute or two of what Shopify allows."""

WEBHOOK_WITHIN = 5 * MINUTE
"""How late a webhook may be before the desk calls it missing (contract §2, `webhooks_silent`)."""


@dataclass(slots=True)
class Found:
    """What a tick came to. `whole`: orders of which more than the parcels was read; `untold`: those whose change is older than
    five minutes and came by no webhook; `unreadable`: those that could not be read; `errors`: what keeps this from being a whole
    reading, though it went on."""

    read: set[int] = field(default_factory=set)
    whole: set[int] = field(default_factory=set)
    unreadable: set[int] = field(default_factory=set)
    errors: list[ShopifyError] = field(default_factory=list)
    changed: set[int] = field(default_factory=set)
    untold: set[int] = field(default_factory=set)

    def note(self, reads: Sequence[OrderRead | ParcelsRead], unreadable: Sequence[UnreadableOrder]) -> None:
        """A batch was read."""
        self.read |= {read.order.id for read in reads}
        self.whole |= {read.order.id for read in reads if isinstance(read, OrderRead)}
        self.unreadable |= {one.order_id for one in unreadable if one.order_id is not None}
        self.errors += [NoProgress(one.reason) for one in unreadable if one.stuck]


@dataclass(frozen=True, slots=True)
class CatchUp:
    """One tick. `up_since`: changes from before this process began may still come by webhooks that are retried."""

    database: Database
    lease: PollLease
    shop: ShopReader
    thresholds: Thresholds
    clock: Clock
    up_since: Ms

    async def run(self) -> Found:
        """Reads and applies everything. Raises ShopifyError, LeaseLost."""
        found = Found()
        await self._changed_orders(found)
        await self._under_way(found)
        await self._unsettled(found)
        await self._anew(found)
        await self._changed_stock(found)
        return found

    async def _changed_orders(self, found: Found) -> None:
        since = self.lease.state.orders_until
        first_asked: Ms | None = None
        async with aclosing(self.shop.order_pages(_updated(since), None, sort_key="UPDATED_AT")) as pages:
            async for page in pages:
                first_asked = first_asked or page.as_of
                newest = max((read.order.updated_at for read in page.orders), default=since)
                until = first_asked if page.next_cursor is None else newest
                found.untold |= await self._untold(page)
                reached = [instant for instant in (self.lease.state.orders_until, until) if instant is not None]
                await self._take_orders(
                    found, Batch(page.orders, page.unreadable), orders_until=max(reached, default=None)
                )

    async def _under_way(self, found: Found) -> None:
        """Contract §4: every order with a parcel on its way, whether or not it changed; its parcels suffice."""
        quiet = Ms(self.clock() - self.thresholds.quiet)
        shop_id = self.database.shop_id
        moving = await self.database.read(lambda conn: due.under_way(conn, shop_id, quiet))
        async with aclosing(self.shop.orders.parcels(_without(moving, found.read))) as batches:
            async for batch in batches:
                found.note(batch.reads, batch.unreadable)
                await self._write(found, jobs.parcels(batch, self.clock(), self.thresholds))

    async def _unsettled(self, found: Found) -> None:
        """Those that may move unseen, and those that could not be read the last time."""
        shop_id = self.database.shop_id

        def targets(conn: Reading) -> list[int]:
            return [*due.unsettled(conn, shop_id), *unreadable_orders.waiting(conn, shop_id)]

        wanted = _without(await self.database.read(targets), found.whole | found.unreadable)
        async with aclosing(self.shop.orders.by_id(wanted)) as batches:
            async for batch in batches:
                await self._take_orders(found, batch)

    async def _anew(self, found: Found) -> None:
        """Those with something to send that an earlier release read, which asked for less: some with each tick, each once."""
        if self.lease.state.reading >= READING:
            return
        shop_id, after = self.database.shop_id, self.lease.state.read_anew_to
        owing = await self.database.read(lambda conn: due.owing(conn, shop_id, after, ANEW_AT_ONCE))
        async with aclosing(self.shop.orders.by_id(_without(owing, found.whole | found.unreadable))) as batches:
            async for batch in batches:
                await self._take_orders(found, batch)
        whole = len(owing) < ANEW_AT_ONCE
        moved = {"reading": READING, "read_anew_to": 0} if whole else {"read_anew_to": owing[-1]}
        await self.lease.write(self.lease.state.model_copy(update=moved), lambda _tx: None)

    async def _changed_stock(self, found: Found) -> None:
        query = _updated(self.lease.state.stock_until)
        first_asked: Ms | None = None
        broken: str | None = None
        for location in await self.shop.stock.locations():
            async with aclosing(self.shop.stock_pages(location, query)) as pages:
                async for page in pages:
                    first_asked = first_asked or page.as_of
                    broken = broken or page.broken
                    if page.changes:
                        job = jobs.stock(page, self.clock(), self.thresholds)
                        await self.lease.write(self.lease.state, job)
        if broken is not None:
            found.errors.append(PartFailed(f"stock: {broken}"))
        elif first_asked is not None:
            await self.lease.write(self.lease.state.model_copy(update={"stock_until": first_asked}), lambda _tx: None)

    async def _untold(self, page: OrdersPage) -> set[int]:
        """Orders whose last update is not known here although a webhook should have reported it by now."""
        overdue = {
            read.order.id: read.order.updated_at
            for read in page.orders
            if self.up_since <= read.order.updated_at < page.as_of - WEBHOOK_WITHIN
        }
        if not overdue:
            return set()
        shop_id = self.database.shop_id
        known = await self.database.read(lambda conn: due.updates_known(conn, shop_id, overdue))
        return {order_id for order_id, updated_at in overdue.items() if known.get(order_id, 0) < updated_at}

    async def _take_orders(self, found: Found, batch: Batch[OrderRead], **moved: Ms | None) -> None:
        found.note(batch.reads, batch.unreadable)
        await self._write(found, jobs.orders(batch, self.clock(), self.thresholds), **moved)

    async def _write(self, found: Found, job: Job, **moved: Ms | None) -> None:
        found.changed |= (await self.lease.write(self.lease.state.model_copy(update=moved), job)).changed


def _updated(since: Ms | None) -> str | None:
    """The shop's search for what was updated since, with the overlap; `None` for everything."""
    return None if since is None else f"updated_at:>='{to_text((since - OVERLAP) // 1000 * 1000)}'"


def _without(order_ids: Sequence[int], read: Collection[int]) -> list[int]:
    return [order_id for order_id in order_ids if order_id not in read]
