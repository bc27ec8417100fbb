"""The order's lines: how many of what, and what is left to send. Pure."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import TYPE_CHECKING

from orders_tui.widgets.cells import column, width
from orders_tui.widgets.formatter import Formatter
from orders_tui.widgets.order_text.lines import AMOUNT, SKU, TITLE, UNDER, Text
from orders_tui.wording import Tone, whole_order
from orders_tui.wording.readiness import line_can_go

if TYPE_CHECKING:
    from orders_wire.detail import LineItem, OrderDetail


def items(detail: OrderDetail, fmt: Formatter) -> Iterator[Text]:
    """Each in a line, and below it which variant it is, its barcode, and what the customer chose for it."""
    lines, unsent = detail.line_items, whole_order.unsent(detail)
    titles = column((line.title for line in lines), TITLE)
    skus = column((line.sku or "" for line in lines), SKU)
    prices = [fmt.money(line.price) if line.price else "" for line in lines]
    amounts = min(AMOUNT, max(map(width, prices), default=0))
    for line, title, sku, price in zip(lines, titles, skus, prices, strict=True):
        yield [
            (f"{line.quantity:>3} ", "strong"),
            (title, Tone.PLAIN),
            (f"  {sku}" if sku else "", Tone.DIM),
            (f"  {price:>{amounts}}", Tone.DIM),
            *_owed(line, unsent, detail),
        ]
        yield from ([(" " * UNDER, Tone.PLAIN), *about] for about in _about(line))


def brief(detail: OrderDetail) -> Iterator[Text]:
    """As `items`, where there is little room: each in a line, what is to be sent of it behind its title."""
    lines, unsent = detail.line_items, whole_order.unsent(detail)
    return (
        [(f"{line.quantity:>3} ", "strong"), (line.title, Tone.PLAIN), *_owed(line, unsent, detail)] for line in lines
    )


def variants(detail: OrderDetail) -> Iterator[Text]:
    """As `brief`, with what tells units of one title apart."""
    for line, said in zip(detail.line_items, brief(detail), strict=True):
        yield said
        yield from ([(" " * UNDER, Tone.PLAIN), *about] for about in _about(line))


def _about(line: LineItem) -> Iterator[Text]:
    """What tells a line's units from others of the same title."""
    if told := whole_order.variant(line):
        yield [(told, Tone.DIM)]
    for each in whole_order.properties(line):
        yield [(f"{each.name}: ", Tone.DIM), (each.value, Tone.PLAIN)]


def _owed(line: LineItem, unsent: Collection[str], detail: OrderDetail) -> Text:
    """What is to be sent, and what stock means for it: `available` is what is left after all open orders, this one included."""
    if not line.requires_shipping:
        return [("  not shipped", Tone.DIM)]
    if not line.owed:
        return [("  not sent", Tone.DIM)] if line.id in unsent else [("  sent", Tone.GOOD)]
    owed: Text = [(f"  {line_can_go(line, detail) or f'{line.owed} to send'}", Tone.WARN)]
    if line.held:
        owed.append((f", {line.held} held", Tone.WARN))
    if line.available is None:
        return owed
    if line.short == 0 or line.available >= 0:
        return [*owed, (", covered", Tone.GOOD)]
    if line.short is None:
        return [*owed, (f", {-line.available} short over all open orders", Tone.WARN)]
    return [*owed, (f", short by {line.short}", Tone.BAD)]
