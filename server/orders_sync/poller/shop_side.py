"""The shop as the poller uses it: its readers, and what its token may see."""

from __future__ import annotations

from dataclasses import dataclass

from orders_sync.external.shopify.client import ShopifyClient
from orders_sync.external.shopify.orders import OrderReader
from orders_sync.external.shopify.shop import ALL_ORDERS, read_shop, require_same
from orders_sync.external.shopify.stock import StockReader


@dataclass(slots=True)
class ShopSide:
    """Readers over one client. `limited` is null until the shop was asked what the token may see."""

    client: ShopifyClient
    orders: OrderReader
    stock: StockReader
    configured: str | None
    limited: bool | None = None

    @classmethod
    def of(cls, client: ShopifyClient, configured: str | None) -> ShopSide:
        """Readers for a client; `configured` is SHOP_DOMAIN, which the token has to belong to."""
        return cls(client, OrderReader(client), StockReader(client), configured)

    async def history_limited(self) -> bool:
        """True when the token sees orders of the last 60 days only; asked once. Raises ShopifyError."""
        if self.limited is None:
            info = await read_shop(self.client)
            require_same(info, self.configured)
            self.limited = ALL_ORDERS not in info.scopes
        return self.limited
