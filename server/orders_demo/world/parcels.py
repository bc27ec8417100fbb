"""Fulfilment orders (what is to be sent from where), holds on them, and fulfilments (what was sent)."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from orders_demo.world.goods import Location
    from orders_demo.world.orders import Line, Order

UNFULFILLABLE = frozenset({"CLOSED", "CANCELLED", "INCOMPLETE"})
MOST_HOLDS = 10
"""How many one app may have on one fulfilment order."""


@dataclass(slots=True, eq=False, repr=False)
class Hold:
    """Why a fulfilment order may not be sent. `reason` is a FulfillmentHoldReason. `locked`: its app lets no other release it."""

    id: int
    reason: str
    reason_notes: str | None
    handle: str | None
    by_us: bool
    placed_at: datetime
    external_id: str | None = None
    locked: bool = False
    split_off: FulfillmentOrder | None = None
    """What was not to be held, in a fulfilment order of its own: it comes back when the hold goes."""


@dataclass(slots=True, eq=False, repr=False)
class FulfillmentOrderLine:
    """So many of an order's line, to be sent from the task's location."""

    id: int
    line: Line
    total: int
    remaining: int


@dataclass(slots=True, eq=False, repr=False)
class FulfillmentOrder:
    """A fulfilment order. `status` is a FulfillmentOrderStatus, and ON_HOLD exactly while there are holds."""

    id: int
    order: Order
    location: Location
    status: str
    created_at: datetime
    updated_at: datetime
    fulfill_at: datetime | None
    fulfill_by: datetime | None
    lines: list[FulfillmentOrderLine]
    holds: list[Hold] = field(default_factory=list)
    parcels: list[Parcel] = field(default_factory=list)
    request_status: str = "UNSUBMITTED"
    in_hand: bool = False
    """Whether progress was reported."""

    @property
    def remaining(self) -> int:
        """Units still to be sent."""
        return sum(line.remaining for line in self.lines)

    @property
    def sendable(self) -> bool:
        """Whether anything of it can be sent now. What was called back is sent anew from another one."""
        return bool(self.remaining) and not self.holds and self.status not in UNFULFILLABLE

    @property
    def actions(self) -> list[str]:
        """What Shopify would let one do now, in its own order."""
        if self.status in UNFULFILLABLE:
            return []
        if self.holds:
            return ["RELEASE_HOLD", *(["HOLD"] if self.held_by_us < MOST_HOLDS else []), "MOVE"]
        if self.status == "SCHEDULED":
            return ["MARK_AS_OPEN"]
        if self.in_hand:
            return ["CREATE_FULFILLMENT", "REPORT_PROGRESS", "HOLD", "MARK_AS_OPEN"]
        split = ["SPLIT"] if self.remaining > 1 else []
        merge = ["MERGE"] if any(self.may_join(other) for other in self.order.tasks) else []
        return ["CREATE_FULFILLMENT", "REPORT_PROGRESS", "MOVE", "HOLD", *split, *merge]

    @property
    def held_by_us(self) -> int:
        """How many of its holds this app placed."""
        return sum(entry.by_us for entry in self.holds)

    def may_join(self, other: FulfillmentOrder) -> bool:
        """Whether the two can be merged: both open, at one location."""
        return other is not self and self.status == other.status == "OPEN" and self.location is other.location


@dataclass(slots=True, eq=False, repr=False)
class Tracking:
    """A parcel's number at its carrier."""

    company: str | None
    number: str | None
    url: str | None


@dataclass(slots=True, eq=False, repr=False)
class Scan:
    """A fulfilment event. `status` is a FulfillmentEventStatus."""

    id: int
    status: str
    message: str | None
    happened_at: datetime
    created_at: datetime
    city: str | None
    province: str | None
    country: str | None
    zip: str | None
    address1: str | None = None
    latitude: float | None = None
    longitude: float | None = None
    estimated_delivery_at: datetime | None = None


@dataclass(slots=True, eq=False, repr=False)
class ParcelLine:
    """So many of an order's line in one parcel."""

    id: int
    line: Line
    quantity: int


@dataclass(slots=True, eq=False, repr=False)
class Parcel:
    """A fulfilment. `status` is a FulfillmentStatus; what the carrier says is in `scans`."""

    id: int
    order: Order
    name: str
    status: str
    location: Location
    created_at: datetime
    updated_at: datetime
    tracking: list[Tracking]
    lines: list[ParcelLine]
    tasks: list[FulfillmentOrder]
    scans: list[Scan] = field(default_factory=list)

    @property
    def latest(self) -> Scan | None:
        """The carrier's newest word."""
        return max(self.scans, key=lambda scan: (scan.happened_at, scan.id)) if self.scans else None

    @property
    def shipment_status(self) -> str | None:
        """The newest scan's status; delivered is final."""
        if any(scan.status == "DELIVERED" for scan in self.scans):
            return "DELIVERED"
        return self.latest.status if self.latest else None

    @property
    def delivered_at(self) -> datetime | None:
        """When it arrived."""
        return self._first("DELIVERED")

    @property
    def in_transit_at(self) -> datetime | None:
        """When it began to move."""
        return self._first("IN_TRANSIT")

    @property
    def estimated_delivery_at(self) -> datetime | None:
        """The carrier's newest promise."""
        promised = [scan for scan in self.scans if scan.estimated_delivery_at]
        return max(promised, key=lambda scan: scan.happened_at).estimated_delivery_at if promised else None

    @property
    def display_status(self) -> str:
        """A FulfillmentDisplayStatus."""
        if self.status == "CANCELLED":
            return "CANCELED"
        return self.shipment_status or "FULFILLED"

    @property
    def number(self) -> str | None:
        """The first tracking number, if it has one."""
        return self.tracking[0].number if self.tracking else None

    def _first(self, status: str) -> datetime | None:
        return min((scan.happened_at for scan in self.scans if scan.status == status), default=None)
