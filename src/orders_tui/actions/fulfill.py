"""`fulfill`: orders are marked as fulfilled, whole or in part, with tracking numbers where there are some.

Where nothing is owed, a number is for a parcel that was sent: that is `tracking`, which travels in requests of its own.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from orders_tui.actions.draft import MANY, Draft, ending
from orders_tui.actions.field_changes import Changes, Earlier, FieldChange, unsaid
from orders_tui.actions.owed_lines import Part
from orders_tui.actions.sending import goes, is_placeholder, mailed, never_sent, stays
from orders_tui.actions.tracking import ParcelNumber, TrackingDraft, shipped_status
from orders_wire.vocabulary import ActionName, AlertType, Status

if TYPE_CHECKING:
    from orders_wire.actions import FulfillBody
    from orders_wire.orders import Order, Tracking
    from orders_wire.people import Me

_CLEARED_ALERTS = {AlertType.SHIPMENT_DELAY, AlertType.ORDER_OVERDUE, AlertType.TRACKING_PENDING}


@dataclass(frozen=True, slots=True)
class Parcel:
    """A tracking number with its carrier's name, as the operator gave them."""

    number: str
    carrier: str | None = None


@dataclass(frozen=True, slots=True)
class FulfillDraft(Draft):
    """Mark the orders fulfilled. What is of one order alone travels in a request of its own.

    `parcels`: the numbers of the parcels that are made of it; `parts`: of which orders just these units are sent, and not all
    that is owed; `numbers`: for parcels that were sent before. `notify`: whether customers are mailed; None: as the server is
    set.
    """

    action = ActionName.FULFILL
    word = "fulfil"
    doing = "fulfilling"
    unsent = "nothing is on its way to be sent"
    parcels: Mapping[str, Parcel] = field(default_factory=dict)
    parts: Mapping[str, Part] = field(default_factory=dict)
    numbers: tuple[ParcelNumber, ...] = ()
    notify: bool | None = None

    @property
    def done(self) -> str:
        partly = bool(self.order_ids) and all(order_id in self.parts for order_id in self.order_ids)
        return "fulfilled in part" if partly else "marked as fulfilled"

    @property
    def many(self) -> bool:
        return len(self.order_ids) > MANY or len({*self.parcels, *self.parts}) + len(self.numbers) > 1

    def obstacle(self, order: Order) -> str | None:
        if ended := ending(order):
            return ended
        if order.id in self._numbered:
            return self._tracking_draft().obstacle(order)
        if order.hold is not None and order.id not in self.parts:
            return f"on hold ({order.hold.reason.replace('_', ' ')})"
        if order.status is Status.AWAITING_FULFILLMENT or any(parcel.number is None for parcel in order.tracking):
            return None
        return "fulfilled already"

    def requests(self) -> Iterator[Draft]:
        alone, numbered = {*self.parcels, *self.parts}, self._numbered
        bare = tuple(order_id for order_id in self.order_ids if order_id not in alone | numbered)
        yield from Draft.requests(replace(self, order_ids=bare, parcels={}, parts={}, numbers=()))
        yield from (self._only(order_id) for order_id in dict.fromkeys(self.order_ids) if order_id in alone)
        yield from self._tracking_draft().requests()

    @property
    def _numbered(self) -> set[str]:
        return {number.order_id for number in self.numbers}

    def _only(self, order_id: str) -> FulfillDraft:
        parcels = {order_id: self.parcels[order_id]} if order_id in self.parcels else {}
        parts = {order_id: self.parts[order_id]} if order_id in self.parts else {}
        return replace(self, order_ids=(order_id,), parcels=parcels, parts=parts, numbers=())

    def _tracking_draft(self) -> TrackingDraft:
        return TrackingDraft(self.order_ids, self.numbers, self.notify, versions=self.versions)

    def effect(self, order_id: str, row: Order | None, earlier: Earlier) -> Changes:
        part = self.parts.get(order_id)
        if row is None or ending(row) or (row.hold is not None and part is None):
            return {}
        tracking = _tracking(row, self.parcels.get(order_id))
        parcels = FieldChange(row.tracking, tracking)
        if part is not None and part.left:
            return {"tracking": parcels, **unsaid(row)}
        alerts = [alert for alert in row.alerts if alert not in _CLEARED_ALERTS]
        return {
            "status": FieldChange(row.status, shipped_status(tracking)),
            "tracking": parcels,
            "alerts": FieldChange(row.alerts, alerts),
            **unsaid(row, alone=True),
        }

    def body(self, expected: dict[str, int] | None) -> FulfillBody:
        from orders_wire.actions import FulfillBody, GivenLine, GivenTracking

        parcel, part = self.parcels.get(self.order_ids[0]), self.parts.get(self.order_ids[0])
        units = part.units if part is not None else ()
        return FulfillBody(
            order_ids=list(self.order_ids),
            tracking=GivenTracking(number=parcel.number, carrier=parcel.carrier) if parcel else None,
            lines=[GivenLine(line_id=line, quantity=quantity) for line, quantity in units] or None,
            notify=self.notify,
            expected_versions=expected,
        )

    @classmethod
    def from_book(cls, item: Mapping[str, Any]) -> FulfillDraft:
        parcels = {order_id: Parcel(**parcel) for order_id, parcel in item.get("parcels", {}).items()}
        parts = {order_id: _part(part) for order_id, part in item.get("parts", {}).items()}
        numbers = tuple(ParcelNumber(**number) for number in item.get("numbers", ()))
        kept = item.get("notify"), item.get("versions", {})
        return cls(tuple(item["order_ids"]), parcels, parts, numbers, kept[0], versions=kept[1])


def _part(kept: Mapping[str, Any]) -> Part:
    return Part(tuple((str(line), int(quantity)) for line, quantity in kept["units"]), kept["left"])


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


def outward(
    orders: Iterable[Order],
    parcels: Mapping[str, Parcel],
    me: Me | None,
    undo_key: str,
    *,
    numbers: Sequence[ParcelNumber] = (),
    notify: bool = False,
) -> str:
    """What becomes of these orders at Shopify once this is done to them: `numbers` are for parcels that were sent before."""
    found = list(orders)
    sent = sum(_is_queued(order, parcels.get(order.id), numbers, me) for order in found)
    stay = len(found) - sent
    given = [*(parcels[order.id].number for order in found if order.id in parcels), *(each.number for each in numbers)]
    words = (
        goes(sent, me, undo_key, alone=not stay) if sent else "",
        stays(sent, stay),
        never_sent(sum(is_placeholder(number, me) for number in given)),
        mailed(sent, notify=notify),
    )
    return "; ".join(filter(None, words))


def _is_queued(order: Order, parcel: Parcel | None, numbers: Iterable[ParcelNumber], me: Me | None) -> bool:
    """Whether this leaves a row that waits for Shopify, which no placeholder does.

    What is owed always does; where nothing is, a number for a parcel that lacks one, or for one that is named.
    """
    given = [number.number for number in numbers if number.order_id == order.id]
    if given:
        return any(not is_placeholder(number, me) for number in given)
    if order.status is Status.AWAITING_FULFILLMENT:
        return True
    lacks = any(not known.number for known in order.tracking)
    return lacks and parcel is not None and not is_placeholder(parcel.number, me)
