"""What is available of a SKU over all locations, and what of an order's lines that does not cover: contract §3a, Covered.

Shopify's `available` already leaves out what open orders have committed: of a SKU there is what all open orders owe of it plus
`available`. So where it is not negative everything owed is covered, and where it is, that many are short, of the orders that are
served last.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from orders_sync.instants import Ms
from orders_sync.rules.owed import OwedLine


def missing(order_id: int, available: int, last_served_first: Iterable[tuple[int, int]]) -> int | None:
    """How many units of a SKU this order goes without; None when `last_served_first` ends before that is known.

    `last_served_first`: order id and what the order owes of the SKU.
    """
    left = max(0, -available)
    if not left:
        return 0
    for each, owed in last_served_first:
        if each == order_id:
            return min(owed, left)
        left -= owed
        if left <= 0:
            return 0
    return None


def by_line(lines: Sequence[OwedLine], missing_of: Mapping[str, int | None]) -> dict[int, int | None]:
    """How many of the units that each line owes are short, by line id: the first lines of a SKU are served first."""
    left = dict(missing_of)
    found: dict[int, int | None] = {}
    for line in reversed(lines):
        sku = line.part.sku or ""
        short = left.get(sku, 0)
        found[line.part.id] = None if short is None else min(short, line.owed)
        if short is not None and sku in left:
            left[sku] = short - min(short, line.owed)
    return found


@dataclass(frozen=True, slots=True)
class StockLevel:
    """`available` and the newest inventory update that counts towards it; None when no location reports it."""

    available: int | None
    updated_at: Ms | None

    @property
    def short(self) -> bool:
        """Less than nothing is available: an inventory block (contract §1)."""
        return self.available is not None and self.available < 0
