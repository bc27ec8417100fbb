"""Draws the parts of the desk from what the session says. A part that many changes touch at once is drawn once."""

from __future__ import annotations

from collections.abc import Mapping

from textual.timer import Timer

from orders_tui.context import pinned_views
from orders_tui.screens.desk import captions
from orders_tui.screens.desk.layout import DeskLayout, Part
from orders_tui.views.pins import unpinned
from orders_tui.widgets import banner, side_bar
from orders_tui.widgets.alert_lines import EDGES, MARGIN, MORE
from orders_tui.widgets.banner import Banner
from orders_tui.widgets.metrics_bar import MetricsBar
from orders_tui.widgets.order_pane import OrderPane
from orders_tui.widgets.query_bar import QueryBar
from orders_tui.widgets.tab_strip import TabStrip
from orders_tui.widgets.top_bar import TopBar

SHOW_LOADING_AFTER_S = 0.4
"""A page that comes sooner replaces the rows before it without a word."""
FOLLOW_S = 0.08
"""The pane below the table follows a moving cursor at this pace, so that the cursor itself is never held up."""
PAGE_FOLLOWS_S = 0.4
"""What a page on its way says more of waits for it so long, to be drawn with it."""

NEAR = 5
"""So many lines before the end of what is known of the alerts, more of them is read."""

BRINGS = {
    Part.PAGE: (Part.QUERY, Part.ORDER),
    Part.QUERY: (Part.SIDE,),
    Part.SUMMARY: (Part.SIDE,),
    Part.SIDE: (Part.TOP,),
}
"""Parts that have to be drawn after another."""


class Renderer:
    """The desk's parts, drawn at once (`draw`), together before the next frame (`schedule`, `schedule_all`), or with the page
    that is on its way (`await_page`). Each has the method of its name.

    `slow`: the page has been loading for so long that it is said.
    """

    def __init__(self, desk: DeskLayout) -> None:
        self._desk = desk
        self._due: set[Part] = set()
        self._all_due = False
        self._awaiting: set[Part] = set()
        self._late: Timer | None = None
        self._page_key: object = None
        self._following = False
        self.slow = False

    def schedule(self, part: Part) -> None:
        """Draws a part before the next frame."""
        if self._all_due:
            return
        if not self._due:
            self._desk.call_later(self._draw_due)
        self._due.add(part)

    def _draw_due(self) -> None:
        due, self._due = self._due, set()
        self.draw(*due)

    def schedule_all(self) -> None:
        """Draws every part once the new layout is known."""
        if not self._all_due:
            self._all_due = True
            self._desk.call_after_refresh(self._draw_all)

    def _draw_all(self) -> None:
        self._all_due = False
        self._due.clear()
        self.draw(*Part)

    @property
    def awaits_page(self) -> bool:
        """Whether anything waits for a page."""
        return bool(self._awaiting)

    def await_page(self, part: Part) -> None:
        """Draws a part with the page that is on its way, or by itself if that takes long."""
        if self._late is None:
            self._late = self._desk.set_timer(PAGE_FOLLOWS_S, self._page_is_late)
        self._awaiting.add(part)

    def _page_is_late(self) -> None:
        self.draw(*self._awaiting)

    def follow_cursor(self) -> None:
        """The cursor has moved: the pane follows in a moment, once for many moves."""
        if not self._following:
            self._following = True
            self._desk.set_timer(FOLLOW_S, self._follow)

    def _follow(self) -> None:
        self._following = False
        self.draw(Part.ORDER)

    def draw(self, *parts: Part) -> None:
        """Draws parts, and those that depend on them, now."""
        wanted = set(parts)
        for part in Part:
            if part in wanted:
                wanted.update(BRINGS.get(part, ()))
                getattr(self, part.value)()
        self._awaiting -= wanted
        if not self._awaiting and self._late is not None:
            self._late.stop()
            self._late = None
        if wanted and self._desk.is_mounted:
            self._desk.refresh_hints()

    def page(self) -> None:
        """The rows."""
        desk = self._desk
        desk.view = desk.work.session.table.view
        page_key = (desk.view.query, desk.narrow)
        if rows := desk.rows():
            desk.table.show(rows, desk.view.cursor_id, fresh=page_key != self._page_key)
        self._page_key = page_key

    def query(self) -> None:
        """Tab, filters, sort, place; and what stands instead of rows."""
        desk = self._desk
        view = desk.view = desk.work.session.table.view
        desk.table.set_columns(desk.columns)
        desk.table.set_sort((view.query.sort.by, view.query.sort.descending) if view.query.sort else None)
        if view.loading and not self.slow:
            desk.set_timer(SHOW_LOADING_AFTER_S, self._show_slow)
        self._query_line(self.slow and view.loading)
        if not desk.rows():
            self._no_rows()
        self._tabs()

    def _show_slow(self) -> None:
        self._query_line(self._desk.work.session.table.view.loading)

    def _query_line(self, slow: bool) -> None:
        self.slow = slow
        self._desk.query_one(QueryBar).show(captions.query_info(self._desk, slow), self._desk.work.glyphs)

    def _no_rows(self) -> None:
        desk, view = self._desk, self._desk.view
        if view.loading or (view.as_of is None and view.problem is None):
            expected = self._tab_counts().get(view.query.tab, 0) or view.query.page_size
            desk.table.show_loading(min(expected, view.query.page_size))
        else:
            desk.table.say(*captions.no_rows(desk))

    def _tab_counts(self) -> Mapping[str, int]:
        page = self._desk.work.session.table.summary
        return page.tabs if page is not None else {}

    def _tabs(self) -> None:
        work, view = self._desk.work, self._desk.view
        names = [name for place in pinned_views.places(work) if (name := unpinned(place))]
        strip = self._desk.query_one(TabStrip)
        strip.show(view.place, pinned_views.counts(work), names, changed=pinned_views.changed(work))

    def summary(self) -> None:
        """Metrics and tab counts."""
        self._metrics()
        self._tabs()

    def _metrics(self) -> None:
        session = self._desk.work.session
        self._desk.query_one(MetricsBar).show(session.table.summary, session.connection, self._desk.work.name)

    def side(self) -> None:
        """Alerts, gaps and panels."""
        desk, session = self._desk, self._desk.work.session
        gaps, in_table = session.alerts.gaps(desk.work.pace.now()), desk.view.query.only_owner
        desk.side.set_lines(
            side_bar.lines(desk.alerts_shown(), gaps, session.table.summary, desk.work.formatter(), in_table)
        )
        if desk.side.display and session.connection.up:
            session.open_alerts.look()

    def side_moved(self) -> None:
        """The side bar's cursor is on another line: what comes next is read, and has lines, before it gets there."""
        desk, session = self._desk, self._desk.work.session
        if desk.side.near(MORE, NEAR) and session.connection.up:
            session.open_alerts.more()
        if any(desk.side.near(edge, MARGIN) for edge in EDGES):
            self.schedule(Part.SIDE)
        self.draw(Part.ORDER)

    def order(self) -> None:
        """The pane below the table."""
        desk = self._desk
        row = desk.table.current
        if desk.side.has_focus and (order_id := desk.current_id()):
            row = desk.work.session.table.row(order_id)
        detail = desk.work.session.table.seen_detail(row.order.id) if row is not None else None
        pane = desk.query_one(OrderPane)
        pane.show(row, detail, desk.work.formatter(), desk.work.key("go.open"), captions.pane_note(desk))

    def top(self) -> None:
        """The first line, the banner, and whether the rows look stale."""
        desk, work, page = self._desk, self._desk.work, self._desk.work.session.table.summary
        desk.query_one(TopBar).show(captions.top_info(desk), work.glyphs.ascii_only, captions.undo_keys(desk))
        stale = desk.warnings()
        shown = stale or banner.history(page.desk if page is not None else None)
        desk.query_one(Banner).show(shown)
        desk.set_class(bool(shown), "-bannered")
        desk.set_class(bool(stale), "-stale")
        self._metrics()
