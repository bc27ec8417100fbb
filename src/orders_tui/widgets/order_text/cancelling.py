"""That an order is being cancelled, how far that has come, and that Shopify ended it without cancelling. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from orders_tui import wording
from orders_tui.widgets.formatter import Formatter
from orders_tui.widgets.order_text.lines import Text, fact
from orders_tui.wording import Tone
from orders_tui.wording.cancelling import standing

if TYPE_CHECKING:
    from orders_wire.orders import Order


def cancelling(order: Order, fmt: Formatter) -> Iterator[Text]:
    """A line while it lasts; of a failure for as long as the order's outbox tells it."""
    words = standing(order, fmt.now, fmt.zone)
    if order.cancelling is not None:
        sign = wording.order_status(order)
        yield fact("cancel", (f"{fmt.glyph(sign)} {words}", sign.tone))
    elif words:
        yield fact("cancel", (words, Tone.BAD))
