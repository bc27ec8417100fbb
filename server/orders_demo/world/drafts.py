"""Orders as they will be: edits that were begun and not committed."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from orders_demo.world.goods import Variant
    from orders_demo.world.orders import Line, Order


@dataclass(slots=True, eq=False, repr=False)
class DraftLine:
    """A line with the quantity that it will have; `line` is null for one that is added."""

    id: int
    order: Order
    quantity: int
    title: str
    sku: str | None
    variant: Variant | None
    price: int
    line: Line | None = None


@dataclass(slots=True, eq=False, repr=False)
class Draft:
    """An order edit: Shopify's CalculatedOrder."""

    id: int
    order: Order
    lines: list[DraftLine]
    added: list[DraftLine] = field(default_factory=list)

    @property
    def removed(self) -> list[tuple[Line, int]]:
        """What is taken off, as (line, units)."""
        gone = [(entry.line, entry.line.current - entry.quantity) for entry in self.lines if entry.line]
        return [(line, units) for line, units in gone if units > 0]

    @property
    def total(self) -> int:
        """What the order will be worth."""
        order = self.order
        shares = [line.share(line.current) - line.share(line.current - units) for line, units in self.removed]
        new = [entry.price * entry.quantity for entry in self.added]
        less, more = (sum(amount + order.tax_on(amount) for amount in amounts) for amounts in (shares, new))
        return order.current_total - less + more
