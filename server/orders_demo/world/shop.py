"""The shop: every record by id, and the happenings that its listeners hear of."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import NamedTuple
from zoneinfo import ZoneInfo

from orders_demo.world.drafts import Draft
from orders_demo.world.goods import Item, Location, Product, Variant
from orders_demo.world.ids import Ids
from orders_demo.world.orders import Dispute, Order, Refund
from orders_demo.world.parcels import FulfillmentOrder, Parcel
from orders_demo.world.people import Customer
from orders_demo.world.returns import Return, Reverse, ReverseDelivery


class Told(NamedTuple):
    """One thing to announce: a webhook topic and the record (or records) its body is written from."""

    topic: str
    subject: object


@dataclass(slots=True, eq=False, repr=False)
class Shop:
    """One shop. `revision` grows with every change of an order, so that what was sorted can be kept until then."""

    id: int
    name: str
    domain: str
    zone: ZoneInfo
    created_at: datetime
    locations: list[Location] = field(default_factory=list)
    products: list[Product] = field(default_factory=list)
    variants: list[Variant] = field(default_factory=list)
    customers: list[Customer] = field(default_factory=list)
    orders: dict[int, Order] = field(default_factory=dict)
    tasks: dict[int, FulfillmentOrder] = field(default_factory=dict)
    parcels: dict[int, Parcel] = field(default_factory=dict)
    refunds: dict[int, Refund] = field(default_factory=dict)
    returns: dict[int, Return] = field(default_factory=dict)
    reverses: dict[int, Reverse] = field(default_factory=dict)
    deliveries: dict[int, ReverseDelivery] = field(default_factory=dict)
    disputes: dict[int, Dispute] = field(default_factory=dict)
    drafts: dict[int, Draft] = field(default_factory=dict)
    items: dict[int, Item] = field(default_factory=dict)
    ids: Ids = field(default_factory=Ids)
    next_number: int = 1001
    revision: int = 0
    archives: bool = False
    """Whether an order closes by itself once it is paid and sent (a setting of the shop's)."""
    told: list[Told] | None = None

    def tell(self, topic: str, subject: object) -> None:
        """Announce a happening, if anybody listens. The same one twice within one deed is told once."""
        if self.told is None:
            return
        if not any(entry.topic == topic and entry.subject is subject for entry in self.told):
            self.told.append(Told(topic, subject))

    def touch(self, order: Order, at: datetime) -> None:
        """Note that an order changed, and announce it. Its `updated_at` never goes back."""
        order.updated_at = max(order.updated_at, at)
        self.revision += 1
        self.tell("orders/updated", order)

    @contextmanager
    def listening(self) -> Iterator[list[Told]]:
        """Collect what one deed announces, in its order."""
        outer, self.told = self.told, []
        try:
            yield self.told
        finally:
            self.told = outer
