"""The one way in: a delivery, from whoever, becomes changed orders in one transaction.

Invariant: the same deliveries in any order, any number of times, end in the same rows.
"""

from __future__ import annotations

from collections.abc import Sequence, Set
from dataclasses import dataclass

from orders_sync.alerts import app_installation
from orders_sync.db import idempotency, order_documents, stock
from orders_sync.db.group_commit import BatchJob, Job
from orders_sync.db.tx import Tx
from orders_sync.evidence.changes import (
    Delivery,
    InventoryItemSeen,
    InventoryLevelSeen,
    OrderChange,
    PrivacyChange,
    StockChange,
    StockExpected,
)
from orders_sync.evidence.from_changes import merge
from orders_sync.ingest import privacy
from orders_sync.ingest.attribution import attribute, gather
from orders_sync.instants import Ms
from orders_sync.rules.thresholds import Thresholds
from orders_sync.settle.order import settle_all
from orders_sync.settle.order_update import OrderUpdate


@dataclass(frozen=True, slots=True)
class Applied:
    """What a delivery did.

    `repeated`: it came before, and did nothing. `order_ids`: those it was about; `changed`: those whose version grew. `parked`:
    how many changes wait for a reference.
    """

    repeated: bool = False
    order_ids: frozenset[int] = frozenset()
    changed: frozenset[int] = frozenset()
    parked: int = 0


@dataclass(frozen=True, slots=True)
class WebhookJob(BatchJob):
    """One delivery as a job; those that wait beside each other are taken in at once, with the thresholds of the process."""

    delivery: Delivery
    thresholds: Thresholds
    admits: Ms | None = None
    """When it was triggered, where it tells that the shop has the app: nobody asks Shopify, and it is from our shop."""

    def __call__(self, tx: Tx) -> Applied:
        return _take_in(tx, [self])

    def at_once(self, jobs: Sequence[WebhookJob]) -> Job:
        return lambda tx: _take_in(tx, jobs)


def _take_in(tx: Tx, jobs: Sequence[WebhookJob]) -> Applied:
    applied = apply_many(tx, [job.delivery for job in jobs], jobs[0].thresholds)
    app_installation.webhooks_triggered(
        tx, [(job.delivery.topic, job.admits) for job in jobs if job.admits is not None]
    )
    return applied


def apply(tx: Tx, delivery: Delivery, thresholds: Thresholds) -> Applied:
    """Takes one delivery in: distinguished from repeats by (source, delivery id), merged, attributed, settled."""
    return apply_many(tx, [delivery], thresholds)


def apply_many(tx: Tx, deliveries: Sequence[Delivery], thresholds: Thresholds) -> Applied:
    """Takes several in at once, each order settled once. `repeated`: all of them came before."""
    fresh = idempotency.new_deliveries(tx, deliveries)
    if not fresh:
        return Applied(repeated=True)
    changes = [change for delivery in fresh for change in delivery.changes]
    concerned = _store_stock(tx, [change for change in changes if isinstance(change, StockChange)])
    by_order, parked = attribute(tx, [change for change in changes if isinstance(change, OrderChange)])
    changed = _merge(tx, by_order, concerned, thresholds)
    redacted = privacy.erase(tx, [change for change in changes if isinstance(change, PrivacyChange)], thresholds)
    return Applied(order_ids=frozenset({*by_order, *redacted}), changed=changed, parked=parked)


def _merge(
    tx: Tx, by_order: dict[int, list[OrderChange]], concerned: Set[int], thresholds: Thresholds
) -> frozenset[int]:
    """Joins the changes into their orders and settles those that know more than before, and those that stock concerns."""
    known = order_documents.lock(tx, [*by_order, *concerned], create=True)
    if not known:
        return frozenset()
    merged = gather(tx, {order_id: merge(known[order_id].facts, changes) for order_id, changes in by_order.items()})
    updates = [
        OrderUpdate(each, merged.get(order_id), each.operator)
        for order_id, each in known.items()
        if order_id in concerned or merged[order_id] != each.facts
    ]
    settled = settle_all(tx, updates, thresholds)
    order_documents.drop_empty(
        tx, [order_id for order_id, each in known.items() if not each.facts.reported and order_id not in settled]
    )
    return frozenset(order_id for order_id, each in settled.items() if each.changed)


def _store_stock(tx: Tx, changes: Sequence[StockChange]) -> set[int]:
    """Keeps what is new by the shop's time, and sums it per SKU.

    Returns the orders that owe such a SKU, whose issue or holds that may change (contract §1, §3 inventory).
    """
    if not changes:
        return set()
    touched = stock.put_items(tx, [change for change in changes if isinstance(change, InventoryItemSeen)])
    touched |= stock.put_levels(tx, [change for change in changes if isinstance(change, InventoryLevelSeen)])
    expected = [change for change in changes if isinstance(change, StockExpected)]
    news = bool(expected) and stock.put_expected(tx, expected)
    moved = stock.recount(tx, touched)
    if news or moved:
        tx.ping()
    for sku, (before, after) in moved.items():
        if before.available != after.available and (before.short or after.short):
            tx.allot(sku, level=True)
    flipped = [sku for sku, (before, after) in moved.items() if before.short is not after.short]
    there = [sku for sku, (_, after) in moved.items() if after.available is not None and not after.short]
    concerned = {*stock.owing(tx, flipped), *stock.owing(tx, there, held=True)}
    for order_id in concerned:
        tx.touch(order_id)
    return concerned
