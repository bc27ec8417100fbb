"""The order's returns: where each is, what it pays back, what may be done with it. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from orders_tui import wording
from orders_tui.actions.returns import named
from orders_tui.widgets.formatter import Formatter
from orders_tui.widgets.order_text.lines import Text
from orders_tui.wording import Tone

if TYPE_CHECKING:
    from orders_wire.detail import OrderDetail


def returns(detail: OrderDetail, fmt: Formatter) -> Iterator[Text]:
    """Each in a line, with note, number and what may be done below it."""
    for each in detail.returns:
        yield [
            (f"{each.name or 'return'}  ", Tone.DIM),
            fmt.piece(wording.return_sign(each)),
            (f" for {fmt.age(each.since)}  {fmt.refund(each)}", Tone.PLAIN),
            (f"  {wording.words(each.reason)}", Tone.DIM),
        ]
        if each.note:
            yield [(f"    {each.note}", Tone.DIM)]
        if each.tracking_number:
            yield [("    comes back as ", Tone.DIM), (each.tracking_number, Tone.PLAIN)]
        if each.allowed_actions:
            yield [(f"    possible: {', '.join(map(named, each.allowed_actions))}", Tone.DIM)]
