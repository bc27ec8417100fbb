"""Turns a row into one line of segments. Knows colours and columns; knows nothing of scrolling, cursors' whereabouts or keys."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from rich.segment import Segment
from rich.style import Style
from textual.strip import Strip

from orders_tui import wording
from orders_tui.store.patches import MarkKind
from orders_tui.widgets.cells import Cell, Piece, fit, text_of
from orders_tui.widgets.formatter import Formatter
from orders_tui.widgets.order_table.columns import GAP, GUTTER, Layout, Placed
from orders_tui.widgets.styled import toned
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
class Canvas:
    """What every line of one drawing shares: the columns' places, the width, the theme's styles by name, the moment."""

    layout: Layout
    cells: int
    style: Callable[[str], Style]
    fmt: Formatter

    def toned(self, tone: str, base: Style) -> Style:
        return base if tone is Tone.PLAIN else toned(base, self.style(tone))

    def line(
        self, gutter: Iterable[Segment], columns: Iterable[Iterable[Segment]], base: Style, end: str = ""
    ) -> Strip:
        """The gutter, and what stands in each column, as wide as the canvas; `end` is in its last cells."""
        segments = list(gutter)
        for number, column in enumerate(columns):
            if number:
                segments.append(Segment(" " * GAP, base))
            segments.extend(column)
        strip = Strip(segments).simplify().adjust_cell_length(self.cells - len(end), base)
        return Strip([*strip, Segment(end, base)], self.cells) if end else strip


def paint_header(canvas: Canvas, sort: tuple[SortField, bool] | None) -> Strip:
    """The line of titles; the sorted column carries an arrow; `‹ ›` say that there are more columns."""
    layout, glyphs, base = canvas.layout, canvas.fmt.glyphs, canvas.style("header")
    gutter = Segment(f" {glyphs.left}".ljust(GUTTER) if layout.more_left else " " * GUTTER, base)
    titles = ([_title(placed, canvas, sort)] for placed in layout.placed)
    return canvas.line([gutter], titles, base, glyphs.right if layout.more_right else "")


def _title(placed: Placed, canvas: Canvas, sort: tuple[SortField, bool] | None) -> Segment:
    column, glyphs = placed.column, canvas.fmt.glyphs
    title, style = column.title, "header"
    if column.tail:
        title = f"{title:<{column.width - len(column.tail)}}{column.tail}"
    if sort is not None and column.sort is sort[0]:
        gap = " " * (len(title) + 2 <= placed.width)
        title, style = f"{title}{gap}{glyphs.down if sort[1] else glyphs.up}", "sorted"
    pieces = fit(((title, Tone.PLAIN),), placed.width, glyphs.ellipsis, right=column.right)
    return Segment(text_of(pieces), canvas.style(style))


def paint_row(row: RowView, look: Look, canvas: Canvas) -> Strip:
    """One row, as wide as the canvas."""
    base = canvas.style("plain")
    states = (
        ("changed", row.changed),
        ("marked", look.marked),
        ("ghost", row.ghost is not None),
        ("cursor", look.cursor),
    )
    for name, holds in states:
        if holds:
            base += canvas.style(name)
    return canvas.line(
        _gutter(row, look, canvas, base), (_cell(row, each, canvas, base) for each in canvas.layout.placed), base
    )


def _cell(row: RowView, placed: Placed, canvas: Canvas, base: Style) -> list[Segment]:
    """What a column says of a row, as wide as the column; of a row that has gone in one style."""
    pieces = fit(_said(row, placed, canvas.fmt), placed.width, canvas.fmt.glyphs.ellipsis, right=placed.column.right)
    if row.ghost is not None:
        return [Segment(text, base) for text, _ in pieces]
    return [Segment(text, canvas.toned(tone, base)) for text, tone in pieces]


def _said(row: RowView, placed: Placed, fmt: Formatter) -> Cell:
    """A column's cell; the flags give way to what became of an action, and to where the row went."""
    if placed.column.key == "flags":
        if row.mark is not None and row.mark.kind in _TAKES_THE_FLAGS:
            sign = wording.mark(row.mark)
            return ((row.mark.reason or sign.word, sign.tone),)
        if row.ghost is not None:
            return ((f"{fmt.glyphs.arrow} {row.ghost.reason}", Tone.DIM),)
    return placed.column.render(row.order, fmt, placed.width)


def _gutter(row: RowView, look: Look, canvas: Canvas, base: Style) -> list[Segment]:
    """Cursor, mark, state, a blank."""
    glyphs, active = canvas.fmt.glyphs, canvas.toned(Tone.ACTIVE, base)
    state, tone = _state(row, canvas.fmt)
    return [
        Segment(glyphs.cursor if look.cursor else " ", active),
        Segment(glyphs.mark if look.marked else " ", active),
        Segment(f"{state} ", canvas.toned(tone, base)),
    ]


def _state(row: RowView, fmt: Formatter) -> Piece:
    if row.ghost is not None:
        return fmt.glyphs.ghost, Tone.DIM
    if row.mark is not None:
        sign = wording.mark(row.mark)
        return fmt.glyph(sign), sign.tone
    return (fmt.glyphs.changed, Tone.ACTIVE) if row.changed else (" ", Tone.PLAIN)


def paint_loading(canvas: Canvas) -> Strip:
    """A row that is still to come."""
    base, dot = canvas.style("plain"), canvas.fmt.glyphs.dot
    dots = ((dot * max(2, each.width * 2 // 3)).ljust(each.width) for each in canvas.layout.placed)
    text = Segment((" " * GAP).join(dots), base + canvas.style("loading"))
    return canvas.line([Segment(" " * GUTTER, base), text], (), base)
