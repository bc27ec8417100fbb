"""Who did what to the order on this desk. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from orders_tui import wording
from orders_tui.widgets.formatter import Formatter
from orders_tui.widgets.order_text.lines import Text, when
from orders_tui.wording import Tone

if TYPE_CHECKING:
    from orders_wire.detail import OrderDetail

OK_RESULTS = frozenset({"done", "unchanged"})


def audit(detail: OrderDetail, fmt: Formatter) -> Iterator[Text]:
    """The newest first: when, who, what, and with what result."""
    for entry in detail.audit:
        yield [
            when(entry.at, fmt),
            (f"{entry.actor} ", Tone.PLAIN),
            (f"{wording.words(entry.action)} {entry.details}  ", Tone.PLAIN),
            (wording.words(entry.result), Tone.DIM if entry.result in OK_RESULTS else Tone.WARN),
        ]
