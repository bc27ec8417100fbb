"""Turns a row into one line of segments. Knows colours and columns; knows nothing of scrolling, cursors' whereabouts or keys."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from rich.segment import Segment
from rich.style import Style
from textual.strip import Strip

from orders_tui import wording
from orders_tui.glyphs import Glyphs
from orders_tui.store.patches import MarkKind
from orders_tui.widgets.cells import Cell, Piece, fit
from orders_tui.widgets.order_table.columns import Column, Seen
from orders_tui.widgets.order_table.layout import GAP, GUTTER, Layout, Placed
from orders_tui.wording import Tone
from orders_wire.vocabulary import SortField

if TYPE_CHECKING:
    from orders_tui.session.view import RowView

_TAKES_THE_FLAGS = frozenset({MarkKind.FAILED, MarkKind.UNCONFIRMED})


@dataclass(frozen=True, slots=True)
class Look:
    """How a row is on show just now."""

    cursor: bool = False
    marked: bool = False


@dataclass(frozen=True, slots=True)
class Palette:
    """The theme's styles by name: the tones, `strong`, and the states of a row."""

    style: Callable[[str], Style]

    def tone(self, tone: str, base: Style) -> Style:
        return base if tone is Tone.PLAIN else base + self.style(tone)


@dataclass(frozen=True, slots=True)
class Canvas:
    """What every line of one drawing shares: the columns' places, the width, the colours, the moment."""

    layout: Layout
    cells: int
    palette: Palette
    seen: Seen


def paint_header(canvas: Canvas, sort: tuple[SortField, bool] | None) -> Strip:
    """The line of titles; the sorted column carries an arrow; `‹ ›` say that there are more columns."""
    layout, palette, glyphs = canvas.layout, canvas.palette, canvas.seen.glyphs
    base = palette.style("header")
    segments = [Segment(f" {glyphs.left}".ljust(GUTTER) if layout.more_left else " " * GUTTER, base)]
    for number, placed in enumerate(layout.placed):
        if number:
            segments.append(Segment(" " * GAP, base))
        segments.append(_title(placed.column, placed.width, palette, glyphs, sort))
    return _finish(segments, canvas.cells, base, glyphs.right if layout.more_right else "")


def _title(
    column: Column, cells: int, palette: Palette, glyphs: Glyphs, sort: tuple[SortField, bool] | None
) -> Segment:
    sorted_here = sort is not None and column.sort is sort[0]
    title = f"{column.title} {glyphs.down if sort and sort[1] else glyphs.up}" if sorted_here else column.title
    (text, _), *rest = fit(((title, Tone.PLAIN),), cells, glyphs.ellipsis, right=column.right)
    return Segment(text + "".join(piece for piece, _ in rest), palette.style("sorted" if sorted_here else "header"))


def paint_row(row: RowView, look: Look, canvas: Canvas) -> Strip:
    """One row, as wide as the canvas."""
    palette, seen = canvas.palette, canvas.seen
    base = _base(row, look, palette)
    segments = _gutter(row, look, palette, base, seen.glyphs)
    for number, placed in enumerate(canvas.layout.placed):
        if number:
            segments.append(Segment(" " * GAP, base))
        cell = _cell(row, placed, seen)
        pieces = fit(cell, placed.width, seen.glyphs.ellipsis, right=placed.column.right)
        segments.extend(_segments(pieces, row, palette, base))
    return _finish(segments, canvas.cells, base, "")


def _cell(row: RowView, placed: Placed, seen: Seen) -> Cell:
    column = placed.column
    if row.mark is not None and column.key == "flags" and row.mark.kind in _TAKES_THE_FLAGS:
        sign = wording.mark(row.mark)
        return ((f"{sign.mark(seen.glyphs.ascii_only)} {row.mark.reason or sign.word}", sign.tone),)
    if row.ghost is not None and column.key == "flags":
        return ((f"{seen.glyphs.arrow} {row.ghost.reason}", Tone.DIM),)
    return column.render(row.order, seen, placed.width)


def _base(row: RowView, look: Look, palette: Palette) -> Style:
    style = palette.style("plain")
    for name, there in (
        ("changed", row.changed),
        ("marked", look.marked),
        ("ghost", row.ghost is not None),
        ("cursor", look.cursor),
    ):
        if there:
            style += palette.style(name)
    return style


def _gutter(row: RowView, look: Look, palette: Palette, base: Style, glyphs: Glyphs) -> list[Segment]:
    state, tone = _state(row, glyphs)
    return [
        Segment(glyphs.cursor if look.cursor else " ", palette.tone(Tone.ACTIVE, base)),
        Segment(glyphs.mark if look.marked else " ", palette.tone(Tone.ACTIVE, base)),
        Segment(f"{state} ", palette.tone(tone, base)),
    ]


def _state(row: RowView, glyphs: Glyphs) -> Piece:
    if row.ghost is not None:
        return glyphs.ghost, Tone.DIM
    if row.mark is not None:
        sign = wording.mark(row.mark)
        return sign.mark(glyphs.ascii_only), sign.tone
    return (glyphs.changed, Tone.ACTIVE) if row.changed else (" ", Tone.PLAIN)


def _segments(pieces: Sequence[Piece], row: RowView, palette: Palette, base: Style) -> list[Segment]:
    if row.ghost is not None:
        return [Segment(text, base) for text, _ in pieces]
    return [Segment(text, palette.tone(tone, base)) for text, tone in pieces]


def paint_loading(canvas: Canvas) -> Strip:
    """A row that is still to come."""
    palette, glyphs = canvas.palette, canvas.seen.glyphs
    base = palette.style("plain")
    style = base + palette.style("loading")
    segments = [Segment(" " * GUTTER, base)]
    for number, placed in enumerate(canvas.layout.placed):
        dots = glyphs.dot * max(2, placed.width * 2 // 3)
        segments.append(Segment(" " * GAP * bool(number) + dots.ljust(placed.width), style))
    return _finish(segments, canvas.cells, base, "")


def _finish(segments: list[Segment], width: int, base: Style, tail: str) -> Strip:
    strip = Strip(segments).simplify().adjust_cell_length(width - len(tail), base)
    return Strip([*strip, Segment(tail, base)], width) if tail else strip
