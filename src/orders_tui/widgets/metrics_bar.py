"""The figures of the desk in one line, over all orders whatever the tab and filters show."""

from __future__ import annotations

from typing import TYPE_CHECKING

from orders_tui import wording
from orders_tui.feed import Connection, ConnectionState
from orders_tui.widgets.bar import Bar
from orders_tui.widgets.cells import Piece, fitting, length
from orders_tui.wording import Tone

if TYPE_CHECKING:
    from orders_wire.page import OrdersPage


class MetricsBar(Bar):
    """Draws the metrics of a page."""

    def show(self, page: OrdersPage | None, connection: Connection) -> None:
        """Shows these figures (nothing before the first page), and that the connection is only second best, when it is."""
        figures, right = _figures(page, self.narrow) if page is not None else ([], [])
        if connection.state is ConnectionState.POLLING:
            why = f": {connection.reason}" if connection.reason and not self.narrow else ""
            right = [("DEGRADED", Tone.WARN), (f" polling{why}", Tone.DIM)]
        self.set_pieces(fitting(figures, self.size.width - length(right) - 1), right)


def _figures(page: OrdersPage, narrow: bool) -> tuple[list[list[Piece]], list[Piece]]:
    """The counts, each as its pieces, and what stands at the right end."""
    metrics = page.metrics
    share = f" {metrics.overdue_pct:.0%}" if metrics.overdue else ""
    counts: list[tuple[int, str, str]] = [
        (metrics.awaiting_fulfillment, "to fulfil", "strong"),
        (metrics.overdue, f"overdue{share}", Tone.BAD),
        (metrics.breaches, "breached", Tone.BAD),
        (metrics.awaiting_tracking, "no tracking", Tone.WARN),
        *([] if narrow else [(page.returns.refunds_due, "refunds due", "strong")]),
    ]
    figures: list[list[Piece]] = [
        [("   " if at else "", Tone.PLAIN), (wording.count(n), tone if n else "strong"), (f" {words}", Tone.DIM)]
        for at, (n, words, tone) in enumerate(counts)
    ]
    period = "avg" if narrow else f"to fulfil, {page.period.label.lower()}"
    return figures, [(f"{metrics.avg_fulfillment_hours:.1f} h", "strong"), (f" {period}", Tone.DIM)]
