"""What only an order's detail tells, as words: its money, what tells its lines apart, how many orders its customer has. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from decimal import Decimal
from typing import TYPE_CHECKING

from orders_tui.wording.formats import money
from orders_wire.vocabulary import Status

if TYPE_CHECKING:
    from orders_wire.detail import CustomerOrders, LineItem, LineProperty, OrderDetail
    from orders_wire.lines import PackingLine
    from orders_wire.orders import Money

WIDEST = 24
"""Characters before the decimal point, at most."""
_NO_VARIANT = "Default Title"
"""What Shopify calls the only variant of a product."""

DEAD = frozenset({"cancelled", "error", "failure"})
"""States of a parcel that never left."""
LEFT = frozenset({Status.AWAITING_TRACKING, Status.IN_TRANSIT, Status.FULFILLED})
"""What an order is of which something has left, whether its parcels are known or not."""


def totals(detail: OrderDetail, *, symbols: bool = True) -> list[tuple[str, str]]:
    """Name and amount, the amounts with their decimal points below each other. Only what is known, and nothing of nothing; none
    where that is not more than the total.
    """
    known = [(name, sign, value) for name, sign, value in _amounts(detail) if value is not None and _is_some(value)]
    written = [(name, *_split(f"{sign}{money(value, symbols)}")) for name, sign, value in known]
    before = min(WIDEST, max((len(whole) for _, whole, _ in written), default=0))
    return [(name, f"{whole:>{before}}{rest}") for name, whole, rest in written] if len(written) > 1 else []


def customer_orders(told: CustomerOrders | None) -> str:
    """`7, 2 open, 1 returned`; empty where it is not known."""
    if told is None:
        return ""
    if told.count <= 1:
        return "this one alone"
    counts = {"open": told.open, "returned": told.returned}
    return ", ".join([f"{told.count}", *(f"{count} {word}" for word, count in counts.items() if count)])


def variant(line: LineItem) -> str:
    """Which variant a line is, and its barcode: `Black / M  barcode 4006381333931`."""
    return "  ".join(filter(None, (variant_title(line), line.barcode and f"barcode {line.barcode}")))


def variant_title(line: LineItem | PackingLine) -> str:
    """What tells a line's variant from the others of its product; empty where there is only one."""
    return (line.variant_title or "") if line.variant_title != _NO_VARIANT else ""


def properties(line: LineItem | PackingLine) -> Sequence[LineProperty]:
    """What the customer chose for a line, without what is the shop's own."""
    return [each for each in line.properties if not each.name.startswith("_")]


def unsent(detail: OrderDetail) -> frozenset[str]:
    """The lines of which nothing is owed although nothing left: of a cancelled order, or taken off it. None where a parcel does
    not tell what is in it.
    """
    parcels = [parcel for parcel in detail.fulfillments if parcel.status not in DEAD]
    if not all(parcel.lines for parcel in parcels) or (not parcels and detail.status in LEFT):
        return frozenset()
    left = {line.id for parcel in parcels for line in parcel.lines}
    return frozenset(line.id for line in detail.line_items if not line.owed and line.id not in left)


def _amounts(detail: OrderDetail) -> Iterator[tuple[str, str, Money | None]]:
    """In the order in which they add up; what is taken off has a sign."""
    told = detail.totals
    if told is None:
        return
    lines = _before_discounts(told.subtotal, told.discounts)
    yield from (("subtotal", "", lines), ("discounts", "-", told.discounts), ("shipping", "", told.shipping))
    yield from (("tax", "", told.tax), ("total", "", detail.total))
    yield from (("captured", "", told.captured), ("refunded", "-", told.refunded))


def _before_discounts(subtotal: Money | None, discounts: Money | None) -> Money | None:
    """What is taken off stands in a line of its own here, while the shop's subtotal and shipping are after it."""
    if subtotal is None or discounts is None or subtotal.currency != discounts.currency:
        return subtotal
    try:
        return subtotal.model_copy(update={"amount": str(Decimal(subtotal.amount) + Decimal(discounts.amount))})
    except ArithmeticError:
        return subtotal


def _is_some(value: Money) -> bool:
    """Whether it is more than nothing; what is no number is shown as it came."""
    return any(digit in "123456789" for digit in value.amount) or not any(map(str.isdigit, value.amount))


def _split(amount: str) -> tuple[str, str]:
    """What stands before the decimal point, or before the currency; and the rest."""
    number, blank, unit = amount.partition(" ")
    whole, point, decimals = number.partition(".")
    return whole, f"{point}{decimals}{blank}{unit}"
