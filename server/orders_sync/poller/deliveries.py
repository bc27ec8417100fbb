"""What was read from the shop, as deliveries: the same way in as webhooks. Reads have no delivery id; repeats say nothing new."""

from __future__ import annotations

from collections.abc import Iterable

from orders_sync.external.shopify.reads import OrderRead, ParcelsRead, changes, parcel_changes
from orders_sync.external.shopify.stock import StockPage
from orders_sync.ingest.changes import Delivery
from orders_sync.instants import Ms


def of_orders(reads: Iterable[OrderRead], received_at: Ms) -> list[Delivery]:
    """One delivery per order."""
    return [Delivery("poll", None, "order", received_at, changes(read)) for read in reads]


def of_parcels(reads: Iterable[ParcelsRead], received_at: Ms) -> list[Delivery]:
    """One delivery per order, with its parcels alone."""
    return [Delivery("poll", None, "parcels", received_at, parcel_changes(read)) for read in reads]


def of_stock(page: StockPage, received_at: Ms) -> list[Delivery]:
    """One delivery for the page."""
    return [Delivery("poll", None, "stock", received_at, page.changes)]
