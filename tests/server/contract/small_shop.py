"""A shop of a few orders, as little of one as a law about parcels needs, with books of its own that say what is true.

What happens in it is told later, in any order and more than once, by the bodies of its webhooks.
"""

from __future__ import annotations

import copy
import itertools
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from random import Random
from typing import Any

from orders_sync.instants import Clock

Body = dict[str, Any]
Telling = tuple[str, Body]
"""A webhook's topic and body."""


@dataclass
class Fulfillment:
    id: int
    lines: Counter[int]
    created_at: str
    updated_at: str
    numbers: tuple[str, ...] = ()
    status: str = "success"


@dataclass
class Order:
    """`ordered` and `removed`: units by line."""

    id: int
    created_at: str
    ordered: Counter[int]
    removed: Counter[int] = field(default_factory=Counter)
    fulfillments: list[Fulfillment] = field(default_factory=list)
    cancelled_at: str | None = None

    @property
    def live(self) -> list[Fulfillment]:
        return [each for each in self.fulfillments if each.status == "success"]

    @property
    def left(self) -> Counter[int]:
        """What is still to fulfil."""
        sent: Counter[int] = Counter()
        for each in self.live:
            sent += each.lines
        return Counter({line: n - self.removed[line] - sent[line] for line, n in self.ordered.items()})


class SmallShop:
    """`told`: webhooks that have not been delivered yet. `mails`: the fulfilments of which customers were
    mailed. `lost`: how often an answer to a write of ours does not arrive."""

    def __init__(self, clock: Clock, dice: Random, *, first_id: int, lost: float = 0.3) -> None:
        self.clock, self.dice, self.lost = clock, dice, lost
        self.orders: dict[int, Order] = {}
        self.told: list[Telling] = []
        self.mails: list[int] = []
        self._ids = itertools.count(first_id)

    def now(self) -> str:
        return datetime.fromtimestamp(self.clock() / 1000, UTC).isoformat(timespec="seconds").replace("+00:00", "Z")

    # -- what happens in it

    def sell(self, quantities: Sequence[int]) -> Order:
        order = Order(next(self._ids), self.now(), Counter({next(self._ids): n for n in quantities}))
        self.orders[order.id] = order
        self.tell("orders/create", order)
        return order

    def fulfill(self, order: Order, lines: Mapping[int, int], *numbers: str) -> int:
        made = Fulfillment(next(self._ids), Counter(lines), self.now(), self.now(), numbers)
        assert all(0 < n <= order.left[line] for line, n in lines.items()), "the shop ships only what it owes"
        order.fulfillments.append(made)
        self.tell_parcel("fulfillments/create", order, made)
        return made.id

    def cancel_fulfillment(self, order: Order, which: Fulfillment) -> None:
        which.status, which.updated_at = "cancelled", self.now()
        self.tell_parcel("fulfillments/update", order, which)

    def renumber(self, order: Order, which: Fulfillment, *numbers: str) -> None:
        which.numbers, which.updated_at = numbers, self.now()
        self.tell_parcel("fulfillments/update", order, which)

    def refund(self, order: Order, line: int, quantity: int) -> None:
        """Units that were not sent are taken off the order."""
        order.removed[line] += quantity
        self.tell("orders/updated", order)

    def cancel(self, order: Order) -> None:
        order.cancelled_at = self.now()
        for line, quantity in order.left.items():
            order.removed[line] += quantity
        self.tell("orders/cancelled", order)

    # -- what it tells

    def tell(self, topic: str, order: Order) -> None:
        self.told.append((topic, copy.deepcopy(self._order(order))))

    def tell_parcel(self, topic: str, order: Order, parcel: Fulfillment) -> None:
        self.told.append((topic, copy.deepcopy(self._parcel(order, parcel))))
        self.tell("orders/updated", order)

    def tellings(self) -> Iterator[Telling]:
        """What has not been told: in any order; some of it is told again later."""
        self.dice.shuffle(self.told)
        while self.told:
            telling = self.told.pop()
            if self.dice.random() < 0.2:
                self.told.insert(0, telling)
            yield telling

    def _order(self, order: Order) -> Body:
        sent = bool(order.live)
        return {
            "id": order.id,
            "name": f"#{order.id}",
            "created_at": order.created_at,
            "processed_at": order.created_at,
            "updated_at": self.now(),
            "cancelled_at": order.cancelled_at,
            "currency": "USD",
            "total_price": "25.00",
            "financial_status": "paid",
            "fulfillment_status": "fulfilled" if sent and not +order.left else "partial" if sent else None,
            "source_name": "web",
            "tags": "",
            "shipping_address": {"name": "Ada Lovelace", "address1": "1 Engine Way", "city": "London"},
            "shipping_lines": [{"title": "Standard"}],
            "line_items": [self._line(order, line, n) for line, n in order.ordered.items()],
            "fulfillments": [self._parcel(order, each) for each in order.fulfillments],
            "refunds": [],
        }

    @staticmethod
    def _line(order: Order, line: int, quantity: int) -> Body:
        return {
            "id": line,
            "sku": f"SKU-{line}",
            "title": f"Thing {line}",
            "quantity": quantity,
            "current_quantity": order.ordered[line] - order.removed[line],
            "fulfillable_quantity": order.left[line],
            "requires_shipping": True,
            "price": "12.50",
        }

    def _parcel(self, order: Order, parcel: Fulfillment) -> Body:
        return {
            "id": parcel.id,
            "order_id": order.id,
            "name": f"#{order.id}.{parcel.id}",
            "status": parcel.status,
            "shipment_status": None,
            "created_at": parcel.created_at,
            "updated_at": parcel.updated_at,
            "tracking_company": None,
            "tracking_number": next(iter(parcel.numbers), None),
            "tracking_numbers": list(parcel.numbers),
            "tracking_url": None,
            "line_items": [self._line(order, line, n) for line, n in parcel.lines.items()],
        }
