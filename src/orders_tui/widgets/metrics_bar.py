"""The figures of the desk in one line, over all orders whatever the tab and filters show."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from orders_tui import wording
from orders_tui.feed import Connection, ConnectionState
from orders_tui.widgets.bar import Bar
from orders_tui.widgets.cells import Piece, width
from orders_tui.wording import Tone

if TYPE_CHECKING:
    from orders_wire.page import OrdersPage

NARROW = 100


class MetricsBar(Bar):
    """Draws the metrics of a page."""

    def show(self, page: OrdersPage | None, line: Connection) -> None:
        """Shows these figures (nothing before the first page), and that the line is only second best, when it is."""
        narrow = self.size.width < NARROW
        figures, right = _pieces(page, narrow) if page is not None else ([], [])
        if line.state is ConnectionState.POLLING:
            right = [
                ("DEGRADED", Tone.WARN),
                (f" polling{f': {line.reason}' if line.reason and not narrow else ''}", Tone.DIM),
            ]
        self.set_pieces(_fitting(figures, self.size.width - _cells(right) - 1), right)


def _cells(pieces: Sequence[Piece]) -> int:
    return sum(width(text) for text, _ in pieces)


def _fitting(figures: Sequence[Sequence[Piece]], room: int) -> list[Piece]:
    """The figures that fit whole, from the first on."""
    pieces: list[Piece] = []
    for figure in figures:
        more: list[Piece] = [("   " if pieces else "", Tone.PLAIN), *figure]
        if _cells(pieces) + _cells(more) > room:
            break
        pieces += more
    return pieces


def _pieces(page: OrdersPage, narrow: bool) -> tuple[list[list[Piece]], list[Piece]]:
    metrics = page.metrics
    share = f" {metrics.overdue_pct:.0%}" if metrics.overdue else ""
    figures: list[tuple[str, str, str]] = [
        (wording.count(metrics.awaiting_fulfillment), "to fulfil", Tone.PLAIN),
        (wording.count(metrics.overdue), f"overdue{share}", Tone.BAD if metrics.overdue else Tone.PLAIN),
        (wording.count(metrics.breaches), "breached", Tone.BAD if metrics.breaches else Tone.PLAIN),
        (
            wording.count(metrics.awaiting_tracking),
            "no tracking",
            Tone.WARN if metrics.awaiting_tracking else Tone.PLAIN,
        ),
        *([] if narrow else [(wording.count(page.returns.refunds_due), "refunds due", Tone.PLAIN)]),
    ]
    left: list[list[Piece]] = [
        [(figure, tone if tone != Tone.PLAIN else "strong"), (f" {words}", Tone.DIM)] for figure, words, tone in figures
    ]
    hours = f"{metrics.avg_fulfillment_hours:.1f} h"
    period = "" if narrow else f"to fulfil, {page.period.label.lower()}"
    return left, [(hours, "strong"), (f" {period or 'avg'}", Tone.DIM)]
