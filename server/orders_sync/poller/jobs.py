"""What was read from the shop, as jobs of the one write path: deliveries like webhooks', and what could not be read.

Reads have no delivery id; repeats say nothing new.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from orders_sync.db.tx import Tx
from orders_sync.evidence.changes import Change, Delivery
from orders_sync.external.shopify.order_batch import Batch
from orders_sync.external.shopify.order_changes import OrderRead, ParcelsRead, changes, parcel_changes
from orders_sync.external.shopify.stock import StockPage
from orders_sync.ingest.apply import Applied, apply_many
from orders_sync.instants import Ms
from orders_sync.poller import unreadable_orders
from orders_sync.rules.thresholds import Thresholds

Job = Callable[[Tx], Applied]


def orders(batch: Batch[OrderRead], received_at: Ms, thresholds: Thresholds) -> Job:
    """One delivery per order; those that could not be read are kept, and what was kept of those that were is over."""
    deliveries = _deliveries("order", map(changes, batch.reads), received_at)
    whole = [read.order.id for read in batch.reads]

    def job(tx: Tx) -> Applied:
        unreadable_orders.note(tx, batch.unreadable, whole)
        return apply_many(tx, deliveries, thresholds)

    return job


def parcels(batch: Batch[ParcelsRead], received_at: Ms, thresholds: Thresholds) -> Job:
    """One delivery per order, with its parcels alone."""
    deliveries = _deliveries("parcels", map(parcel_changes, batch.reads), received_at)

    def job(tx: Tx) -> Applied:
        unreadable_orders.note(tx, batch.unreadable)
        return apply_many(tx, deliveries, thresholds)

    return job


def stock(page: StockPage, received_at: Ms, thresholds: Thresholds) -> Job:
    """One delivery for the page."""
    deliveries = _deliveries("stock", [page.changes], received_at)
    return lambda tx: apply_many(tx, deliveries, thresholds)


def _deliveries(topic: str, read: Iterable[Sequence[Change]], received_at: Ms) -> list[Delivery]:
    return [Delivery("poll", None, topic, received_at, tuple(each)) for each in read]
