"""Tracking pending: parcels without a tracking number (contract §1, tabs `awaiting_tracking` and `tracking_pending`; §2).

Whether one parcel's missing number matters is `Parcel.awaiting_number`. `db.tabs` says the same of rows, over `untracked_at` and
`unnumbered_at`.
"""

from __future__ import annotations

from collections.abc import Iterable

from orders_sync.instants import Ms
from orders_sync.rules.order_state import OrderState
from orders_sync.rules.projection import Cause
from orders_wire.vocabulary import AlertType, Delivery, Severity


def untracked_at(state: OrderState) -> Ms | None:
    """When the order was placed, while a live parcel lacks a number: the tab `awaiting_tracking`."""
    return state.placed_at if not state.over and any(p.awaiting_number for p in state.shipments) else None


def unnumbered_at(state: OrderState) -> Ms | None:
    """When the order was placed, while a carrier is to bring it and no parcel has a number: the tab `tracking_pending`."""
    numbered = any(p.number is not None or not p.real for p in state.shipments)
    carried = state.ships and state.delivery is Delivery.SHIPPING
    return state.placed_at if carried and not numbered and state.live_at is not None else None


def turning_points(state: OrderState) -> Iterable[Ms]:
    """When time alone makes a number late."""
    return (Ms(_late_from(state, p.created_at) + 1) for p in state.shipments if p.awaiting_number)


def causes(state: OrderState, now: Ms) -> Iterable[Cause]:
    """An alert for every parcel whose number is late, unless an operator's fulfil acknowledged that."""
    for parcel in state.shipments:
        late = parcel.awaiting_number and _late_from(state, parcel.created_at) < now
        if late and parcel.id not in state.operator.cleared_numbers:
            key = parcel.of_action or str(parcel.id)
            message = f"{state.name} has no tracking number: it was fulfilled {state.local_time(parcel.created_at)}"
            yield Cause(AlertType.TRACKING_PENDING, key, message, Severity.WARNING)


def _late_from(state: OrderState, created_at: Ms) -> int:
    return created_at + state.thresholds.tracking_pending
