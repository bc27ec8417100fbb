"""Draws the parts of the desk from what the session says. A part that many changes touch at once is drawn once."""

from __future__ import annotations

from enum import Enum
from typing import TYPE_CHECKING

from orders_tui.screens.desk import tops
from orders_tui.widgets import band, side_bar
from orders_tui.widgets.band import Band
from orders_tui.widgets.metrics_bar import MetricsBar
from orders_tui.widgets.order_pane import OrderPane
from orders_tui.widgets.query_bar import QueryBar
from orders_tui.widgets.tab_strip import TabStrip
from orders_tui.widgets.top_bar import TopBar

if TYPE_CHECKING:
    from orders_tui.screens.desk.screen import DeskScreen

SHOW_LOADING_AFTER_S = 0.4
FOLLOW_S = 0.08
"""The pane below the table follows a moving cursor at this pace, so that the cursor itself is never held up."""


class Part(Enum):
    """In the order of drawing: what comes later reads what came before."""

    PAGE = 0
    QUERY = 1
    SUMMARY = 2
    SIDE = 3
    ORDER = 4
    TOP = 5


_BRINGS = {
    Part.PAGE: (Part.QUERY, Part.ORDER),
    Part.QUERY: (Part.TOP,),
    Part.SUMMARY: (Part.SIDE,),
    Part.SIDE: (Part.TOP,),
}
"""Parts that have to be drawn after another."""


class Board:
    """The desk's parts, drawn at once (`draw`) or together at the end of what is being done (`soon`)."""

    def __init__(self, desk: DeskScreen) -> None:
        self._desk = desk
        self._due: set[Part] = set()
        self._page_key: object = None
        self._following = False
        self.slow = False

    def soon(self, part: Part) -> None:
        """Draws a part before the next frame."""
        if not self._due:
            self._desk.call_later(self._draw_due)
        self._due.add(part)

    def follow(self) -> None:
        """The cursor has moved: the pane follows in a moment, once for many moves."""
        if not self._following:
            self._following = True
            self._desk.set_timer(FOLLOW_S, self._followed)

    def _followed(self) -> None:
        self._following = False
        self.draw(Part.ORDER)

    def _draw_due(self) -> None:
        due, self._due = self._due, set()
        self.draw(*due)

    def draw(self, *parts: Part) -> None:
        """Draws parts, and those that depend on them, now."""
        wanted = set(parts)
        for part in Part:
            if part in wanted:
                wanted.update(_BRINGS.get(part, ()))
                _DRAW[part](self)
        if wanted and self._desk.is_mounted:
            self._desk.refresh_hints()

    def page(self) -> None:
        """The rows."""
        desk = self._desk
        desk.view = desk.work.session.table.view
        rows = desk.rows()
        page_key = (desk.view.query, desk.narrow)
        if rows:
            desk.table.show(rows, desk.view.cursor_id, fresh=page_key != self._page_key)
        self._page_key = page_key

    def query(self) -> None:
        """Tab, filters, sort, place; and what stands instead of rows."""
        desk = self._desk
        view = desk.view = desk.work.session.table.view
        desk.table.set_columns(desk.work.preferences.columns_of(view.query.tab))
        desk.table.set_sort((view.query.sort.by, view.query.sort.descending) if view.query.sort else None)
        if view.loading and not self.slow:
            desk.set_timer(SHOW_LOADING_AFTER_S, self._show_slow)
        self.slow = self.slow and view.loading
        self._query_line()
        if not desk.rows():
            self._no_rows()
        self._tabs()

    def _show_slow(self) -> None:
        self.slow = self._desk.work.session.table.view.loading
        self._query_line()

    def _query_line(self) -> None:
        self._desk.query_one(QueryBar).show(tops.query_info(self._desk, self.slow), self._desk.work.glyphs)

    def _no_rows(self) -> None:
        desk, view = self._desk, self._desk.view
        if view.loading or (view.as_of is None and view.problem is None):
            page = desk.work.session.table.summary
            count = page.tabs.get(view.query.tab, 0) if page is not None else 0
            desk.table.show_loading(min(count or view.query.page_size, view.query.page_size))
        else:
            desk.table.say(*tops.no_rows(desk))

    def _tabs(self) -> None:
        page = self._desk.work.session.table.summary
        self._desk.query_one(TabStrip).show(self._desk.view.query.tab, page.tabs if page is not None else {})

    def summary(self) -> None:
        """Metrics and tab counts."""
        self._metrics()
        self._tabs()

    def _metrics(self) -> None:
        session = self._desk.work.session
        self._desk.query_one(MetricsBar).show(session.table.summary, session.connection)

    def side(self) -> None:
        """Alerts, gaps and panels."""
        desk, session = self._desk, self._desk.work.session
        gaps = session.alerts.gaps(desk.work.pace.now())
        shown = side_bar.Shown(desk.side.unfolded, sorted(desk.side.types), desk.side.size.width)
        desk.side.set_lines(side_bar.lines(desk.open_alerts(), gaps, session.table.summary, desk.work.seen(), shown))

    def order(self) -> None:
        """The pane below the table."""
        desk = self._desk
        order, row = desk.current(), desk.table.current
        shown = desk.work.session.table.row(order.id) if order is not None and desk.side.has_focus else row
        desk.query_one(OrderPane).show(shown, desk.work.seen(), desk.work.key("go.open"), tops.pane_note(desk))

    def top(self) -> None:
        """The first line, the band, and whether the rows look stale."""
        desk, work = self._desk, self._desk.work
        desk.query_one(TopBar).show(tops.top_info(desk), work.glyphs.ascii_only, tops.undo_keys(desk))
        line = work.session.connection
        says = band.sentences(line, desk.view, work.pace.now(), work.zone, work.key("desk.refresh"))
        page = work.session.table.summary
        shown = says or band.history(page.desk if page is not None else None)
        desk.query_one(Band).show(shown)
        desk.set_class(bool(shown), "-banded")
        desk.set_class(bool(says), "-stale")
        self._metrics()


_DRAW = {
    Part.PAGE: Board.page,
    Part.QUERY: Board.query,
    Part.SUMMARY: Board.summary,
    Part.SIDE: Board.side,
    Part.ORDER: Board.order,
    Part.TOP: Board.top,
}
