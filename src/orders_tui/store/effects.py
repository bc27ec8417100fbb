"""What an action will make of a row, before the server has said so: contract §3 read forwards, field by field.

A change remembers what it found. A *firm* change (the owner) is what the operator wants whatever stands there; any other applies
only where the row still stands as it stood when the operator acted, so that it is never applied twice nor over somebody else's.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from orders_tui.drafts import AssignDraft, Draft, FulfillDraft, InventoryDraft, Parcel, ReturnsDraft, SupportDraft
from orders_wire.returns import after, allowed_actions
from orders_wire.vocabulary import ASSISTANT, AlertType, Issue, ReturnState, Status

if TYPE_CHECKING:
    from orders_wire.orders import Order, ReturnSummary, Tracking

_CLEARED_BY_FULFILMENT = {AlertType.SHIPMENT_DELAY, AlertType.ORDER_OVERDUE, AlertType.TRACKING_PENDING}
_MOVING = {
    "label_printed",
    "label_purchased",
    "confirmed",
    "in_transit",
    "out_for_delivery",
    "attempted_delivery",
    "delayed",
    "ready_for_pickup",
}


@dataclass(frozen=True, slots=True)
class FieldChange:
    """One field of a row: found as `before`, meant to be `after`."""

    before: Any
    after: Any
    firm: bool = False

    def applies_to(self, value: Any) -> bool:
        """True when the field stands as it was found, or it does not matter how it stands."""
        return self.firm or _same(value, self.before)

    def applied(self, value: Any) -> Any:
        """The field with the change on it."""
        return self.after if self.applies_to(value) else value

    def as_fact(self) -> FieldChange:
        """The server did it."""
        return FieldChange(self.before, self.after, firm=True)

    def inverse(self) -> FieldChange:
        """Undoing it: only where it still stands."""
        return FieldChange(self.after, self.before)


Changes = Mapping[str, FieldChange]


def changes(draft: Draft, order_id: str, row: Order | None) -> Changes:
    """What the draft does to this order. Of an order that is not known, only what is firm can be said."""
    if isinstance(draft, AssignDraft):
        return {"assigned_to": FieldChange(row.assigned_to if row else None, draft.assignee, firm=True)}
    if isinstance(draft, SupportDraft):
        return _escalated(draft, row)
    if row is None:
        return {}
    if isinstance(draft, FulfillDraft):
        return _fulfilled(row, draft.parcels.get(order_id))
    if isinstance(draft, ReturnsDraft):
        return _returned(draft, row)
    if isinstance(draft, InventoryDraft):
        return _held(draft, row)
    return {}


def fold(row: Order, patch: Changes) -> Order:
    """The row with the changes on it; the same object where nothing differs."""
    update = {name: change.applied(getattr(row, name)) for name, change in patch.items()}
    update = {name: value for name, value in update.items() if value != getattr(row, name)}
    return row.model_copy(update=update) if update else row


def _escalated(draft: SupportDraft, row: Order | None) -> Changes:
    owner = FieldChange(row.assigned_to if row else None, ASSISTANT, firm=True)
    if row is None:
        return {"assigned_to": owner}
    thread = FieldChange(row.support_thread, draft.conversation_id or row.support_thread)
    alerts = [*row.alerts, *({AlertType.SUPPORT_ESCALATED} - set(row.alerts))]
    return {"assigned_to": owner, "support_thread": thread, "alerts": FieldChange(row.alerts, alerts)}


def _fulfilled(row: Order, parcel: Parcel | None) -> Changes:
    if row.status in {Status.CANCELLED, Status.REFUNDED} or row.hold is not None:
        return {}
    tracking = _parcels(row, parcel)
    alerts = [alert for alert in row.alerts if alert not in _CLEARED_BY_FULFILMENT]
    return {
        "status": FieldChange(row.status, _status(tracking)),
        "tracking": FieldChange(row.tracking, tracking),
        "alerts": FieldChange(row.alerts, alerts),
    }


def _parcels(row: Order, parcel: Parcel | None) -> list[Tracking]:
    """A parcel of ours for all that is owed; on an order with nothing owed, the number goes to the first that lacks one."""
    from orders_wire.orders import Tracking

    number, carrier = (parcel.number, parcel.carrier) if parcel else (None, None)
    if row.status is Status.AWAITING_FULFILLMENT:
        return [*row.tracking, Tracking(number=number, carrier=carrier)]
    lacking = next((at for at, parcel in enumerate(row.tracking) if number and not parcel.number), None)
    return [
        told.model_copy(update={"number": number, "carrier": carrier or told.carrier}) if at == lacking else told
        for at, told in enumerate(row.tracking)
    ]


def _status(parcels: Sequence[Tracking]) -> Status:
    """Contract §1, `status`, for an order with nothing owed."""
    if any(p.number is None and p.shipment_status != "delivered" for p in parcels):
        return Status.AWAITING_TRACKING
    if any(p.shipment_status in _MOVING for p in parcels):
        return Status.IN_TRANSIT
    return Status.FULFILLED


def _returned(draft: ReturnsDraft, row: Order) -> Changes:
    current = row.return_
    if current is None or (draft.return_id is not None and draft.return_id != current.id):
        return {}
    state = after(current.state, draft.action)
    if state is None:
        return {}
    moved = current.model_copy(update={"state": state, "since": None, "allowed_actions": allowed_actions(state)})
    return {"return_": FieldChange(current, moved)}


def _held(draft: InventoryDraft, row: Order) -> Changes:
    if row.id not in draft.order_ids or row.issue in {Issue.PAYMENT, Issue.ADDRESS}:
        return {}
    return {"issue": FieldChange(row.issue, Issue.INVENTORY)}


def _same(value: Any, before: Any) -> bool:
    """Equal in what an action goes by: a return is the same while its id and state are."""
    if hasattr(before, "allowed_actions") and hasattr(value, "allowed_actions"):
        return _essence(value) == _essence(before)
    return bool(value == before)


def _essence(value: ReturnSummary) -> tuple[str, ReturnState]:
    return value.id, value.state
