"""Overdue: an order that still owes something after its `ship_by` (contract §1, tabs `unfulfilled` and `overdue`; §2).

`db.tabs` says the same of rows, over `due_at`.
"""

from __future__ import annotations

from collections.abc import Iterable

from orders_sync.instants import Ms
from orders_sync.rules.order_state import OrderState
from orders_sync.rules.projection import Cause
from orders_wire.vocabulary import AlertType, Severity


def due_at(state: OrderState) -> Ms | None:
    """`ship_by` while the order is open and owes something."""
    return state.ship_by if state.owed and not state.over else None


def turning_points(state: OrderState) -> Iterable[Ms]:
    """When time alone makes it overdue."""
    if (due := due_at(state)) is not None:
        yield Ms(due + 1)


def causes(state: OrderState, now: Ms) -> Iterable[Cause]:
    """The alert while it is overdue."""
    due = due_at(state)
    if due is not None and due < now:
        message = f"{state.name} is overdue: it was due {state.local_time(due)}"
        yield Cause(AlertType.ORDER_OVERDUE, str(due), message, Severity.CRITICAL)
