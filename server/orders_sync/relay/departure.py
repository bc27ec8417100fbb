"""When a cancellation leaves, as its order shows it: `cancelling.sends_at` follows its row (contract §3a, Cancel)."""

from __future__ import annotations

from collections.abc import Iterable

from orders_sync.db import order_documents
from orders_sync.db.tx import Tx
from orders_sync.instants import Ms
from orders_sync.rules.thresholds import Thresholds
from orders_sync.settle.order import settle_all
from orders_sync.settle.order_update import OrderUpdate


def put_off(tx: Tx, order_ids: Iterable[int], until: Ms | None, thresholds: Thresholds) -> None:
    """The cancellations of these orders leave then; None: when somebody has looked at them."""
    updates = []
    for known in order_documents.lock(tx, order_ids, create=False).values():
        ordered = known.operator.cancelling
        if ordered is not None and ordered.sends_at != until:
            moved = ordered.model_copy(update={"sends_at": until})
            updates.append(OrderUpdate(known, None, known.operator.model_copy(update={"cancelling": moved})))
    settle_all(tx, updates, thresholds)
