"""The order's money: what it is made of, what came in and what went back, one below the other. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from orders_tui.widgets.formatter import Formatter
from orders_tui.widgets.order_text.lines import Text, fact
from orders_tui.wording import Tone, whole_order

if TYPE_CHECKING:
    from orders_wire.detail import OrderDetail


def totals(detail: OrderDetail, fmt: Formatter) -> Iterator[Text]:
    """Each amount that is known."""
    for name, amount in whole_order.totals(detail, symbols=not fmt.glyphs.ascii_only):
        yield fact(name, (amount, "strong" if name == "total" else Tone.PLAIN))
