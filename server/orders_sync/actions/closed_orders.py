"""Orders with which nothing more is done: cancelled, refunded in full, or about to be cancelled (contract §3a, Cancel)."""

from __future__ import annotations

from orders_sync.actions.decision import Refusal
from orders_sync.actions.locked_order import LockedOrder
from orders_sync.rules.operator_state import Cancelling
from orders_wire.vocabulary import ErrorCode


def closed(order: LockedOrder) -> Refusal | None:
    """Why nothing of the order is sent, held or numbered any more, if so."""
    if order.state.over:
        return Refusal(ErrorCode.ORDER_CLOSED, f"{order.name} is {order.state.status}")
    return being_cancelled(order)


def being_cancelled(order: LockedOrder) -> Refusal | None:
    """The refusal of what a cancellation that was ordered leaves no room for."""
    ordered = order.operator.cancelling
    return None if ordered is None else cancelled_by(ordered, order.name)


def cancelled_by(ordered: Cancelling, name: str) -> Refusal:
    """The refusal that names who ordered the cancellation of the order of this name, and what takes it back."""
    message = (
        f"{name} is being cancelled, as {ordered.by} ordered: undo the cancellation, or discard it in the outbox, first"
    )
    return Refusal(ErrorCode.ORDER_CLOSED, message)
