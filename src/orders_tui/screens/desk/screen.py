"""The desk's screen: lays its parts out and shows in them what the session says. What keys do is in the modules beside this one."""

from __future__ import annotations

from collections.abc import Callable
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Horizontal, Vertical

from orders_tui.commands import Place
from orders_tui.screens.acting import Acting
from orders_tui.screens.desk import tops
from orders_tui.screens.desk.finding import Finding
from orders_tui.screens.desk.marking import Marking
from orders_tui.screens.desk.moving import Moving
from orders_tui.screens.desk.narrowing import narrowed
from orders_tui.screens.desk.relevance import Situation, ranked
from orders_tui.screens.desk.selection import Selection
from orders_tui.screens.desk.viewing import Viewing
from orders_tui.screens.house import House
from orders_tui.screens.stage import Stage
from orders_tui.screens.taking import Taking
from orders_tui.screens.target import Target
from orders_tui.screens.workplace import Workplace
from orders_tui.session import changes
from orders_tui.session.view import RowView
from orders_tui.widgets import band, side_bar
from orders_tui.widgets.band import Band
from orders_tui.widgets.hint_bar import Hint, HintBar
from orders_tui.widgets.line_list import LineList
from orders_tui.widgets.metrics_bar import MetricsBar
from orders_tui.widgets.order_pane import OrderPane
from orders_tui.widgets.order_table import OrderTable
from orders_tui.widgets.query_bar import QueryBar
from orders_tui.widgets.side_bar import SideBar
from orders_tui.widgets.tab_strip import TabStrip
from orders_tui.widgets.top_bar import TopBar
from orders_wire.orders import Order

SHOW_LOADING_AFTER_S = 0.4
WIDE = 110


class DeskScreen(Stage):
    """See the module. It keeps what is only the operator's: marks, narrowing, which pane has the focus."""

    place = Place.DESK
    AUTO_FOCUS = "OrderTable"
    BINDINGS: ClassVar[list[BindingType]] = []
    HORIZONTAL_BREAKPOINTS = [(0, "-tiny"), (60, "-narrow"), (WIDE, "-wide"), (170, "-vast")]
    VERTICAL_BREAKPOINTS = [(0, "-low"), (16, "-short"), (32, "-tall")]

    def __init__(self, work: Workplace) -> None:
        super().__init__(work)
        self.selection = Selection()
        self.narrow = ""
        self.slow = False
        groups = (Moving(self), Marking(self), Finding(self), Viewing(self), Acting(self), Taking(self), House(self))
        self.handlers = {name: handler for group in groups for name, handler in group.handlers().items()}
        self._due: dict[str, Callable[[], None]] = {}
        self._page_key: object = None

    def compose(self) -> ComposeResult:
        """Top to bottom, as it is seen."""
        glyphs = self.work.glyphs
        yield TopBar(glyphs.ellipsis, id="top")
        yield TabStrip(glyphs, id="tabs")
        yield MetricsBar(glyphs.ellipsis, id="metrics")
        yield Band(glyphs.ellipsis, id="band")
        yield QueryBar(glyphs.ellipsis, id="query")
        with Horizontal(id="body"):
            with Vertical(id="main"):
                yield OrderTable(self.work.seen, id="orders")
                yield OrderPane(id="pane")
            yield SideBar(glyphs.cursor, glyphs.ellipsis, id="side")
        yield HintBar(glyphs.ellipsis, id="hints")

    def on_mount(self) -> None:
        """Shows what is there already; from now on the session tells."""
        self.apply_preferences()
        self.set_interval(1.0, self.tick)
        self.show_everything()

    @property
    def table(self) -> OrderTable:
        return self.query_one(OrderTable)

    @property
    def side(self) -> SideBar:
        return self.query_one(SideBar)

    @property
    def pane_focused(self) -> LineList | OrderTable:
        """The pane that moving keys move in."""
        return self.side if self.side.has_focus else self.table

    def rows(self) -> list[RowView]:
        """The rows on show: the page, narrowed."""
        rows = self.work.session.view.rows
        return narrowed(rows, self.narrow) if self.narrow else list(rows)

    def current(self) -> Order | None:
        """The order under the cursor of the pane that has the focus."""
        if self.side.has_focus:
            order_id = side_bar.order_of(self.side.current, self.open_alerts())
            return self.work.session.order(order_id) if order_id else None
        row = self.table.current
        return row.order if row is not None else None

    def open_alerts(self) -> list[side_bar.Alert]:
        """The alerts on show."""
        return self.work.session.alerts.open(self.work.pace.now())

    def target(self) -> Target:
        """The marks, else the order under the cursor."""
        if len(self.selection):
            orders = [self.work.session.order(order_id) for order_id in self.selection.ids]
            return Target(self.selection.ids, tuple(order for order in orders if order is not None), marked=True)
        order = self.current()
        return Target((order.id,), (order,)) if order is not None else Target((), ())

    # -- what the session says

    def session_changed(self, change: changes.Change) -> None:
        """Draws just what the change is about; many changes at once cost one drawing each."""
        match change:
            case changes.RowsChanged(order_ids=order_ids):
                self.table.update_rows(self.work.session.row, order_ids)
                current = self.current()
                if current is not None and current.id in order_ids:
                    self._soon("pane", self.show_order)
            case changes.PageShown() | changes.CursorMoved():
                self._soon("page", self.show_page)
            case changes.ViewChanged():
                self._soon("query", self.show_query)
            case changes.SummaryChanged():
                self._soon("summary", self.show_summary)
            case changes.AlertsChanged():
                self._soon("side", self.show_side)
            case changes.ActionSettled(entry=entry):
                failed = {failure.order_id for failure in entry.failures}
                self.unmark([order_id for order_id in entry.order_ids if order_id not in failed] if entry.settled else [])
                self._soon("top", self.show_top)
            case changes.ConnectionChanged() | changes.ActionChanged() | changes.BulkChanged() | changes.PeopleChanged():
                self._soon("top", self.show_top)
            case _:
                pass

    def _soon(self, name: str, draw: Callable[[], None]) -> None:
        if not self._due:
            self.call_later(self._draw_due)
        self._due[name] = draw

    def _draw_due(self) -> None:
        due, self._due = self._due, {}
        for draw in due.values():
            draw()

    def show_everything(self) -> None:
        """Draws every part."""
        self.show_page()
        self.show_summary()

    def show_page(self) -> None:
        """The rows, and all that stands around them."""
        view = self.work.session.view
        rows = self.rows()
        page_key = (view.query, self.narrow)
        if rows:
            self.table.show(rows, view.cursor_id, fresh=page_key != self._page_key)
        self._page_key = page_key
        self.show_query()
        self.show_order()

    def show_query(self) -> None:
        """Tab, filters, sort, place; and what stands instead of rows."""
        view = self.work.session.view
        self.table.set_columns(self.work.preferences.columns_of(view.query.tab))
        self.table.set_sort((view.query.sort.by, view.query.sort.descending) if view.query.sort else None)
        self.query_one(QueryBar).show(tops.query_info(self), self.work.glyphs)
        if not self.rows():
            self._show_no_rows()
        if view.loading and not self.slow:
            self.set_timer(SHOW_LOADING_AFTER_S, self._show_slow)
        self.slow = self.slow and view.loading
        self.show_tabs()
        self.show_top()

    def _show_slow(self) -> None:
        self.slow = self.work.session.view.loading
        self.query_one(QueryBar).show(tops.query_info(self), self.work.glyphs)

    def _show_no_rows(self) -> None:
        view = self.work.session.view
        if view.loading or view.as_of is None and view.problem is None:
            count = (self.work.session.summary.tabs.get(view.query.tab, 0) if self.work.session.summary else 0)
            self.table.show_loading(min(count or view.query.page_size, view.query.page_size))
        else:
            self.table.say(*tops.no_rows(self))

    def show_tabs(self) -> None:
        """The open tab and every tab's count."""
        page = self.work.session.summary
        self.query_one(TabStrip).show(self.work.session.view.query.tab, page.tabs if page is not None else {})

    def show_summary(self) -> None:
        """Metrics, panels, tab counts."""
        self.query_one(MetricsBar).show(self.work.session.summary)
        self.show_tabs()
        self.show_side()

    def show_side(self) -> None:
        """Alerts, gaps and panels."""
        session, now = self.work.session, self.work.pace.now()
        lines = side_bar.lines(self.open_alerts(), session.alerts.gaps(now), session.summary, self.work.seen())
        self.side.set_lines(lines)
        self.show_top()

    def show_order(self) -> None:
        """The pane below the table, and the hints."""
        order, row = self.current(), self.table.current
        shown = self.work.session.row(order.id) if order is not None and self.side.has_focus else row
        self.query_one(OrderPane).show(shown, self.work.seen(), self.work.key("go.open"), tops.pane_note(self))
        self.refresh_hints()

    def show_top(self) -> None:
        """The first line, the band, and whether the rows look stale."""
        session, now = self.work.session, self.work.pace.now()
        self.query_one(TopBar).show(tops.top_info(self), self.work.glyphs.ascii_only, self.work.key("action.undo"))
        pieces = band.sentence(session.connection, session.view, now, self.work.zone, self.work.key("desk.refresh"))
        self.query_one(Band).show(pieces)
        self.query_one(MetricsBar).display = not pieces
        self.set_class(bool(pieces), "-stale")
        self.refresh_hints()

    def tick(self) -> None:
        """A second has passed."""
        self.show_top()
        if self.work.pace.now().second == 0:
            self.table.tick()
            self.show_side()

    # -- what the operator does

    def cursor_moved(self) -> None:
        """The operator stands on another row now: the session follows at once, before anything else can happen."""
        row = self.table.current
        order_id = row.order.id if row is not None else None
        self.work.session.move_cursor(order_id)
        if order_id is not None and self.selection.ranging:
            self.selection.stretch(order_id, [row.order.id for row in self.table.rows])
            self.show_marks()
        self.show_order()

    def show_marks(self) -> None:
        """The marks have changed."""
        self.table.set_marks(frozenset(self.selection.ids))
        self.show_top()

    def unmark(self, order_ids: list[str]) -> None:
        """These are done."""
        if any(order_id in self.selection for order_id in order_ids):
            self.selection.remove(order_ids)
            self.show_marks()

    def restore_marks(self) -> bool:
        """Takes back an unmarking."""
        restored = self.selection.restore()
        self.show_marks()
        return restored

    def hints(self) -> list[Hint]:
        """What the keys would do now, and to how many."""
        view = self.work.session.view
        situation = Situation(
            order=self.current(),
            marked=len(self.selection),
            filtered=bool(view.query.filters) or bool(self.narrow),
            waiting=view.new_count,
            undoable=self.work.session.undoable() is not None,
            failed=any(run.finished and run.reasons(tops.FAILED) for run in self.work.session.runs[-1:]),
            frozen=view.frozen,
        )
        return [self.hint(command_id, tops.label(self, command_id)) for command_id in ranked(situation)]

    def apply_preferences(self) -> None:
        """Side bar and timeline as the operator likes them."""
        self.set_class(not self.work.preferences.sidebar, "-no-side")
        self.set_class(not self.work.preferences.timeline, "-no-pane")

    def on_resize(self) -> None:
        """Bars say more or less by the room they have."""
        self.call_after_refresh(self.show_everything)

    def on_order_table_pointed(self, message: OrderTable.Pointed) -> None:
        """The mouse does what keys do."""
        self.table.focus()
        self.table.move_to(message.index)
        self.cursor_moved()
        if message.gutter:
            self.perform("mark.toggle", "stay")
        elif message.twice:
            self.perform("go.open")

    def on_order_table_sort_wanted(self, message: OrderTable.SortWanted) -> None:
        """A title was clicked: by it, and again the other way round."""
        view = self.work.session.view
        again = view.query.sort is not None and view.query.sort.by is message.by and not view.query.sort.descending
        self.perform("find.sort", f"-{message.by}" if again else str(message.by))

    def on_tab_strip_chosen(self, message: TabStrip.Chosen) -> None:
        self.perform(f"tab.{message.tab}")

    def on_line_list_moved(self) -> None:
        """The side bar's cursor is on another line."""
        self.show_order()

    def on_line_list_chosen(self) -> None:
        self.perform("go.open")
