"""The order in one line. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING

from orders_tui import wording
from orders_tui.widgets.formatter import Formatter
from orders_tui.widgets.order_text.lines import Text
from orders_tui.wording import Tone
from orders_wire.vocabulary import UNASSIGNED, Priority

if TYPE_CHECKING:
    from orders_wire.orders import Order


def headline(order: Order, fmt: Formatter) -> Text:
    """Number, customer, amount, status, owner."""
    pieces: Text = [(order.order_number, "strong"), (f"  {order.customer_name or 'no customer'}", Tone.PLAIN)]
    if order.total is not None:
        pieces.append((f"  {fmt.money(order.total)}", Tone.PLAIN))
    signs = [wording.order_status(order)]
    if order.priority is not Priority.STANDARD:
        signs.append(wording.priority(order.priority))
    pieces += [(f"  {fmt.sign(sign)}", sign.tone) for sign in signs]
    owner = "nobody's" if order.assigned_to == UNASSIGNED else f"owned by {order.assigned_to}"
    return [*pieces, (f"  {owner}", Tone.DIM)]
