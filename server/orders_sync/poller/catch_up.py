"""One tick's reading: what the shop changed since the last, every parcel on its way, and what else may move unseen.

The window overlaps the last one, since the shop's search index lags. Orders come in the order of their last update, and the
mark moves with each page written: one that changes meanwhile is seen twice, never missed.
"""

from __future__ import annotations

from collections.abc import AsyncGenerator, Collection, Iterable, Mapping, Sequence
from contextlib import aclosing
from dataclasses import dataclass, field

from orders_sync.db import due
from orders_sync.db.engine import Database
from orders_sync.db.tx import Reading, Tx
from orders_sync.evidence.changes import Delivery
from orders_sync.external.shopify.errors import NoProgress, PartFailed, ShopifyError
from orders_sync.external.shopify.order_batch import Batch, UnreadableOrder
from orders_sync.external.shopify.order_changes import OrderRead, ParcelsRead
from orders_sync.external.shopify.order_reader import OrdersPage
from orders_sync.external.shopify.pagination import Pagination
from orders_sync.external.shopify.stock import StockPage
from orders_sync.ingest.apply import Applied, apply_many
from orders_sync.instants import MINUTE, Clock, Ms, to_text
from orders_sync.poller import shop_reader, unreadable_orders
from orders_sync.poller.progress import PollerState, PollLease
from orders_sync.poller.shop_reader import ShopReader, prefetch
from orders_sync.rules.thresholds import Thresholds

OVERLAP = 5 * MINUTE
"""How far each window reaches back behind the last: the shop's search index lags by less."""

TOLD_WITHIN = 5 * MINUTE
"""How late a webhook may be before the desk calls it missing (contract §2, `webhooks_silent`)."""


@dataclass(slots=True)
class Found:
    """What a tick came to. `whole`: orders of which more than the parcels was read; `untold`: those whose change is older than
    five minutes and came by no webhook; `aside`: those that could not be read; `wrong`: what keeps this from being a whole
    reading, though it went on."""

    read: set[int] = field(default_factory=set)
    whole: set[int] = field(default_factory=set)
    aside: set[int] = field(default_factory=set)
    wrong: list[ShopifyError] = field(default_factory=list)
    changed: set[int] = field(default_factory=set)
    untold: set[int] = field(default_factory=set)


@dataclass(frozen=True, slots=True)
class CatchUp:
    """One tick. `up_since`: changes from before this process began may still be told by webhooks that are retried."""

    database: Database
    turn: PollLease
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
        await self._changed_stock(found)
        return found

    async def _changed_orders(self, found: Found) -> None:
        since = self.turn.state.orders_until
        query = None if since is None else f"updated_at:>='{_second(since - OVERLAP)}'"

        walk = Pagination("orders")

        async def fetch(cursor: str | None) -> OrdersPage:
            return await self.shop.orders.page(query, cursor, sort_key="UPDATED_AT", walk=walk)

        first_asked: Ms | None = None
        async with aclosing(prefetch(fetch, None, lambda page: page.next_cursor)) as pages:
            async for page in pages:
                first_asked = first_asked or page.as_of
                until = first_asked if page.next_cursor is None else _newest(page.orders, since)
                found.untold |= await self._untold(page)
                moved = {"orders_until": _later(self.turn.state.orders_until, until)}
                await self._take(found, Batch(page.orders, page.unread), moved)

    async def _under_way(self, found: Found) -> None:
        """Contract §4: every order with a parcel on its way, whether or not it changed; its parcels suffice."""
        quiet = Ms(self.clock() - self.thresholds.quiet)
        shop_id = self.database.shop_id
        moving = await self.database.read(lambda conn: due.under_way(conn, shop_id, quiet))
        async with aclosing(self.shop.orders.parcels(_without(moving, found.read))) as batches:
            async for batch in batches:
                await self._take_parcels(found, batch)

    async def _unsettled(self, found: Found) -> None:
        """Those that may move unseen, and those that could not be read the last time."""
        shop_id = self.database.shop_id

        def targets(conn: Reading) -> list[int]:
            return [*due.unsettled(conn, shop_id), *unreadable_orders.waiting(conn, shop_id)]

        wanted = _without(await self.database.read(targets), found.whole | found.aside)
        async with aclosing(self.shop.orders.by_id(wanted)) as batches:
            async for batch in batches:
                await self._take(found, batch, {})

    async def _changed_stock(self, found: Found) -> None:
        since = self.turn.state.stock_until
        query = None if since is None else f"updated_at:>='{_second(since - OVERLAP)}'"
        first_asked: Ms | None = None
        broken: str | None = None
        for location in await self.shop.stock.locations():
            async for page in self._stock(location, query):
                first_asked = first_asked or page.as_of
                broken = broken or page.broken
                told = shop_reader.of_stock(page, self.clock())
                if page.changes:
                    await self._write(self.turn.state, told)
        if broken is not None:
            found.wrong.append(PartFailed(f"stock: {broken}"))
        elif first_asked is not None:
            await self._write(self.turn.state.model_copy(update={"stock_until": first_asked}), [])

    async def _stock(self, location: int, query: str | None) -> AsyncGenerator[StockPage, None]:
        cursor: str | None = None
        walk = Pagination("stock levels")
        while True:
            page = await self.shop.stock.page(location, query, cursor, walk)
            yield page
            cursor = page.next_cursor
            if cursor is None:
                return

    async def _untold(self, page: OrdersPage) -> set[int]:
        """Orders whose last update is not known here although a webhook should have told it by now."""
        overdue = {
            read.order.id: read.order.updated_at
            for read in page.orders
            if self.up_since <= read.order.updated_at < page.as_of - TOLD_WITHIN
        }
        if not overdue:
            return set()
        shop_id = self.database.shop_id
        known = await self.database.read(lambda conn: due.updates_known(conn, shop_id, overdue))
        return {order_id for order_id, updated_at in overdue.items() if known.get(order_id, 0) < updated_at}

    async def _take(self, found: Found, batch: Batch[OrderRead], moved: Mapping[str, object]) -> None:
        whole = {read.order.id for read in batch.reads}
        found.read |= whole
        found.whole |= whole
        _note_aside(found, batch.unread)
        after = self.turn.state.model_copy(update=moved)
        told = shop_reader.of_orders(batch.reads, self.clock())
        found.changed |= (await self._write(after, told, batch.unread, whole)).changed

    async def _take_parcels(self, found: Found, batch: Batch[ParcelsRead]) -> None:
        found.read |= {read.order.id for read in batch.reads}
        _note_aside(found, batch.unread)
        told = shop_reader.of_parcels(batch.reads, self.clock())
        found.changed |= (await self._write(self.turn.state, told, batch.unread)).changed

    async def _write(
        self,
        after: PollerState,
        told: Sequence[Delivery],
        aside: Sequence[UnreadableOrder] = (),
        whole: Collection[int] = (),
    ) -> Applied:
        def job(tx: Tx) -> Applied:
            unreadable_orders.note(tx, aside, whole)
            return apply_many(tx, told, self.thresholds)

        return await self.turn.write(after, job)


def _note_aside(found: Found, aside: Iterable[UnreadableOrder]) -> None:
    for one in aside:
        if one.order_id is not None:
            found.aside.add(one.order_id)
        if one.stuck:
            found.wrong.append(NoProgress(one.reason))


def _second(instant: int) -> str:
    return to_text(instant // 1000 * 1000)


def _later(known: Ms | None, reached: Ms | None) -> Ms | None:
    return max((instant for instant in (known, reached) if instant is not None), default=None)


def _newest(orders: Iterable[OrderRead], otherwise: Ms | None) -> Ms | None:
    return max((read.order.updated_at for read in orders), default=otherwise)


def _without(order_ids: Sequence[int], read: set[int]) -> list[int]:
    return [order_id for order_id in order_ids if order_id not in read]
