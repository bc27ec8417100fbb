"""Delayed: a parcel on its way of which the carrier has reported nothing for a day (contract §1, tab `delayed`; §2).

Which carrier states count is `Parcel.late_prone`. `db.tabs` says the same of rows, over a parcel's last update.
"""

from __future__ import annotations

from collections.abc import Iterable

from orders_sync.instants import Ms
from orders_sync.rules.order_state import OrderState
from orders_sync.rules.parcels import Parcel
from orders_sync.rules.projection import Cause
from orders_wire.vocabulary import AlertType, Severity


def is_delayed(state: OrderState, parcel: Parcel, now: Ms) -> bool:
    """The rule for one parcel of an open order: silent for long enough, and not for so long that it is quiet."""
    age = now - parcel.updated_at
    return parcel.late_prone and state.thresholds.delayed <= age < state.thresholds.quiet


def turning_points(state: OrderState) -> Iterable[Ms]:
    """When time alone begins or ends a delay."""
    for parcel in state.shipments:
        if parcel.late_prone:
            yield Ms(parcel.updated_at + state.thresholds.delayed)
            yield Ms(parcel.updated_at + state.thresholds.quiet)


def causes(state: OrderState, now: Ms) -> Iterable[Cause]:
    """An alert for every delay that no operator's fulfil acknowledged."""
    for parcel in state.shipments:
        acknowledged = state.operator.cleared_delays.get(parcel.id) == parcel.updated_at
        if is_delayed(state, parcel, now) and not acknowledged:
            carrier = parcel.carrier or "the carrier"
            message = f"{state.name} is delayed: {carrier} last reported {state.local_time(parcel.updated_at)}"
            yield Cause(AlertType.SHIPMENT_DELAY, f"{parcel.id} {parcel.updated_at}", message, Severity.WARNING)
