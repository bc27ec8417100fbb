"""What happened to the order. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING

from orders_tui import wording
from orders_tui.widgets.formatter import Formatter
from orders_tui.widgets.order_text.lines import Text, when
from orders_tui.widgets.order_text.notes import whole
from orders_tui.wording import Tone

if TYPE_CHECKING:
    from orders_wire.detail import Note, OrderDetail
    from orders_wire.orders import ReturnSummary, TimelineEntry


def timeline(
    entries: Sequence[TimelineEntry],
    fmt: Formatter,
    notes: Iterable[Note] = (),
    *,
    returned: ReturnSummary | None = None,
) -> Iterator[Text]:
    """The entries, newest first: when, what, details. Of the desk's `notes` all that they say; `returned`: the return on show,
    which may be no more than requested."""
    known = {note.id: note for note in notes}
    for entry in reversed(entries):
        if entry.note_id in known:
            yield from whole(known[entry.note_id], fmt)
        else:
            sign = wording.timeline_sign(entry, returned)
            yield [when(entry.ts, fmt), (f"{fmt.sign(sign)}  ", sign.tone), (entry.details, Tone.DIM)]


def place_of(note_id: str, detail: OrderDetail, fmt: Formatter) -> int | None:
    """Which line of the order's timeline a note begins at; None where it has none."""
    at = next((at for at, entry in enumerate(detail.timeline) if entry.note_id == note_id), None)
    return None if at is None else sum(1 for _ in timeline(detail.timeline[at + 1 :], fmt, detail.notes))
