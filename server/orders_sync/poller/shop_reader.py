"""The shop as the poller uses it: its pages, one read ahead, and this app's access to it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Callable, Coroutine
from dataclasses import dataclass
from typing import Any, TypeVar

import structlog

from orders_sync.external.shopify.client import ShopifyClient
from orders_sync.external.shopify.errors import NoProgress, ShopifyError
from orders_sync.external.shopify.order_reader import OrderReader, OrdersPage
from orders_sync.external.shopify.pagination import Pagination
from orders_sync.external.shopify.shop import ALL_ORDERS, missing, read_shop, require_same, subscriptions
from orders_sync.external.shopify.stock import StockPage, StockReader

log = structlog.get_logger(__name__)

P = TypeVar("P", OrdersPage, StockPage)


@dataclass(frozen=True, slots=True)
class AppAccess:
    """`limited`: the token sees orders of the last 60 days only. `unsubscribed`: topics that no webhook subscription covers;
    `None` when the shop does not say. `error`: their list leads nowhere, which is raised once orders are read."""

    limited: bool
    unsubscribed: tuple[str, ...] | None
    error: NoProgress | None = None


@dataclass(frozen=True, slots=True)
class ShopReader:
    """Readers over one client. `configured`: SHOP_DOMAIN, which the token has to belong to."""

    client: ShopifyClient
    orders: OrderReader
    stock: StockReader
    configured: str | None

    @classmethod
    def of(cls, client: ShopifyClient, configured: str | None) -> ShopReader:
        """Readers for a client."""
        return cls(client, OrderReader(client), StockReader(client), configured)

    def order_pages(
        self, query: str | None, cursor: str | None, *, sort_key: str, reverse: bool = False
    ) -> AsyncGenerator[OrdersPage, None]:
        """The pages of the orders that `query` matches, from `cursor` on. Raises ShopifyError."""
        pagination = Pagination("orders", cursor)
        return _prefetch(
            lambda after: self.orders.page(query, after, sort_key=sort_key, reverse=reverse, pagination=pagination),
            cursor,
        )

    def stock_pages(
        self, location: int, query: str | None = None, cursor: str | None = None
    ) -> AsyncGenerator[StockPage, None]:
        """The pages of a location's stock that `query` matches, from `cursor` on. Raises ShopifyError."""
        pagination = Pagination("stock levels", cursor)
        return _prefetch(lambda after: self.stock.page(location, query, after, pagination), cursor)

    async def access(self) -> AppAccess:
        """With every tick: scopes are granted, and subscriptions dropped, while a server runs. Raises ShopifyError."""
        info = await read_shop(self.client)
        require_same(info, self.configured)
        limited = ALL_ORDERS not in info.scopes
        try:
            return AppAccess(limited, tuple(missing(await subscriptions(self.client))))
        except NoProgress as error:
            return AppAccess(limited, None, error)
        except ShopifyError as error:  # orders are read also where subscriptions cannot be
            log.info("webhook subscriptions cannot be read", error=str(error))
            return AppAccess(limited, None)


async def _prefetch(
    fetch: Callable[[str | None], Coroutine[Any, Any, P]], cursor: str | None
) -> AsyncGenerator[P, None]:
    """Every page from `cursor` on: the next one is on its way while this one is written. Raises what `fetch` does."""
    coming: asyncio.Task[P] | None = asyncio.create_task(fetch(cursor))
    try:
        while coming is not None:
            page = await coming
            coming = None if page.next_cursor is None else asyncio.create_task(fetch(page.next_cursor))
            yield page
    finally:
        if coming is not None:
            coming.cancel()
            await asyncio.gather(coming, return_exceptions=True)
