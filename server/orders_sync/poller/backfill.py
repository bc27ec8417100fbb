"""The first reading of everything: orders newest first, so that the desk is useful early, then stock. Resumable.

The cursor is moved in the transaction that writes its page: after a crash the next page is read next, and one that is read
twice says nothing new. Alerts are raised silently; at the end every stream is told to start over (contract §2).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import aclosing
from typing import Any

import structlog

from orders_sync.db import events
from orders_sync.db.tx import Tx
from orders_sync.evidence.changes import Delivery
from orders_sync.external.shopify.order_reader import OrdersPage
from orders_sync.external.shopify.pagination import Pagination
from orders_sync.external.shopify.stock import StockPage
from orders_sync.ingest.apply import apply_many
from orders_sync.instants import Clock, Ms
from orders_sync.poller import shop_reader, unreadable_orders
from orders_sync.poller.progress import Backfill, PollLease
from orders_sync.poller.shop_reader import ShopReader, prefetch
from orders_sync.rules.thresholds import Thresholds

log = structlog.get_logger(__name__)


async def backfill(turn: PollLease, shop: ShopReader, thresholds: Thresholds, clock: Clock) -> None:
    """Goes on where it was left, to the end. Raises ShopifyError, LeaseLost."""
    so_far = turn.state.backfill or Backfill(began_at=clock(), total=await shop.orders.count())
    log.info("back-fill", done=so_far.done, total=so_far.total, part=so_far.part)
    if so_far.part == "orders":
        so_far = await _orders(turn, shop, thresholds, clock, so_far)
    so_far = await _stock(turn, shop, thresholds, clock, so_far)
    ended = so_far.model_copy(update={"cursor": None, "location": None, "ended_at": clock()})
    told = {"backfill": ended} | ({"stock_until": None} if ended.lost_stock else {})
    await turn.write(turn.state.model_copy(update=told), finish)
    log.info("back-fill ended", orders=ended.done)


async def _orders(
    turn: PollLease, shop: ShopReader, thresholds: Thresholds, clock: Clock, so_far: Backfill
) -> Backfill:
    walk = Pagination("orders", so_far.cursor)

    async def fetch(cursor: str | None) -> OrdersPage:
        return await shop.orders.page(None, cursor, sort_key="CREATED_AT", reverse=True, walk=walk)

    async with aclosing(prefetch(fetch, so_far.cursor, lambda page: page.next_cursor)) as pages:
        async for page in pages:
            done = so_far.done + len(page.orders) + len(page.unread)
            reached: dict[str, Any] = {"cursor": page.next_cursor, "done": done, "total": max(so_far.total, done)}
            if page.next_cursor is None:
                reached["part"] = "stock"
            so_far = so_far.model_copy(update=reached)
            told = shop_reader.of_orders(page.orders, clock())
            await _keep(turn, so_far, page.as_of, _taking(told, thresholds, page))
    return so_far


async def _stock(turn: PollLease, shop: ShopReader, thresholds: Thresholds, clock: Clock, so_far: Backfill) -> Backfill:
    """Location after location in the order of their ids, so that the one under way tells which are done."""
    locations = sorted(await shop.stock.locations())
    for location in locations:
        if so_far.location is not None and location < so_far.location:
            continue
        cursor = so_far.cursor if location == so_far.location else None
        async with aclosing(
            prefetch(_stock_page(shop, location, cursor), cursor, lambda page: page.next_cursor)
        ) as pages:
            async for page in pages:
                lost = so_far.lost_stock or page.broken is not None
                reached = {"location": location, "cursor": page.next_cursor, "lost_stock": lost}
                so_far = so_far.model_copy(update=reached)
                told = shop_reader.of_stock(page, clock())
                await _keep(turn, so_far, page.as_of, _taking(told, thresholds))
    return so_far


def _stock_page(shop: ShopReader, location: int, start: str | None) -> Callable[[str | None], Any]:
    walk = Pagination("stock levels", start)

    async def fetch(cursor: str | None) -> StockPage:
        return await shop.stock.page(location, None, cursor, walk)

    return fetch


async def _keep(turn: PollLease, so_far: Backfill, as_of: Ms, take: Callable[[Tx], None]) -> None:
    """Writes a page and where it leaves the back-fill. What changes while it runs is asked for from its first page on."""
    after = turn.state.model_copy(
        update={
            "backfill": so_far,
            "orders_until": turn.state.orders_until or as_of,
            "stock_until": turn.state.stock_until or as_of,
        }
    )

    def job(tx: Tx) -> None:
        tx.silent = True
        take(tx)

    await turn.write(after, job)


def _taking(told: Sequence[Delivery], thresholds: Thresholds, page: OrdersPage | None = None) -> Callable[[Tx], None]:
    """What a page comes to; of a page of orders also those that cannot be read."""

    def take(tx: Tx) -> None:
        if page is not None:
            unreadable_orders.note(tx, page.unread, [read.order.id for read in page.orders])
        apply_many(tx, told, thresholds)

    return take


def finish(tx: Tx) -> None:
    """Tells every stream to start over; ids from before this event are from now on older than what is kept."""
    events.append(tx, events.refresh(reset=True))
