"""A hold as a line: why, what for, whose, since when, until when. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from orders_tui import wording
from orders_tui.widgets.cells import Piece, fit
from orders_tui.widgets.formatter import Formatter
from orders_tui.widgets.line_list import Line
from orders_tui.wording import Tone

if TYPE_CHECKING:
    from orders_wire.detail import HoldEntry, OrderDetail

REASON, BY, SINCE, UNTIL = 13, 12, 5, 12
"""Cells of the columns."""
ANOTHER = "another app"


def heading(fmt: Formatter) -> Line:
    """The titles above the lines."""
    left = ("  ", Tone.DIM), (f"{'REASON':<{REASON}}", Tone.DIM), ("NOTE", Tone.DIM)
    right = f"{'BY':<{BY}} {'SINCE':>{SINCE}}  {'UNTIL':<{UNTIL}}"
    return Line("heading", left, ((right, Tone.DIM),), choosable=False)


def line(hold: HoldEntry, fmt: Formatter, *, taken: bool) -> Line:
    """A hold that can be chosen."""
    sign, glyphs = wording.hold_reason(hold.reason), fmt.glyphs
    box: Piece = (f"{glyphs.box_full if taken else glyphs.box} ", Tone.ACTIVE)
    left = box, (f"{fmt.sign(sign):<{REASON}}", sign.tone), (hold.note or "", Tone.DIM)
    return Line(hold.id, left, tuple(_columns(hold, fmt)))


def _columns(hold: HoldEntry, fmt: Formatter) -> Iterator[Piece]:
    ellipsis = fmt.glyphs.ellipsis
    yield from fit((_by(hold, fmt),), BY, ellipsis)
    yield f" {fmt.age(hold.since):>{SINCE}}  ", Tone.DIM
    yield from fit((_until(hold, fmt),), UNTIL, ellipsis)


def _by(hold: HoldEntry, fmt: Formatter) -> Piece:
    """Whose it is: a name of ours, else the app's where Shopify says it."""
    if not hold.ours:
        return hold.by or ANOTHER, Tone.WARN
    return hold.by or "this desk", Tone.ACTIVE if hold.by == fmt.me else Tone.PLAIN


def _until(hold: HoldEntry, fmt: Formatter) -> Piece:
    sign = wording.hold_until(hold.until, fmt.now, fmt.zone)
    return fmt.sign(sign).strip(), sign.tone


def what(hold: HoldEntry) -> str:
    """What it holds: `2 TEE-BLK-M, 1 MUG-01`."""
    named = ", ".join(f"{each.quantity} {each.sku or each.title}" for each in hold.lines)
    return f"holds {named}" if named else "holds all that is owed"


def section(detail: OrderDetail, fmt: Formatter) -> Iterator[list[Piece]]:
    """Every hold, in two lines: its columns, and what it holds."""
    for hold in detail.holds:
        sign = wording.hold_reason(hold.reason)
        until = _until(hold, fmt)
        yield [
            (f"{fmt.sign(sign):<{REASON}}", sign.tone),
            _by(hold, fmt),
            (f"  for {fmt.age(hold.since)}", Tone.DIM),
            ("  until " if hold.until is not None and hold.until > fmt.now else "  ", Tone.DIM),
            until,
        ]
        yield [(f"    {what(hold)}{f'  {hold.note}' if hold.note else ''}", Tone.DIM)]
