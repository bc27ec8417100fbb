"""Which orders something can happen to. Looked through now and then, not at every step."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from random import Random
from typing import TypeVar

from orders_demo.world.orders import Order
from orders_demo.world.parcels import FulfillmentOrder, Parcel
from orders_demo.world.returns import Return
from orders_demo.world.shop import Shop

T = TypeVar("T")

REFRESH = 25
SENDABLE = frozenset({"OPEN", "IN_PROGRESS"})
STUCK = frozenset({"FAILURE", "DELIVERED"})


@dataclass(slots=True)
class Pool:
    """The orders that are not over, and a sample of those that are."""

    shop: Shop
    rng: Random
    open: list[Order] = field(default_factory=list)
    over: list[Order] = field(default_factory=list)
    _age: int = 0

    def refresh(self) -> None:
        """Look again at all orders, every so many steps."""
        if self._age % REFRESH == 0:
            orders = list(self.shop.orders.values())
            self.open = [order for order in orders if not order.cancelled_at and not _over(order)]
            self.over = [order for order in orders if not order.cancelled_at and _over(order)][-600:]
        self._age += 1

    def joined(self, order: Order) -> None:
        """A new order is open from the start."""
        self.open.append(order)

    def pick(self, rows: list[T]) -> T | None:
        """One of them, the earlier the likelier; null when there is none."""
        return rows[int(len(rows) * self.rng.random() ** 2)] if rows else None

    def order(self, wanted: Callable[[Order], bool], *, over: bool = False) -> Order | None:
        """An order that fits."""
        return self.pick(
            [order for order in (self.over if over else self.open) if wanted(order) and not order.cancelled_at]
        )

    def task(self) -> FulfillmentOrder | None:
        """Work that can be sent now, of an order whose money is safe."""
        rows = [
            task
            for order in self.open
            if order.requires_shipping
            and order.shipping_address
            and not order.cancelled_at
            and not any(dispute.status == "NEEDS_RESPONSE" for dispute in order.disputes)
            and order.financial_status in ("PAID", "AUTHORIZED", "PARTIALLY_REFUNDED")
            for task in order.tasks
            if task.status in SENDABLE and task.remaining and not task.holds
        ]
        return self.pick(rows)

    def parcel(self, *, numbered: bool) -> Parcel | None:
        """A parcel under way, with a number or without one."""
        rows = [
            parcel
            for order in self.open
            if order.requires_shipping
            for parcel in order.parcels
            if parcel.status == "SUCCESS"
            and parcel.shipment_status not in STUCK
            and (parcel.number is not None) == numbered
        ]
        return self.rng.choice(rows) if rows else None

    def returned(self, wanted: Callable[[Return], bool]) -> Return | None:
        """A return that fits."""
        return self.pick([entry for entry in self.shop.returns.values() if wanted(entry)])


def _over(order: Order) -> bool:
    if order.owed and order.requires_shipping:
        return False
    return all(
        parcel.status != "SUCCESS" or parcel.delivered_at or not order.requires_shipping for parcel in order.parcels
    )
