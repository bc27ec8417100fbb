"""What was written to others about the order, and how far it got. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from orders_tui import wording
from orders_tui.widgets.formatter import Formatter
from orders_tui.widgets.order_text.lines import Text, when
from orders_tui.wording import Tone
from orders_wire.vocabulary import OutboundState

if TYPE_CHECKING:
    from datetime import datetime

    from orders_wire.detail import OrderDetail, OutboxEntry
    from orders_wire.orders import Order

BAD_STATES = frozenset({OutboundState.DEAD, OutboundState.UNKNOWN, OutboundState.NEEDS_REVIEW})

JUST_S = 2
"""A moment that is past for so long is told to be past."""


def counts_down(order: Order | None, detail: OrderDetail | None, now: datetime) -> bool:
    """Whether the text tells how many seconds are left: until a write leaves, or the order's cancellation."""
    cancelling = order.cancelling if order is not None else None
    moments = [cancelling.sends_at] if cancelling is not None else []
    moments += [entry.not_before for entry in (detail.outbox if detail is not None else ())]
    return any(moment is not None and (now - moment).total_seconds() < JUST_S for moment in moments)


def outgoing(entries: Iterable[OutboxEntry], fmt: Formatter) -> Iterator[Text]:
    """In the order of the entries: when, to whom, what, how far, and the last error."""
    for entry in entries:
        settled = Tone.GOOD if entry.state is OutboundState.DONE else Tone.ACTIVE
        state = wording.words(entry.state)
        if entry.state is OutboundState.QUEUED and entry.not_before is not None and entry.not_before > fmt.now:
            state += f", goes in {wording.age((entry.not_before - fmt.now).total_seconds())}"
        if entry.attempts > 1:
            state += f" after {entry.attempts} tries"
        yield [
            when(entry.created_at, fmt),
            (f"{entry.target} {wording.words(entry.kind)}  ", Tone.PLAIN),
            (state, Tone.BAD if entry.state in BAD_STATES else settled),
            (f"  {entry.last_error or ''}", Tone.DIM),
        ]
