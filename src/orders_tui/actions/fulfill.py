"""`fulfill`: orders are marked as fulfilled, with tracking numbers where there are some.

Invariant: the words claim that something is sent only where a row waits for it in the outbox (contract §3a, "Nothing is
said to be sent that is not queued").
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from orders_tui.actions.draft import MANY, WRITES_OFF, Draft, closed
from orders_tui.actions.field_changes import Changes, Earlier, FieldChange
from orders_wire.vocabulary import PLACEHOLDER_NUMBERS, ActionName, AlertType, Status

if TYPE_CHECKING:
    from orders_wire.actions import FulfillBody
    from orders_wire.orders import Order, Tracking
    from orders_wire.people import Me

NOTHING_SENT = "stays on this desk: nothing is sent"

_CLEARED_ALERTS = {AlertType.SHIPMENT_DELAY, AlertType.ORDER_OVERDUE, AlertType.TRACKING_PENDING}
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
class Parcel:
    """A tracking number with its carrier's name, as the operator gave them."""

    number: str
    carrier: str | None = None


@dataclass(frozen=True, slots=True)
class FulfillDraft(Draft):
    """Mark the orders fulfilled; `parcels` gives a number to the orders that have one (each travels in a request of its own)."""

    action = ActionName.FULFILL
    word = "fulfil"
    done = "marked as fulfilled"
    unsent = "nothing is on its way to be sent"
    parcels: Mapping[str, Parcel] = field(default_factory=dict)

    @property
    def many(self) -> bool:
        return len(self.order_ids) > MANY or len(self.parcels) > 1

    def obstacle(self, order: Order) -> str | None:
        if closed(order):
            return closed(order)
        if order.hold is not None:
            return f"on hold ({order.hold.reason.replace('_', ' ')})"
        if order.status is Status.AWAITING_FULFILLMENT or any(parcel.number is None for parcel in order.tracking):
            return None
        return "fulfilled already"

    def requests(self) -> Iterator[FulfillDraft]:
        bare = tuple(order_id for order_id in self.order_ids if order_id not in self.parcels)
        yield from Draft.requests(replace(self, order_ids=bare, parcels={}))
        numbered = (order_id for order_id in self.order_ids if order_id in self.parcels)
        yield from (replace(self, order_ids=(o,), parcels={o: self.parcels[o]}) for o in numbered)

    def effect(self, order_id: str, row: Order | None, earlier: Earlier) -> Changes:
        if row is None or closed(row) or row.hold is not None:
            return {}
        tracking = _tracking(row, self.parcels.get(order_id))
        alerts = [alert for alert in row.alerts if alert not in _CLEARED_ALERTS]
        return {
            "status": FieldChange(row.status, _status(tracking)),
            "tracking": FieldChange(row.tracking, tracking),
            "alerts": FieldChange(row.alerts, alerts),
        }

    def body(self, expected: dict[str, int] | None) -> FulfillBody:
        from orders_wire.actions import FulfillBody, GivenTracking

        parcel = self.parcels.get(self.order_ids[0])
        tracking = GivenTracking(number=parcel.number, carrier=parcel.carrier) if parcel else None
        return FulfillBody(order_ids=list(self.order_ids), tracking=tracking, expected_versions=expected)

    @classmethod
    def from_book(cls, item: Mapping[str, Any]) -> FulfillDraft:
        parcels = {order_id: Parcel(**parcel) for order_id, parcel in item.get("parcels", {}).items()}
        return cls(tuple(item["order_ids"]), parcels, versions=item.get("versions", {}))


def _tracking(row: Order, parcel: Parcel | None) -> list[Tracking]:
    """A parcel of ours for all that is owed; on an order with nothing owed, the number goes to the first that lacks one."""
    from orders_wire.orders import Tracking

    number, carrier = (parcel.number, parcel.carrier) if parcel else (None, None)
    if row.status is Status.AWAITING_FULFILLMENT:
        return [*row.tracking, Tracking(number=number, carrier=carrier)]
    lacking = next((at for at, known in enumerate(row.tracking) if number and not known.number), None)
    return [
        known.model_copy(update={"number": number, "carrier": carrier or known.carrier}) if at == lacking else known
        for at, known in enumerate(row.tracking)
    ]


def _status(parcels: Sequence[Tracking]) -> Status:
    """Contract §1, `status`, for an order with nothing owed."""
    if any(p.number is None and p.shipment_status != "delivered" for p in parcels):
        return Status.AWAITING_TRACKING
    if any(p.shipment_status in _MOVING for p in parcels):
        return Status.IN_TRANSIT
    return Status.FULFILLED


def outward(orders: Iterable[Order], parcels: Mapping[str, Parcel], me: Me | None, undo_key: str) -> str:
    """What becomes of these orders at Shopify once they are marked as fulfilled."""
    found = list(orders)
    sent = sum(_is_queued(order, parcels.get(order.id), me) for order in found)
    stay = len(found) - sent
    invented = sum(order.id in parcels and _is_placeholder(parcels[order.id].number, me) for order in found)
    words = [_sent(sent, me, undo_key, alone=not stay)] if sent else []
    if stay:
        words.append(NOTHING_SENT if not sent else f"{stay} stay on this desk: nothing is sent of them")
    if invented:
        words.append(
            "the placeholder is shown and never sent" if invented == 1 else f"{invented} placeholders are never sent"
        )
    return "; ".join(words)


def _is_queued(order: Order, parcel: Parcel | None, me: Me | None) -> bool:
    """Whether marking this order as fulfilled leaves a row that waits for Shopify.

    What is owed always does; where nothing is, only a number for a parcel that lacks one, unless it is a placeholder.
    """
    if order.status is Status.AWAITING_FULFILLMENT:
        return True
    lacks = any(not known.number for known in order.tracking)
    return lacks and parcel is not None and not _is_placeholder(parcel.number, me)


def _is_placeholder(number: str, me: Me | None) -> bool:
    """Whether a number is one that was invented, which is shown and never sent."""
    pattern = me.placeholder_numbers if me is not None else PLACEHOLDER_NUMBERS
    try:
        return re.fullmatch(pattern, number.strip()) is not None
    except re.error:
        return False


def _sent(count: int, me: Me | None, undo_key: str, *, alone: bool) -> str:
    if me is not None and not me.shopify_writes:
        return WRITES_OFF if alone else f"{count} wait on the desk: writes to Shopify are off"
    who = "goes" if alone and count == 1 else f"{count} go"
    return f"{who} to Shopify after {me.undo_seconds if me is not None else 10} s; {undo_key} takes it back"
