"""One order's story told against the clock: it is never later than now, and each step is later than the one before."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from random import Random
from typing import Unpack

from orders_demo.operations import ordering, parcels, payments
from orders_demo.operations.ordering import Change
from orders_demo.sample_data import baskets, carriers
from orders_demo.world.goods import Variant
from orders_demo.world.orders import Order
from orders_demo.world.parcels import Parcel, Tracking
from orders_demo.world.returns import Return
from orders_demo.world.shop import Shop

ODD_NUMBER = Tracking("Other", "☠\x1b[7mTRK\x1b[0m\n42", None)
ON_THE_WAY = ("LABEL_PURCHASED", "CONFIRMED", "IN_TRANSIT", "IN_TRANSIT")
TO_THE_DOOR = (*ON_THE_WAY, "OUT_FOR_DELIVERY")


@dataclass(frozen=True, slots=True)
class Evidence:
    """What only the ERP knows: where a returned parcel is, or when stock comes."""

    type: str
    at: datetime
    owner: Return | None = None
    sku: str | None = None
    eta: datetime | None = None


@dataclass(slots=True)
class Script:
    """The stage directions of one order. `time` is how far its story has come."""

    shop: Shop
    rng: Random
    now: datetime
    time: datetime
    evidence: list[Evidence] = field(default_factory=list)

    def later(self, low: float, high: float) -> datetime:
        """Let some hours pass, but stay before now."""
        wanted = self.time + timedelta(hours=self.rng.uniform(low, high))
        self.time = max(self.time + timedelta(seconds=1), min(wanted, self.ago(0.02, 0.2)))
        self.time = self.time.replace(microsecond=0)
        return self.time

    def ago(self, low: float, high: float) -> datetime:
        """An instant so many hours before now."""
        return (self.now - timedelta(hours=self.rng.uniform(low, high))).replace(microsecond=0)

    def buy(self, goods: Sequence[Variant] | None = None, *, paid: bool = True, **changes: Unpack[Change]) -> Order:
        """An order placed now in the story's time, paid with it unless said otherwise."""
        basket = baskets.draw(self.shop, self.rng, self.time, goods)
        order = ordering.place(self.shop, replace(basket, **changes), self.time)
        if paid:
            payments.pay(self.shop, order, self.time)
        return order

    def ship(self, order: Order, *, tracked: bool = True, tasks: int | None = None) -> list[Parcel]:
        """Send what is owed, one parcel per location, now in the story's time."""
        waiting = [task for task in order.tasks if task.sendable][:tasks]
        return [parcels.send_all(self.shop, task, self.label(order) if tracked else [], self.time) for task in waiting]

    def label(self, order: Order) -> list[Tracking]:
        """A number at a carrier that serves the order's address; rarely a very odd one."""
        if self.rng.random() < 0.004:
            return [ODD_NUMBER]
        address = order.shipping_address
        return [carriers.tracking(self.rng, address.country_code if address else "US")]

    def travel(self, parcel: Parcel, states: Sequence[str], last: datetime) -> None:
        """Scan a parcel through states, evenly spread from now in the story's time to `last`."""
        span = max((last - self.time).total_seconds(), len(states))
        start = self.time
        for index, status in enumerate(states, start=1):
            at = start + timedelta(seconds=int(span * index / len(states)))
            self.scan(parcel, status, at)
        self.time = max(self.time, last)

    def scan(self, parcel: Parcel, status: str, at: datetime) -> None:
        """One word of the carrier."""
        home = parcel.order.shipping_address
        place = (home.city, home.province_code, home.country_code, home.zip) if home else (None, None, None, None)
        eta = at + timedelta(days=3)
        parcels.scan(self.shop, parcel, status, at, message=carriers.SAYINGS.get(status), eta=eta, place=place)

    def deliver(self, order: Order) -> list[Parcel]:
        """Ship everything and bring it to the door, if now allows."""
        self.later(2, 30)
        sent = self.ship(order)
        start = self.time
        for parcel in sent:
            self.time = start
            detour = self.rng.choices(((), ("ATTEMPTED_DELIVERY", "OUT_FOR_DELIVERY"), ("DELAYED",)), (94, 3, 3))[0]
            end = min(start + timedelta(hours=self.rng.uniform(30, 110)), self.ago(0.5, 3))
            self.travel(parcel, (*TO_THE_DOOR, *detour, "DELIVERED"), end.replace(microsecond=0))
        return sent

    def put_away(self, order: Order, share: float = 0.7) -> None:
        """Archive the order some days later, if it comes to that before now."""
        at = self.time + timedelta(hours=self.rng.uniform(6, 60))
        if self.rng.random() < share and at < self.now:
            ordering.archive(self.shop, order, at.replace(microsecond=0))

    def erp(self, kind: str, owner: Return) -> None:
        """The ERP will tell this about a return."""
        self.evidence.append(Evidence(f"return.{kind}", self.time, owner))
