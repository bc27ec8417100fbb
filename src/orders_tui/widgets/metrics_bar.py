"""What the tabs do not say, in one line: the operator's own work, what nobody owns, what is due today, and how it goes.

Over all orders, whatever the tab and filters show. A number that gets shorter moves nothing: it keeps the cells of its longest.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from orders_tui import wording
from orders_tui.feed import Connection, ConnectionState
from orders_tui.glyphs import UNICODE
from orders_tui.widgets.bar import Bar
from orders_tui.widgets.cells import Piece, fitting, length
from orders_tui.wording import Tone
from orders_wire.vocabulary import OWNERS_NAMED

if TYPE_CHECKING:
    from orders_wire.page import OrdersPage, Work


class MetricsBar(Bar):
    """Draws the metrics of a page."""

    def __init__(self, ellipsis: str = UNICODE.ellipsis, *, id: str | None = None) -> None:  # noqa: A002
        super().__init__(ellipsis, id=id)
        self._cells: dict[str, int] = {}

    def show(self, page: OrdersPage | None, connection: Connection, me: str = "") -> None:
        """Shows these figures (nothing before the first page), and that the connection is only second best, when it is."""
        figures = [self._figure(*figure) for figure in _figures(page, me)] if page is not None else []
        right = _speed(page, self.narrow) if page is not None else []
        if connection.state is ConnectionState.POLLING:
            why = f": {connection.reason}" if connection.reason and not self.narrow else ""
            right = [("DEGRADED", Tone.WARN), (f" polling{why}", Tone.DIM)]
        shown = fitting(figures, self.size.width - length(right) - 1)
        if page is not None and page.metrics.ready is not None:
            shorter = [_speed(page, narrow=True)] if connection.state is not ConnectionState.POLLING else []
            shown, right = self._with_ready(page.metrics.ready, shown, [right, *shorter, right[:1]])
        self.set_pieces(shown, right)

    def _with_ready(
        self, ready: int, shown: list[Piece], rights: Sequence[list[Piece]]
    ) -> tuple[list[Piece], list[Piece]]:
        """What is ready stands behind the other figures and takes no room from them: what is on the right says less instead."""
        number, (words, tone) = self._figure(ready, "ready", Tone.GOOD)
        more = [*shown, number, (words.rstrip(), tone)]
        fits = (right for right in rights if length(more) + 1 + length(right) <= self.size.width)
        right = next(fits, None)
        return (shown, rights[0]) if right is None else (more, right)

    def _figure(self, number: int, words: str, tone: str) -> list[Piece]:
        """A number as wide as it has ever been, and its words."""
        text = wording.count(number)
        cells = self._cells[words] = max(len(text), self._cells.get(words, 0))
        return [(f"{text:>{cells}}", tone if number else Tone.DIM), (f" {words}   ", Tone.DIM)]


def _figures(page: OrdersPage, me: str) -> list[tuple[int, str, str]]:
    """Number, words and tone, what matters most first: where room is short the last give way."""
    figures: list[tuple[int, str, str]] = []
    if page.work is not None:
        mine = _mine(page.work, me) if me else None
        figures += [(mine, "mine", "key")] if mine is not None else []
        figures += [(page.work.unowned_total, "unowned", Tone.WARN), (page.work.due_today, "due today", "strong")]
    return [
        *figures,
        (page.metrics.breaches, "breached", Tone.BAD),
        (page.returns.refunds_due, "refunds due", "strong"),
        (page.shipments.delivered_today, "delivered today", Tone.GOOD),
    ]


def _mine(work: Work, me: str) -> int | None:
    """What the operator has to send; None where the busiest owners alone are named and this is none of them."""
    nothing = 0 if len(work.owners) < OWNERS_NAMED else None
    return next((owner.total for owner in work.owners if owner.name == me), nothing)


def _speed(page: OrdersPage, narrow: bool) -> list[Piece]:
    """How long fulfilling takes."""
    period = "to fulfil" if narrow else f"to fulfil, {page.period.label.lower()}"
    return [(f"{page.metrics.avg_fulfillment_hours:.1f} h", "strong"), (f" {period}", Tone.DIM)]
