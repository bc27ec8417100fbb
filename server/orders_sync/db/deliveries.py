"""Which deliveries came already: what tells a repeated webhook from a new one (contract §4)."""

from __future__ import annotations

from collections.abc import Sequence

from orders_sync.db.bulk import forget, insert_if_missing
from orders_sync.db.tables import deliveries
from orders_sync.db.texts import clean, key
from orders_sync.db.tx import Tx
from orders_sync.evidence.changes import Delivery


def record(tx: Tx, delivery: Delivery) -> bool:
    """Takes note of a delivery; False when it came before. One without an id is always new.

    Two processes that get the same delivery at once: one waits for the other's transaction, and then knows.
    """
    return bool(record_all(tx, [delivery]))


def record_all(tx: Tx, several: Sequence[Delivery]) -> list[Delivery]:
    """Takes note of several; returns those that are new, each once."""
    told: dict[tuple[str, str], Delivery] = {}
    for delivery in several:
        if delivery.delivery_id is not None:
            told.setdefault((delivery.source, key(delivery.delivery_id)), delivery)
    insert = insert_if_missing(tx.conn, deliveries).returning(deliveries.c.source, deliveries.c.delivery_id)
    rows = [_row(tx, *place, told[place]) for place in sorted(told)]
    new = {(row.source, row.delivery_id) for row in tx.conn.execute(insert, rows)} if rows else set()
    fresh = {id(told[place]) for place in new}
    return [delivery for delivery in several if delivery.delivery_id is None or id(delivery) in fresh]


def _row(tx: Tx, source: str, delivery_id: str, delivery: Delivery) -> dict[str, object]:
    return {
        "shop_id": tx.shop_id,
        "source": source,
        "delivery_id": delivery_id,
        "topic": clean(delivery.topic),
        "received_at": delivery.received_at,
    }


def prune(tx: Tx, before: int) -> int:
    """Forgets some deliveries received before an instant; returns how many."""
    return forget(tx, deliveries, deliveries.c.received_at < before)
