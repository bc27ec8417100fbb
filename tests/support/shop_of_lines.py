"""One order in a shop that knows what is true of it, and everything that the shop would tell: reports to deliver in any order."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from random import Random

from tests.support import desk_orders
from tests.support.desk_orders import PLACED, stamp

from orders_sync.evidence.changes import FulfillmentSeen, OrderChange
from orders_sync.evidence.entities import FulfilledLine, FulfillmentPart
from orders_sync.instants import Ms
from orders_sync.rules.order_state import OrderState
from orders_sync.rules.timeline import timeline

Units = dict[int, int]
Report = tuple[OrderChange, ...]
"""What one delivery tells."""


@dataclass
class Line:
    ordered: int
    removed: int = 0


@dataclass
class ShopOfLines:
    """`lines` by id, `made` by fulfilment: its units; `cancelled`: those that were called back. `reports`: oldest first."""

    order_id: int = 1
    lines: dict[int, Line] = field(default_factory=dict)
    made: dict[int, Units] = field(default_factory=dict)
    cancelled: set[int] = field(default_factory=set)
    reports: list[Report] = field(default_factory=list)
    now: Ms = PLACED

    @classmethod
    def drawn(cls, dice: Random) -> ShopOfLines:
        shop = cls(lines={line: Line(dice.randint(1, 4)) for line in range(1, dice.randint(2, 4))})
        shop.reports.append(shop._order())
        return shop

    def left(self) -> Units:
        """What is still to be fulfilled."""
        alive = [units for of, units in self.made.items() if of not in self.cancelled]
        sent = {line: sum(units.get(line, 0) for units in alive) for line in self.lines}
        return {line: each.ordered - each.removed - sent[line] for line, each in self.lines.items()}

    def fulfill(self, wanted: Mapping[int, int]) -> int | None:
        """Makes a fulfilment of what is left of these units; None: nothing is."""
        left = self.left()
        units = {line: min(quantity, left[line]) for line, quantity in wanted.items() if min(quantity, left[line]) > 0}
        if not units:
            return None
        made = 70 + len(self.made)
        self.made[made] = units
        self._tell(made)
        return made

    def cancel(self, fulfillment: int) -> None:
        self.cancelled.add(fulfillment)
        self._tell(fulfillment)

    def remove(self, line: int, quantity: int) -> None:
        """Refunds units that were not sent, or edits them away."""
        self.lines[line].removed += min(quantity, self.left()[line])
        self._tell()

    def add(self, line: int, quantity: int) -> None:
        """An edit: a new line, or more of one."""
        self.lines.setdefault(line, Line(0)).ordered += quantity
        self._tell()

    def _tell(self, fulfillment: int | None = None) -> None:
        self.now = Ms(self.now + 1000)
        self.reports.append(self._order())
        if fulfillment is not None:
            self.reports.append((self._fulfillment(fulfillment, with_lines=True),))

    def _order(self) -> Report:
        """The order's body, which has its fulfilments without their lines."""
        left = self.left()
        lines = [desk_orders.line(line, f"SKU-{line}", each.ordered, left[line]) for line, each in self.lines.items()]
        parcels = [self._fulfillment(made, with_lines=False) for made in self.made]
        return (desk_orders.order(self.order_id, None, *lines, at=self.now), *parcels)

    def _fulfillment(self, fulfillment: int, *, with_lines: bool) -> OrderChange:
        left, units = self.left(), self.made[fulfillment]
        created_at = PLACED + 1_000_000 + fulfillment
        status = "cancelled" if fulfillment in self.cancelled else "success"
        lines = tuple(FulfilledLine(id=line, quantity=quantity, left=left[line]) for line, quantity in units.items())
        told = {"lines": lines} if with_lines else {}
        part = FulfillmentPart(id=fulfillment, status=status, created_at=created_at, updated_at=self.now, **told)
        return FulfillmentSeen(self.order_id, part, stamp(self.now))


def some(dice: Random, of: Mapping[int, int], most: int = 2) -> Units:
    """Some of these units."""
    lines = [line for line, quantity in of.items() if quantity > 0]
    return {line: dice.randint(1, of[line]) for line in dice.sample(lines, min(len(lines), dice.randint(1, most)))}


def in_parcels(state: OrderState, *, ours: bool) -> Units:
    """Units by line in the parcels that are alive: those of ours, or Shopify's."""
    units: Units = {}
    for line in (line for parcel in state.parcels if parcel.alive and parcel.ours is ours for line in parcel.lines):
        units[line.id] = units.get(line.id, 0) + line.quantity
    return units


def holds_always(state: OrderState) -> None:
    """What is true of an order at every moment."""
    of_line = in_parcels(state, ours=True)
    assert len({parcel.id for parcel in state.parcels}) == len(state.parcels)
    assert all(line.quantity > 0 for parcel in state.parcels if parcel.ours for line in parcel.lines)
    assert all(line.owed >= 0 for line in state.lines)
    assert all(
        line.owed + of_line.get(line.part.id, 0) == in_shop.owed
        for line, in_shop in zip(state.lines, state.in_shop, strict=True)
    )


def holds_once_all_is_told(state: OrderState, shop: ShopOfLines, *, undone: int = 0) -> None:
    """The law, and one entry for each parcel. `undone`: parcels of ours that were taken back, whose entries stay."""
    holds_always(state)
    shipped, ours = in_parcels(state, ours=False), in_parcels(state, ours=True)
    for line in state.lines:
        of = shop.lines[line.part.id]
        assert shipped.get(line.part.id, 0) + ours.get(line.part.id, 0) + line.owed == of.ordered - of.removed
    submitted = [entry for entry in timeline(state) if entry["event"] == "fulfillment_submitted"]
    assert len(submitted) == len(shop.made) + sum(not each.over for each in state.settled) + undone
