"""Which deliveries came already: what tells a repeated webhook from a new one (contract §4)."""

from __future__ import annotations

from collections.abc import Sequence

from orders_sync.db.pruning import forget
from orders_sync.db.tables import deliveries
from orders_sync.db.texts import clean, key
from orders_sync.db.tx import Tx
from orders_sync.db.upsert import insert_if_missing
from orders_sync.ingest.changes import Delivery


def record(tx: Tx, delivery: Delivery) -> bool:
    """Takes note of a delivery; False when it came before. One without an id is always new.

    Two processes that get the same delivery at once: one waits for the other's transaction, and then knows.
    """
    if delivery.delivery_id is None:
        return True
    row = {
        "shop_id": tx.shop_id,
        "source": delivery.source,
        "delivery_id": key(delivery.delivery_id),
        "topic": clean(delivery.topic),
        "received_at": delivery.received_at,
    }
    insert = insert_if_missing(tx.conn, deliveries).returning(deliveries.c.delivery_id)
    return tx.conn.execute(insert, row).first() is not None


def record_all(tx: Tx, several: Sequence[Delivery]) -> list[Delivery]:
    """Takes note of several; returns those that are new."""
    return [delivery for delivery in several if record(tx, delivery)]


def prune(tx: Tx, before: int) -> int:
    """Forgets some deliveries received before an instant; returns how many."""
    return forget(tx, deliveries, deliveries.c.received_at < before)
