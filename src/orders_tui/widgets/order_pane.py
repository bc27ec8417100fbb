"""The pane below the table: the order under the cursor, what happened to it and what is in it; one line if room is short."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain, islice, zip_longest
from typing import TYPE_CHECKING

from textual.geometry import Region
from textual.strip import Strip

from orders_tui.widgets.bar import spread
from orders_tui.widgets.cells import Piece, fit
from orders_tui.widgets.formatter import Formatter
from orders_tui.widgets.order_text import Text, facts, headline, timeline
from orders_tui.widgets.order_text.items import brief, variants
from orders_tui.widgets.order_text.lines import LABEL, UNDER, WHEN, known
from orders_tui.widgets.order_text.totals import totals
from orders_tui.widgets.styled import Styled, changed_lines
from orders_tui.widgets.wrapping import wrap
from orders_tui.wording import Tone, whole_order

if TYPE_CHECKING:
    from orders_tui.session.view import RowView
    from orders_wire.detail import OrderDetail
    from orders_wire.orders import Order


ROOMY = 130
"""From so many cells on the order's lines and money have a column of their own."""


class OrderPane(Styled):
    """Shows an order from its row, and from its detail where that is here anyway; costs no request."""

    _lines: tuple[tuple[Piece, ...], ...] = ()
    _shown: tuple[RowView | None, OrderDetail | None, Formatter, str, str] | None = None

    def show(
        self, row: RowView | None, detail: OrderDetail | None, fmt: Formatter, open_key: str, sentence: str = ""
    ) -> None:
        """Shows this order; `sentence` goes before everything else. Draws only what differs."""
        self._shown = row, detail, fmt, open_key, sentence
        made = [[(sentence, Tone.DIM)]] if row is None else self._compose_lines(row, detail, fmt, open_key, sentence)
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

    def _compose_lines(
        self, row: RowView, detail: OrderDetail | None, fmt: Formatter, open_key: str, sentence: str
    ) -> list[list[Piece]]:
        """The title, then columns side by side."""
        cells, height = self.size
        title = headline(row.order, fmt)
        if row.mark is not None and row.mark.reason:
            title = [*title[:1], (f"  {row.mark.reason}", Tone.BAD)]
        first = spread(title, [(f"{open_key} ", "key"), ("open", Tone.DIM)], cells, fmt.glyphs.ellipsis)
        said: list[Text] = [[(sentence, Tone.WARN)]] if sentence else []
        said += [[piece] for piece in fmt.presence(row.order.id)]
        columns = _columns(row.order, detail, said, cells, fmt)
        lines = zip_longest(*(islice(column.lines(), max(0, height - 1)) for column in columns))
        return [first, *(_beside(parts, columns, fmt) for parts in lines)]


@dataclass(frozen=True, slots=True)
class _Column:
    """`cells` wide; its lines are in parts that go on below themselves, each so far in."""

    cells: int
    parts: tuple[tuple[Iterable[Text], int], ...]

    def lines(self) -> Iterator[Text]:
        """One by one: only those are made for which there is room."""
        for lines, hang in self.parts:
            for line in lines:
                yield from wrap(line, self.cells - 2, hang)


def _columns(order: Order, detail: OrderDetail | None, said: list[Text], cells: int, fmt: Formatter) -> list[_Column]:
    """What happened; what deserves a look; and where there is room, what is in it and what it is worth."""
    notes = detail.notes if detail is not None else ()
    told = detail.customer_orders if detail is not None else None
    customer = known(orders=whole_order.customer_orders(told)) if told is not None and told.count > 1 else ()
    happened = timeline(order.timeline, fmt, notes, returned=order.return_), WHEN
    about = chain(said, facts(order, fmt), customer), LABEL
    if detail is None or cells < ROOMY:
        first = min(cells * 3 // 5, 84)
        lines = brief(detail) if detail is not None else ()
        return [_Column(first, (happened,)), _Column(cells - first, (about, (lines, UNDER)))]
    first, third = cells * 2 // 5, cells * 7 // 20
    content = (variants(detail), UNDER), (totals(detail, fmt), LABEL)
    return [_Column(first, (happened,)), _Column(cells - first - third, (about,)), _Column(third, content)]


def _beside(parts: Sequence[Text | None], columns: Sequence[_Column], fmt: Formatter) -> list[Piece]:
    """A line with a part of each column, bars between them."""
    pieces: list[Piece] = []
    for part, column in zip(parts, columns, strict=True):
        pieces += [(f" {fmt.glyphs.bar} ", "faint")] if pieces else []
        pieces += fit(tuple(part or ()), column.cells - 2, fmt.glyphs.ellipsis)
    return pieces
