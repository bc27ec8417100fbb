"""The pane below the table: the order under the cursor, its timeline beside what deserves a look; one line if room is short."""

from __future__ import annotations

from itertools import islice, zip_longest
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

    _lines: tuple[tuple[Piece, ...], ...] = ()
    _shown: tuple[RowView | None, Formatter, str, str] | None = None

    def show(self, row: RowView | None, fmt: Formatter, open_key: str, note: str = "") -> None:
        """Shows this order; `note` is a sentence that goes before everything else. Draws only what differs."""
        self._shown = row, fmt, open_key, note
        made = [[(note, Tone.DIM)]] if row is None else self._compose_lines(row, fmt, open_key, note)
        lines = tuple(map(tuple, made))
        changed, self._lines = changed_lines(self._lines, lines), lines
        for at in changed:
            self.refresh(Region(0, at, self.size.width, 1))

    def on_resize(self) -> None:
        """Another width is another cut."""
        if self._shown is not None:
            self.show(*self._shown)

    def render_line(self, y: int) -> Strip:
        return self.strip(self._lines[y] if y < len(self._lines) else (), self.size.width)

    def _compose_lines(self, row: RowView, fmt: Formatter, open_key: str, note: str) -> list[list[Piece]]:
        """The title, then timeline and facts side by side."""
        cells, height = self.size
        title = headline(row.order, fmt)
        if row.mark is not None and row.mark.reason:
            title = [*title[:1], (f"  {row.mark.reason}", Tone.BAD)]
        first = spread(title, [(f"{open_key} ", "key"), ("open", Tone.DIM)], cells, fmt.glyphs.ellipsis)
        notes: list[Text] = [[(note, Tone.WARN)]] if note else []
        pairs = zip_longest(timeline(row.order.timeline, fmt), [*notes, *facts(row.order, fmt)])
        width = min(cells * 3 // 5, 84)
        return [first, *(_beside(*pair, width, cells, fmt) for pair in islice(pairs, max(0, height - 1)))]


def _beside(left: Text | None, right: Text | None, width: int, cells: int, fmt: Formatter) -> list[Piece]:
    """A line with a part on either side of a bar at `width`."""
    one = fit(tuple(left or ()), width - 2, fmt.glyphs.ellipsis)
    two = fit(tuple(right or ()), cells - width - 2, fmt.glyphs.ellipsis)
    return [*one, (f" {fmt.glyphs.bar} ", "faint"), *two]
