"""The notes of a timeline, whole: who, when it was changed, and every line of what it says. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from orders_tui import wording
from orders_tui.widgets.formatter import Formatter
from orders_tui.widgets.order_text.lines import WHEN, Text, when
from orders_tui.wording import Tone

if TYPE_CHECKING:
    from orders_wire.detail import Note

INDENT = " " * WHEN
"""What the lines of a note stand below: the moment that an entry begins with."""


def whole(note: Note, fmt: Formatter) -> Iterator[Text]:
    """A note of the desk's own, in as many lines as it has."""
    sign = wording.note()
    edited = f", edited {fmt.instant(note.edited_at)}" if note.edited_at is not None else ""
    by = (note.by, Tone.ACTIVE if note.by == fmt.me else Tone.PLAIN)
    yield [when(note.at, fmt), (f"{fmt.sign(sign)}  ", sign.tone), by, (edited, Tone.DIM)]
    for line in note.text.split("\n") if note.text else [wording.ERASED]:
        yield [(INDENT, Tone.DIM), (line, Tone.PLAIN if note.text else Tone.DIM)]
