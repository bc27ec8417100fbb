"""The shop as the poller uses it: its readers, and how this app stands in it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Callable, Coroutine, Iterable
from dataclasses import dataclass
from typing import Any, TypeVar

import structlog

from orders_sync.evidence.changes import Delivery
from orders_sync.external.shopify.client import ShopifyClient
from orders_sync.external.shopify.errors import NoProgress, ShopifyError
from orders_sync.external.shopify.order_changes import OrderRead, ParcelsRead, changes, parcel_changes
from orders_sync.external.shopify.order_reader import OrderReader
from orders_sync.external.shopify.shop import ALL_ORDERS, missing, read_shop, require_same, subscriptions
from orders_sync.external.shopify.stock import StockPage, StockReader
from orders_sync.instants import Ms

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class AppAccess:
    """`limited`: the token sees orders of the last 60 days only. `unsubscribed`: topics that no webhook subscription covers;
    null when the shop does not tell. `wrong`: their list leads nowhere, which is told once orders are read."""

    limited: bool
    unsubscribed: tuple[str, ...] | None
    wrong: NoProgress | None = None


@dataclass(frozen=True, slots=True)
class ShopReader:
    """Readers over one client."""

    client: ShopifyClient
    orders: OrderReader
    stock: StockReader
    configured: str | None

    @classmethod
    def of(cls, client: ShopifyClient, configured: str | None) -> ShopReader:
        """Readers for a client; `configured` is SHOP_DOMAIN, which the token has to belong to."""
        return cls(client, OrderReader(client), StockReader(client), configured)

    async def standing(self) -> AppAccess:
        """With every tick: scopes are granted, and subscriptions dropped, while a server runs. Raises ShopifyError."""
        info = await read_shop(self.client)
        require_same(info, self.configured)
        limited = ALL_ORDERS not in info.scopes
        try:
            return AppAccess(limited, await self._unsubscribed())
        except NoProgress as error:
            return AppAccess(limited, None, error)

    async def _unsubscribed(self) -> tuple[str, ...] | None:
        """Orders are read also where subscriptions cannot be."""
        try:
            return tuple(missing(await subscriptions(self.client)))
        except NoProgress:
            raise
        except ShopifyError as error:
            log.info("webhook subscriptions cannot be read", error=str(error))
            return None


P = TypeVar("P")


async def prefetch(
    fetch: Callable[[str | None], Coroutine[Any, Any, P]],
    cursor: str | None,
    following: Callable[[P], str | None],
) -> AsyncGenerator[P, None]:
    """Every page from `cursor` on. `following` gives the next page's cursor, null after the last. Raises what `fetch` does."""
    coming: asyncio.Task[P] | None = asyncio.create_task(fetch(cursor))
    try:
        while coming is not None:
            page = await coming
            after = following(page)
            coming = None if after is None else asyncio.create_task(fetch(after))
            yield page
    finally:
        if coming is not None:
            coming.cancel()
            await asyncio.gather(coming, return_exceptions=True)


def of_orders(reads: Iterable[OrderRead], received_at: Ms) -> list[Delivery]:
    """One delivery per order."""
    return [Delivery("poll", None, "order", received_at, changes(read)) for read in reads]


def of_parcels(reads: Iterable[ParcelsRead], received_at: Ms) -> list[Delivery]:
    """One delivery per order, with its parcels alone."""
    return [Delivery("poll", None, "parcels", received_at, parcel_changes(read)) for read in reads]


def of_stock(page: StockPage, received_at: Ms) -> list[Delivery]:
    """One delivery for the page."""
    return [Delivery("poll", None, "stock", received_at, page.changes)]
