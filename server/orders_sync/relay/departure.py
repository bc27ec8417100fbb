"""When a cancellation leaves, as its order shows it: `cancelling.sends_at` follows its row (contract §3a, Cancel)."""

from __future__ import annotations

from collections.abc import Iterable

from orders_sync.db import order_documents
from orders_sync.db.tx import Tx
from orders_sync.instants import Ms
from orders_sync.rules.operator_state import OperatorState
from orders_sync.rules.thresholds import Thresholds
from orders_sync.settle.order import settle_all
from orders_sync.settle.order_update import OrderUpdate


def leaving(operator: OperatorState, until: Ms | None) -> OperatorState:
    """The decisions, with a cancellation that leaves then; None: when somebody has looked at it."""
    ordered = operator.cancelling
    if ordered is None or ordered.sends_at == until:
        return operator
    return operator.model_copy(update={"cancelling": ordered.model_copy(update={"sends_at": until})})


def put_off(tx: Tx, order_ids: Iterable[int], thresholds: Thresholds) -> None:
    """The cancellations of these orders wait until somebody has looked at them."""
    known = order_documents.lock(tx, order_ids, create=False).values()
    updates = [OrderUpdate(each, None, leaving(each.operator, None)) for each in known]
    settle_all(tx, [update for update in updates if update.moved], thresholds)
