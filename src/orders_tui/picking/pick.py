"""What is picked of some orders: the units that can be sent now, and beside them all that is left out, with the reason.

Laws: of a line, what is picked, what is held and what waits is what it owes; orders that ship together stand together, each as an
order of its own. Whatever the shop says is made safe to show here, once for every form that it is written in.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import TYPE_CHECKING

from orders_tui.actions.draft import ending
from orders_tui.sanitise import text
from orders_tui.wording.readiness import against
from orders_tui.wording.whole_order import properties, variant_title
from orders_wire.blockers import STOCK, Blocker

if TYPE_CHECKING:
    from orders_wire.actions import Failure
    from orders_wire.lines import OrderLines, PackingLine
    from orders_wire.orders import Order


class Why(StrEnum):
    """Why units that are owed are not picked."""

    STOCK = "waits for stock"
    HELD = "held"
    SHOP = "Shopify does not let it be sent yet"


@dataclass(frozen=True, slots=True)
class Item:
    """So many units of one thing. `properties`: what the customer chose or typed; those of the shop's own are not told."""

    sku: str
    barcode: str
    title: str
    variant: str
    properties: tuple[tuple[str, str], ...]
    quantity: int

    @property
    def kind(self) -> tuple[object, ...]:
        """The same for units that are one to whoever fetches them."""
        return self.sku or (self.title,), self.variant, self.properties

    @property
    def name(self) -> str:
        """Its SKU, or its title where it has none."""
        return self.sku or self.title


@dataclass(frozen=True, slots=True)
class Waiting:
    """Units that are owed and not picked."""

    item: Item
    why: Why


@dataclass(frozen=True, slots=True)
class PickedOrder:
    """An order of which something is picked, or of which nothing is: then `why` says it, or what waits does. `read`: whether
    its lines could be read.
    """

    order: Order
    items: tuple[Item, ...] = ()
    waiting: tuple[Waiting, ...] = ()
    why: str = ""
    read: bool = True

    @property
    def number(self) -> str:
        """Its order number."""
        return text(self.order.order_number)

    @property
    def customer(self) -> str:
        """Who it is for; empty where that is not known."""
        return text(self.order.customer_name or "")

    @property
    def units(self) -> int:
        """How many are picked."""
        return sum(item.quantity for item in self.items)


@dataclass(frozen=True, slots=True)
class Pick:
    """`orders`: those of which something is picked. `left`: those of which nothing is. `doubt`: which orders may be missing."""

    orders: tuple[PickedOrder, ...] = ()
    left: tuple[PickedOrder, ...] = ()
    doubt: str = ""

    @property
    def units(self) -> int:
        """All that is picked."""
        return sum(order.units for order in self.orders)

    @property
    def whole(self) -> bool:
        """Whether all orders could be read."""
        return all(order.read for order in self.left)

    @property
    def waiting(self) -> list[tuple[PickedOrder, Waiting]]:
        """All units that are left out, with their orders; of an order that is left out whole its reason is said instead."""
        return [(order, each) for order in (*self.orders, *self.left) if not order.why for each in order.waiting]

    @property
    def groups(self) -> list[tuple[PickedOrder, ...]]:
        """The picked orders that ship together, each group once."""
        groups: dict[str, tuple[PickedOrder, ...]] = {}
        for order in self.orders:
            if order.order.together is not None:
                groups[order.order.together] = (*groups.get(order.order.together, ()), order)
        return [group for group in groups.values() if len(group) > 1]

    def partners(self, order: PickedOrder) -> list[str]:
        """The numbers of the other picked orders that ship together with this one."""
        group = order.order.together
        if group is None:
            return []
        return [each.number for each in self.orders if each.order.together == group and each is not order]

    def misses_partners(self, order: PickedOrder) -> bool:
        """Whether it ships together with orders none of which is picked here."""
        return order.order.together is not None and not self.partners(order)


def pick(orders: Iterable[Order], lines: Mapping[str, OrderLines], failures: Mapping[str, Failure]) -> Pick:
    """What can be picked of these orders, in their order; `lines` and `failures` are the server's answer, by the order's id."""
    read = [_order(order, lines.get(order.id), failures.get(order.id)) for order in _side_by_side(orders)]
    return Pick(tuple(each for each in read if each.items), tuple(each for each in read if not each.items))


def _side_by_side(orders: Iterable[Order]) -> Iterator[Order]:
    """Each order once, those that ship together where the first of them stands."""
    groups: dict[str, dict[str, Order]] = {}
    for order in orders:
        groups.setdefault(order.together or order.id, {})[order.id] = order
    return (order for group in groups.values() for order in group.values())


def _order(order: Order, answer: OrderLines | None, failure: Failure | None) -> PickedOrder:
    if answer is None:
        why = text(failure.message) if failure is not None else "no answer"
        return PickedOrder(order, why=f"not read: {why}", read=False)
    parts = [part for line in answer.lines for part in _parts(line, order.blockers)]
    items = tuple(part for part in parts if isinstance(part, Item))
    waiting = tuple(part for part in parts if isinstance(part, Waiting))
    why = ending(order) or against(order)
    if why or not (items or waiting):
        return PickedOrder(order, why=why or "nothing left to send")
    return PickedOrder(order, items, waiting)


def _parts(line: PackingLine, blockers: Sequence[str]) -> Iterator[Item | Waiting]:
    """What a line owes, as what is picked of it, what is held and what waits."""
    item = _item(line)
    picked = max(0, min(line.sendable, line.owed))
    held = max(0, min(line.held, line.owed - picked))
    if picked:
        yield replace(item, quantity=picked)
    if held:
        yield Waiting(replace(item, quantity=held), Why.HELD)
    if rest := line.owed - picked - held:
        by_shop = Blocker.SHOP in blockers and f"{STOCK}{line.sku}" not in blockers
        yield Waiting(replace(item, quantity=rest), Why.SHOP if by_shop else Why.STOCK)


def _item(line: PackingLine) -> Item:
    return Item(
        text(line.sku or ""),
        text(line.barcode or ""),
        text(line.title),
        text(variant_title(line)),
        tuple((text(each.name), text(each.value)) for each in properties(line)),
        0,
    )
