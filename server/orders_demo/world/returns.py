"""Returns, and what is to come back for them."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from orders_demo.world.goods import Location, Variant
    from orders_demo.world.orders import Line, Order, Refund
    from orders_demo.world.parcels import ParcelLine


@dataclass(slots=True, eq=False, repr=False)
class ReturnLine:
    """So many units of one parcel's line that the customer sends back. `reason` is a ReturnReason."""

    id: int
    parcel_line: ParcelLine
    quantity: int
    reason: str
    note: str
    customer_note: str | None = None
    processed: int = 0
    refunded: int = 0


@dataclass(slots=True, eq=False, repr=False)
class ExchangeLine:
    """So many units that are sent for what comes back. `lines`: the order's lines that were made of them."""

    id: int
    variant: Variant
    quantity: int
    processed: int = 0
    lines: list[Line] = field(default_factory=list)


@dataclass(slots=True, eq=False, repr=False)
class Disposition:
    """What became of units that came back."""

    id: int
    type: str
    quantity: int
    location: Location
    created_at: datetime


@dataclass(slots=True, eq=False, repr=False)
class ReverseLine:
    """So many units expected back."""

    id: int
    parcel_line: ParcelLine
    total: int
    dispositions: list[Disposition] = field(default_factory=list)


@dataclass(slots=True, eq=False, repr=False)
class ReverseDelivery:
    """A return parcel with its label."""

    id: int
    reverse: Reverse
    carrier: str | None
    number: str | None
    url: str | None
    label_url: str | None
    created_at: datetime
    updated_at: datetime


@dataclass(slots=True, eq=False, repr=False)
class Reverse:
    """A reverse fulfilment order. `status` is a ReverseFulfillmentOrderStatus."""

    id: int
    owner: Return
    status: str
    lines: list[ReverseLine]
    deliveries: list[ReverseDelivery] = field(default_factory=list)


@dataclass(slots=True, eq=False, repr=False)
class Return:
    """A return. `status` is a ReturnStatus: it knows nothing of where the goods are."""

    id: int
    order: Order
    name: str
    status: str
    created_at: datetime
    lines: list[ReturnLine]
    requested: bool
    request_approved_at: datetime | None = None
    closed_at: datetime | None = None
    decline_reason: str | None = None
    decline_note: str | None = None
    reverses: list[Reverse] = field(default_factory=list)
    refunds: list[Refund] = field(default_factory=list)
    exchanges: list[ExchangeLine] = field(default_factory=list)

    @property
    def total_quantity(self) -> int:
        """Units on the return."""
        return sum(line.quantity for line in self.lines)
