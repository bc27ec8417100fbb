"""`tracking`: parcels get a number, or another one, at Shopify too: contract §3a.

A row names its parcels by nothing but their numbers, so what changes at once is found by the number that the parcel had.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from orders_tui.actions.draft import MOST_ORDERS, Draft, ending
from orders_tui.actions.field_changes import Changes, Earlier, FieldChange
from orders_tui.actions.sending import goes, is_placeholder, mailed, never_sent, stays
from orders_wire.vocabulary import ActionName, AlertType, Status

if TYPE_CHECKING:
    from orders_wire.actions import TrackingBody
    from orders_wire.detail import Fulfillment, OrderDetail
    from orders_wire.orders import Order, Tracking
    from orders_wire.people import Me

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
_NO_PARCEL = "no parcel yet"
_NO_PARCELS = {"cancelled", "failure", "error"}
"""States of a fulfilment that is no parcel (any more)."""


@dataclass(frozen=True, slots=True)
class ParcelNumber:
    """A number for a parcel of an order, with its carrier and the page that follows it.

    `parcel`: the fulfilment's id, or on the command line whatever names it; None: the one that the server finds (contract §3a).
    `before`: the number that the parcel was shown with.
    """

    order_id: str
    number: str
    carrier: str | None = None
    url: str | None = None
    parcel: str | None = None
    before: str | None = None


@dataclass(frozen=True, slots=True)
class TrackingDraft(Draft):
    """Give the parcels of these orders their numbers. `notify`: whether customers are mailed; None: as the server is set."""

    action = ActionName.TRACKING
    word = "tracking"
    doing = "at its parcels"
    done = "given a number"
    unsent = "nothing is on its way to be sent"
    numbers: tuple[ParcelNumber, ...] = ()
    notify: bool | None = None

    def obstacle(self, order: Order) -> str | None:
        if order.cancelling is not None:
            return ending(order)
        return None if order.tracking else _NO_PARCEL

    def requests(self) -> Iterator[TrackingDraft]:
        """So many orders in each as hold 250 parcels together; the parcels of one are never parted."""
        batch: list[ParcelNumber] = []
        for numbers in self._by_order().values():
            if batch and len(batch) + len(numbers) > MOST_ORDERS:
                yield self._of(batch)
                batch = []
            batch += numbers
        if batch:
            yield self._of(batch)

    def _by_order(self) -> Mapping[str, list[ParcelNumber]]:
        by_order: dict[str, list[ParcelNumber]] = {order_id: [] for order_id in self.order_ids}
        for number in self.numbers:
            if number.order_id in by_order:
                by_order[number.order_id].append(number)
        return {order_id: numbers for order_id, numbers in by_order.items() if numbers}

    def _of(self, numbers: Sequence[ParcelNumber]) -> TrackingDraft:
        ids = tuple(dict.fromkeys(number.order_id for number in numbers))
        return replace(self, order_ids=ids, numbers=tuple(numbers))

    def effect(self, order_id: str, row: Order | None, earlier: Earlier) -> Changes:
        numbers = [number for number in self.numbers if number.order_id == order_id]
        if row is None or not numbers:
            return {}
        tracking = list(row.tracking)
        for number in numbers:
            at = _place(tracking, number)
            if at is not None:
                tracking[at] = _numbered(tracking[at], number)
        pending = any(parcel.number is None for parcel in tracking)
        alerts = [alert for alert in row.alerts if pending or alert is not AlertType.TRACKING_PENDING]
        status = row.status if row.status in _NOT_OF_PARCELS else shipped_status(tracking)
        return {
            "status": FieldChange(row.status, status),
            "tracking": FieldChange(row.tracking, tracking),
            "alerts": FieldChange(row.alerts, alerts),
        }

    def body(self, expected: dict[str, int] | None) -> TrackingBody:
        from orders_wire.actions import GivenParcel, TrackingBody

        items = [
            GivenParcel(
                order_id=each.order_id,
                fulfillment_id=each.parcel,
                number=each.number,
                carrier=each.carrier,
                url=each.url,
            )
            for each in self.numbers
        ]
        return TrackingBody(items=items, notify=self.notify, expected_versions=expected)

    @classmethod
    def from_book(cls, item: Mapping[str, Any]) -> TrackingDraft:
        numbers = tuple(ParcelNumber(**number) for number in item["numbers"])
        return cls(tuple(item["order_ids"]), numbers, item.get("notify"), versions=item.get("versions", {}))


_NOT_OF_PARCELS = {Status.AWAITING_FULFILLMENT, Status.CANCELLED, Status.REFUNDED}


def _place(parcels: Sequence[Tracking], number: ParcelNumber) -> int | None:
    """Which of a row's parcels is meant; None where only the server knows."""
    if number.parcel is not None:
        return next((at for at, parcel in enumerate(parcels) if parcel.number == number.before), None)
    lacking = [at for at, parcel in enumerate(parcels) if not parcel.number]
    if len(lacking) == 1:
        return lacking[0]
    return 0 if not lacking and len(parcels) == 1 else None


def _numbered(parcel: Tracking, number: ParcelNumber) -> Tracking:
    update = {"number": number.number, "carrier": number.carrier, "url": number.url}
    return parcel.model_copy(update=update)


def shipped_status(parcels: Iterable[Tracking]) -> Status:
    """Contract §1, `status`, for an order with nothing owed."""
    known = list(parcels)
    if any(parcel.number is None and parcel.shipment_status != "delivered" for parcel in known):
        return Status.AWAITING_TRACKING
    if any(parcel.shipment_status in _MOVING for parcel in known):
        return Status.IN_TRANSIT
    return Status.FULFILLED


def outward(numbers: Sequence[ParcelNumber], me: Me | None, undo_key: str, *, notify: bool) -> str:
    """What becomes of these numbers, of one order, at Shopify. A placeholder stays here."""
    invented = sum(is_placeholder(number.number, me) for number in numbers)
    sent = invented < len(numbers)
    words = (
        goes(1, me, undo_key, alone=True) if sent else stays(0, 1),
        never_sent(invented),
        mailed(int(sent), notify=notify),
    )
    return "; ".join(filter(None, words))


def parcels_of(detail: OrderDetail) -> list[Fulfillment]:
    """The parcels of an order, oldest first, without those that never came to be."""
    return [parcel for parcel in detail.fulfillments if parcel.status not in _NO_PARCELS]


def parcel_named(name: str, parcels: Sequence[Fulfillment]) -> Fulfillment | None:
    """The parcel that is meant by its id, or the number in it; by its name (`#1001-F2`, also `F2`); or by its place, from 1."""
    wanted = name.strip().casefold()
    for parcel in parcels:
        if wanted in {parcel.id.casefold(), parcel.id.rpartition("/")[2].casefold()}:
            return parcel
    named = [parcel for parcel in parcels if parcel.name and _is_called(parcel.name.casefold(), wanted)]
    if named:
        return named[0]
    return parcels[int(wanted) - 1] if wanted.isdecimal() and 1 <= int(wanted) <= len(parcels) else None


def _is_called(name: str, wanted: str) -> bool:
    return wanted in {name, name.lstrip("#"), name.rpartition("-")[2]}


def no_such_parcel(order: str, name: str, parcels: Sequence[Fulfillment]) -> str:
    """That an order has no parcel of this name, and which it has."""
    known = ", ".join(parcel.name or str(place) for place, parcel in enumerate(parcels, start=1))
    return f"{order} has no parcel {name}; it has {known}" if known else f"{order} has {_NO_PARCEL}"
