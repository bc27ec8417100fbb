"""The pane below the table: the order under the cursor, its timeline beside what deserves a look; one line if room is short."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from textual.geometry import Region
from textual.strip import Strip

from orders_tui.widgets.bar import spread
from orders_tui.widgets.cells import Piece, fit
from orders_tui.widgets.formatter import Formatter
from orders_tui.widgets.order_text import Text, facts, headline, timeline
from orders_tui.widgets.styled import Styled, changed_lines
from orders_tui.wording import Tone

if TYPE_CHECKING:
    from orders_tui.session.view import RowView


class OrderPane(Styled):
    """Shows an order from its row; costs no request."""

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002
        super().__init__(id=id)
        self._row: RowView | None = None
        self._formatter: Formatter | None = None
        self._key = ""
        self._note = ""
        self._lines: tuple[tuple[Piece, ...], ...] = ()

    def show(self, row: RowView | None, fmt: Formatter, open_key: str, note: str = "") -> None:
        """Shows this order; `note` is a sentence that goes before everything else. Draws only what differs."""
        self._row, self._formatter, self._key, self._note = row, fmt, open_key, note
        lines = tuple(tuple(line) for line in self._compose_lines())
        changed, self._lines = changed_lines(self._lines, lines), lines
        for at in changed:
            self.refresh(Region(0, at, self.size.width, 1))

    def on_resize(self) -> None:
        """Another width is another cut."""
        if self._formatter is not None:
            self.show(self._row, self._formatter, self._key, self._note)

    def render_line(self, y: int) -> Strip:
        return self.strip(self._lines[y] if y < len(self._lines) else (), self.size.width)

    def _compose_lines(self) -> list[list[Piece]]:
        """The title, then timeline and facts side by side."""
        cells, height = self.size
        if self._row is None or self._formatter is None:
            return [[(self._note, Tone.DIM)]]
        return [self._title(cells), *(self._body(cells, height - 1) if height > 1 else ())]

    def _title(self, cells: int) -> list[Piece]:
        assert self._row is not None
        assert self._formatter is not None
        left: list[Piece] = headline(self._row.order, self._formatter)
        if self._row.mark is not None and self._row.mark.reason:
            left = [*left[:1], (f"  {self._row.mark.reason}", Tone.BAD)]
        right: list[Piece] = [(f"{self._key} ", "key"), ("open", Tone.DIM)]
        return spread(left, right, cells, self._formatter.glyphs.ellipsis)

    def _body(self, cells: int, height: int) -> list[list[Piece]]:
        assert self._row is not None
        assert self._formatter is not None
        fmt, order = self._formatter, self._row.order
        left = list(timeline(order.timeline, fmt))[:height]
        note: Text = [(self._note, Tone.WARN)]
        right = [*([note] if self._note else []), *facts(order, fmt)]
        width = min(cells * 3 // 5, 84)
        return [self._line(left, right[:height], at, width, cells) for at in range(max(len(left), len(right[:height])))]

    def _line(self, left: Sequence[Text], right: Sequence[Text], at: int, width: int, cells: int) -> list[Piece]:
        assert self._formatter is not None
        glyphs = self._formatter.glyphs
        one = fit(tuple(left[at]) if at < len(left) else (), width - 2, glyphs.ellipsis)
        two = fit(tuple(right[at]) if at < len(right) else (), cells - width - 2, glyphs.ellipsis)
        return [*one, (f" {glyphs.bar} ", "faint"), *two]
