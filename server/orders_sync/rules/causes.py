"""Reasons for alerts that hold at an instant, and the next instant at which they change: contract §2, Alerts.

A message names the order and holds no ageing figure: it is told from others by its exact text.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from orders_sync.instants import FOREVER, Ms, to_datetime
from orders_sync.rules import failed_writes
from orders_sync.rules.order_state import Picture
from orders_sync.rules.parcels import Parcel
from orders_sync.rules.projection import Cause
from orders_wire.vocabulary import ASSISTANT, AlertType, Issue, ReturnState, Severity

_RETURN_WORDS = {
    ReturnState.AWAITING_LABEL: "waits for its label",
    ReturnState.LABEL_GENERATED: "has its label",
    ReturnState.IN_TRANSIT: "is on its way back",
    ReturnState.INSPECTION: "is in inspection",
    ReturnState.AWAITING_REFUND: "waits for its refund",
}


def causes(picture: Picture, now: Ms) -> tuple[Cause, ...]:
    """All causes that hold at `now`."""
    found = [*_holds(picture), *_returns(picture), *_escalation(picture)]
    if picture.open_at(now):
        found += [*_overdue(picture, now), *_delays(picture, now), *_untracked(picture, now)]
    return (
        *found,
        *failed_writes.causes(picture),
    )


def delayed(picture: Picture, parcel: Parcel, now: Ms) -> bool:
    """The rule of the tab `delayed` for one parcel of an open order."""
    age = now - parcel.updated_at
    return parcel.late_prone and picture.thresholds.delayed <= age < picture.thresholds.quiet


def wake_at(picture: Picture, now: Ms) -> Ms | None:
    """The next instant after `now` at which time alone may change the causes or close the order."""
    return min((at for at in _turning_points(picture) if at > now), default=None)


def _turning_points(picture: Picture) -> Iterator[Ms]:
    thresholds = picture.thresholds
    if picture.live_at is None:
        return
    if picture.live_at != FOREVER:
        yield Ms(picture.live_at + thresholds.quiet)
    if picture.owed and picture.ship_by is not None:
        yield Ms(picture.ship_by + 1)
    for parcel in picture.shipments:
        if parcel.late_prone:
            yield Ms(parcel.updated_at + thresholds.delayed)
            yield Ms(parcel.updated_at + thresholds.quiet)
        if parcel.awaiting_number:
            yield Ms(parcel.created_at + thresholds.tracking_pending + 1)


def _overdue(picture: Picture, now: Ms) -> Iterable[Cause]:
    due = picture.ship_by
    if picture.owed and due is not None and due < now:
        message = f"{picture.name} is overdue: it was due {_when(picture, due)}"
        yield Cause(AlertType.ORDER_OVERDUE, str(due), message, Severity.CRITICAL)


def _delays(picture: Picture, now: Ms) -> Iterable[Cause]:
    for parcel in picture.shipments:
        acknowledged = picture.operator.cleared_delays.get(parcel.id) == parcel.updated_at
        if delayed(picture, parcel, now) and not acknowledged:
            carrier = parcel.carrier or "the carrier"
            message = f"{picture.name} is delayed: {carrier} last reported {_when(picture, parcel.updated_at)}"
            yield Cause(AlertType.SHIPMENT_DELAY, f"{parcel.id} {parcel.updated_at}", message, Severity.WARNING)


def _untracked(picture: Picture, now: Ms) -> Iterable[Cause]:
    for parcel in picture.shipments:
        late = parcel.awaiting_number and parcel.created_at + picture.thresholds.tracking_pending < now
        if late and parcel.id not in picture.operator.cleared_numbers:
            told = picture.operator.acknowledgement
            key = told.action_id if parcel.ours and told is not None else str(parcel.id)
            when = _when(picture, parcel.created_at)
            message = f"{picture.name} has no tracking number: it was fulfilled {when}"
            yield Cause(AlertType.TRACKING_PENDING, key, message, Severity.WARNING)


def _holds(picture: Picture) -> Iterable[Cause]:
    for hold in picture.holds:
        if hold.meaning is Issue.INVENTORY:
            what = f": {', '.join(sorted(hold.skus))}" if hold.skus else ""
            message = f"{picture.name} is held for inventory{what}"
            yield Cause(AlertType.INVENTORY_HOLD, hold.key, message, Severity.WARNING)


def _returns(picture: Picture) -> Iterable[Cause]:
    for view in picture.returns:
        if not view.state.terminal:
            name = f" {view.name}" if view.name else ""
            message = f"{picture.name}: return{name} {_RETURN_WORDS[view.state]}"
            yield Cause(AlertType.RETURN_UPDATE, f"{view.id} {view.state.value}", message, Severity.INFO)


def _escalation(picture: Picture) -> Iterable[Cause]:
    escalation = picture.operator.escalation
    if escalation is not None and picture.operator.assigned_to in (None, ASSISTANT):
        message = f"{picture.name} was escalated to support"
        yield Cause(AlertType.SUPPORT_ESCALATED, escalation.action_id, message, Severity.CRITICAL)


def _when(picture: Picture, at: Ms) -> str:
    """Date and time in the desk's zone."""
    return to_datetime(at).astimezone(picture.thresholds.zone).strftime("%Y-%m-%d %H:%M")
