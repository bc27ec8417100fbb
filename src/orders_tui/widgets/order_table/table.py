"""The order table on screen: scrolling, cursor, mouse; a change costs the lines that it changed and nothing else.

Invariants: new rows of the same page never move the cursor to another order, nor its line on the screen; no row is drawn wider or
narrower than the table. DataTable repaints and re-measures itself for every update, which a live desk cannot afford
(docs/design.md, Client).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from rich.segment import Segment
from rich.style import Style
from textual import events
from textual.geometry import Region, Size
from textual.message import Message
from textual.scroll_view import ScrollView
from textual.strip import Strip

from orders_tui.widgets.cells import clip, plain, width
from orders_tui.widgets.formatter import Formatter
from orders_tui.widgets.order_table.columns import BY_KEY, GUTTER, Column, Layout, Need, arrange, last_first, needs_of
from orders_tui.widgets.order_table.painter import Canvas, Look, paint_header, paint_loading, paint_row
from orders_tui.widgets.styled import Styled, changed_lines, set_content_size
from orders_wire.vocabulary import SortField

if TYPE_CHECKING:
    from orders_tui.session.view import RowView

LONGEST_NUMBER = 24
"""Cells an order number may take; a shop's own prefix can make it long."""


class OrderTable(Styled, ScrollView, can_focus=True):
    """Shows the rows of a page. It moves its own cursor within them; past the ends there is nothing it could do."""

    @dataclass
    class Pointed(Message):
        """A row was clicked; in its gutter, or twice."""

        index: int
        gutter: bool
        twice: bool

    @dataclass
    class SortWanted(Message):
        """The title of a column was clicked."""

        by: SortField

    def __init__(self, fmt: Callable[[], Formatter], *, id: str | None = None) -> None:  # noqa: A002
        super().__init__(id=id)
        self.rows: tuple[RowView, ...] = ()
        self.cursor = 0
        self._formatter = fmt
        self._columns: tuple[Column, ...] = (BY_KEY["number"],)
        self._first_column = 0
        self._needs: dict[str, Need] = {}
        self._sort: tuple[SortField, bool] | None = None
        self._marks: frozenset[str] = frozenset()
        self._message: tuple[str, ...] = ()
        self._placeholders = 0
        self._strips: dict[int, Strip] = {}
        self._layout_now: Layout | None = None
        self._laid_out_for = 0

    @property
    def current(self) -> RowView | None:
        """The row under the cursor."""
        return self.rows[self.cursor] if self.rows else None

    @property
    def body_height(self) -> int:
        """How many rows are seen at once."""
        return max(1, self.size.height - 1)

    @property
    def _cells(self) -> int:
        return self.scrollable_content_region.width

    def show(self, rows: Sequence[RowView], cursor_id: str | None, *, fresh: bool = False) -> None:
        """Takes rows and the order that the cursor is on. `fresh`: another page or view, so nothing has to stay in place."""
        before, old_cursor, placeholders = self.rows, self.cursor, self._placeholders
        line = old_cursor - self.scroll_offset.y
        self.rows, self._message, self._placeholders = tuple(rows), (), 0
        self.cursor = self._place_of(cursor_id)
        self._fit_numbers()
        if fresh or not before:
            self._fit_names()
        self._resize_content()
        if fresh or not before or placeholders:
            self._redraw()
        else:
            changed = changed_lines(before, self.rows)
            if self.cursor != old_cursor:
                self.scroll_to(y=self.cursor - line, animate=False)
                changed |= {old_cursor, self.cursor}
            for index in changed:
                self._refresh_row(index)
        self._reveal()

    def update_rows(self, changed: Callable[[str], RowView | None], order_ids: frozenset[str]) -> None:
        """Some rows look different, in place: draws just these lines."""
        rows = list(self.rows)
        for index in self._indices(order_ids):
            rows[index] = changed(rows[index].order.id) or rows[index]
            self._refresh_row(index)
        self.rows = tuple(rows)

    def show_loading(self, count: int) -> None:
        """Shows that so many rows are to come."""
        self._show_none((), count)

    def say(self, *lines: str) -> None:
        """Shows sentences instead of rows: nothing matches, nothing could be read."""
        self._show_none(lines, 0)

    def _show_none(self, message: tuple[str, ...], placeholders: int) -> None:
        self.rows, self.cursor, self._message, self._placeholders = (), 0, message, placeholders
        self._resize_content()
        self._redraw()

    def set_columns(self, keys: Sequence[str]) -> None:
        """Chooses the columns, in order. The order number is always the first."""
        number, *before = self._columns
        chosen = [BY_KEY[key] for key in keys if key in BY_KEY and key != "number"]
        if chosen != before:
            self._columns, self._first_column, self._needs = (number, *chosen), 0, {}
            self._fit_names()
            self._relayout()

    def set_sort(self, sort: tuple[SortField, bool] | None) -> None:
        """What the rows are sorted by, for the arrow: the field, and True for descending."""
        if sort != self._sort:
            self._sort = sort
            self.refresh(Region(0, 0, self.size.width, 1))

    def set_marks(self, marks: frozenset[str]) -> None:
        """Which orders are marked."""
        touched, self._marks = self._marks ^ marks, marks
        for index in self._indices(touched):
            self._refresh_row(index)

    def _indices(self, order_ids: frozenset[str]) -> list[int]:
        return [index for index, row in enumerate(self.rows) if row.order.id in order_ids] if order_ids else []

    def tick(self) -> None:
        """Time has passed: ages are drawn anew."""
        self._redraw()

    def move_to(self, index: int) -> None:
        """Puts the cursor on a row, as far as there are rows."""
        target = max(0, min(index, len(self.rows) - 1))
        if target != self.cursor:
            self._refresh_row(self.cursor)
            self.cursor = target
            self._refresh_row(target)
            self._reveal()

    def scroll_columns(self, step: int) -> None:
        """Brings hidden columns into sight; the order number stays."""
        first = max(0, min(self._first_column + step, last_first(self._columns, self._cells, self._needs)))
        if first != self._first_column:
            self._first_column = first
            self._relayout()

    def render_line(self, y: int) -> Strip:
        """The header, then a row for each line."""
        if y == 0:
            return paint_header(self._canvas(), self._sort)
        index = self.scroll_offset.y + y - 1
        if index < self._placeholders:
            return paint_loading(self._canvas())
        if index >= len(self.rows):
            return self._blank(y, self._cells)
        if index not in self._strips:
            row = self.rows[index]
            look = Look(cursor=index == self.cursor, marked=row.order.id in self._marks)
            self._strips[index] = paint_row(row, look, self._canvas())
        return self._strips[index]

    def _canvas(self) -> Canvas:
        layout = self._arranged()
        fmt = replace(self._formatter(), columns=frozenset(placed.column.key for placed in layout.placed))
        return Canvas(layout, self._cells, self._style, fmt)

    def _blank(self, y: int, cells: int) -> Strip:
        base = self._style("plain")
        line = y - 1 - max(1, (self.size.height - 1) // 3)
        if not 0 <= line < len(self._message):
            return Strip.blank(cells, base)
        text = clip(plain(self._message[line]), cells - 2 * GUTTER, self._formatter().glyphs.ellipsis)
        style = base + self._style("strong" if line == 0 else "dim")
        return Strip([Segment(text, style)]).text_align(cells, "center").apply_style(base)

    def _style(self, name: str) -> Style:
        return self.own_style("cursor-away" if name == "cursor" and not self.has_focus else name)

    def notify_style_update(self) -> None:
        """The theme or a class has changed: nothing drawn before is right any more."""
        super().notify_style_update()
        self._strips.clear()

    def _arranged(self) -> Layout:
        if self._layout_now is None:
            self._laid_out_for = self._cells
            self._layout_now = arrange(self._columns, self._laid_out_for, self._first_column, self._needs)
        return self._layout_now

    def _fit_numbers(self) -> None:
        longest = max((width(row.order.order_number) for row in self.rows), default=0)
        cells = min(max(BY_KEY["number"].width, longest), LONGEST_NUMBER)
        if cells != self._columns[0].width:
            self._columns = (replace(self._columns[0], width=cells), *self._columns[1:])
            self._relayout()

    def _fit_names(self) -> None:
        """Names have the room that they need. From page to page it grows and never shrinks, so that no column comes and goes."""
        needs = needs_of(self._columns, [row.order for row in self.rows], self._formatter())
        needs = {key: each | self._needs.get(key, Need()) for key, each in needs.items()}
        if needs != self._needs:
            self._needs = needs
            self._relayout()

    def _place_of(self, order_id: str | None) -> int:
        found = (index for index, row in enumerate(self.rows) if row.order.id == order_id)
        return next(found, max(0, min(self.cursor, len(self.rows) - 1)))

    def _refresh_row(self, index: int) -> None:
        self._strips.pop(index, None)
        y = 1 + index - self.scroll_offset.y
        if 1 <= y < self.size.height:
            self.refresh(Region(0, y, self.size.width, 1))

    def _redraw(self) -> None:
        self._strips.clear()
        self.refresh()

    def _relayout(self) -> None:
        self._layout_now = None
        self._redraw()

    def _resize_content(self) -> None:
        set_content_size(self, Size(self.size.width, max(len(self.rows), self._placeholders) + 1))

    def _reveal(self) -> None:
        if not self.size.height:  # before the first layout every row is out of sight
            return
        top = max(self.cursor - self.body_height + 1, min(self.scroll_offset.y, self.cursor))
        if top != self.scroll_offset.y:
            self.scroll_to(y=top, animate=False)

    def on_resize(self) -> None:
        """Another width is another choice of columns, another height the same lines; the cursor stays in sight."""
        self._resize_content()
        if self._cells != self._laid_out_for:
            self._relayout()
        self._reveal()

    def on_focus(self) -> None:
        """The cursor is lit, or dimmed again."""
        self._redraw()

    on_blur = on_focus

    def on_click(self, event: events.Click) -> None:
        """A title sorts, the gutter marks, a row takes the cursor, twice opens it."""
        index = self.scroll_offset.y + event.y - 1
        if event.y == 0:
            for placed in self._arranged().placed:
                if placed.x <= event.x < placed.x + placed.width and placed.column.sort is not None:
                    self.post_message(self.SortWanted(placed.column.sort))
        elif index < len(self.rows):
            self.post_message(self.Pointed(index, gutter=event.x < GUTTER, twice=event.chain == 2))
