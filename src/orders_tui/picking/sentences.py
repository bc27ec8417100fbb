"""What is said of a pick beside it: how much it is, and what is left out of it, with the reasons."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import TYPE_CHECKING

from orders_tui.picking.pick import Why
from orders_tui.wording.readiness import some

if TYPE_CHECKING:
    from orders_tui.picking.pick import Pick

NAMED = 3
"""So many orders are named for one reason."""

_ONE = {Why.STOCK: "line waits for stock", Why.HELD: "line is held", Why.SHOP: "line may not be sent yet, says Shopify"}
_SEVERAL = {
    Why.STOCK: "lines wait for stock",
    Why.HELD: "lines are held",
    Why.SHOP: "lines may not be sent yet, says Shopify",
}


def counted(number: int, word: str) -> str:
    """`1 order`, `12 orders`."""
    return f"{number:,} {word}{'' if number == 1 else 's'}"


def contents(pick: Pick) -> str:
    """`12 orders, 34 units`."""
    return f"{counted(len(pick.orders), 'order')}, {counted(pick.units, 'unit')}"


def remarks(pick: Pick) -> str:
    """What whoever takes it has to know beside it; empty where that is nothing."""
    return "; ".join(filter(None, (missing_partners(pick), left_out(pick), pick.doubt)))


def left_out(pick: Pick) -> str:
    """`left out: 2 lines wait for stock; not paid: #1004`; empty where nothing is."""
    said = "; ".join((*_lines(pick), *_orders(pick)))
    return f"left out: {said}" if said else ""


def missing_partners(pick: Pick) -> str:
    """Which picked orders ship together with others that are not picked here; empty where none does."""
    alone = [order.number for order in pick.orders if pick.misses_partners(order)]
    if not alone:
        return ""
    ships = "ships" if len(alone) == 1 else "ship"
    return f"{some(alone, NAMED)} {ships} together with orders that are not among these"


def _lines(pick: Pick) -> Iterator[str]:
    counts = Counter(each.why for _, each in pick.waiting)
    for why in Why:
        if counts[why]:
            yield f"{counts[why]:,} {(_ONE if counts[why] == 1 else _SEVERAL)[why]}"


def _orders(pick: Pick) -> Iterator[str]:
    reasons: dict[str, list[str]] = {}
    for order in pick.left:
        if order.why:
            reasons.setdefault(order.why, []).append(order.number)
    for why, numbers in reasons.items():
        yield f"{why}: {some(numbers, NAMED)}"
