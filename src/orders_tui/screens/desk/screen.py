"""The desk's screen: lays its parts out and shows in them what the session says. What keys do is in the modules beside it."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual.app import ComposeResult
from textual.binding import BindingType
from textual.content import Content
from textual.widgets import Static

from orders_tui.alerts import Alert
from orders_tui.commands import Place
from orders_tui.screens import breakpoints
from orders_tui.screens.action_commands import ActionCommands
from orders_tui.screens.desk import tops
from orders_tui.screens.desk.board import Board, Part
from orders_tui.screens.desk.finding import Finding
from orders_tui.screens.desk.marking import Marking
from orders_tui.screens.desk.moving import Moving
from orders_tui.screens.desk.narrowing import narrowed
from orders_tui.screens.desk.relevance import Situation, ranked
from orders_tui.screens.desk.room import SIDE_ONLY, TABLE_ONLY
from orders_tui.screens.desk.selection import Selection
from orders_tui.screens.desk.viewing import Viewing
from orders_tui.screens.house import House
from orders_tui.screens.stage import Stage
from orders_tui.screens.taking import Taking
from orders_tui.screens.target import Target
from orders_tui.screens.workplace import Workplace
from orders_tui.session import changes
from orders_tui.session.log import ActionEntry, ActionState
from orders_tui.session.view import RowView
from orders_tui.widgets import side_bar
from orders_tui.widgets.band import Band
from orders_tui.widgets.blank import Column, Row
from orders_tui.widgets.hint_bar import Hint, HintBar
from orders_tui.widgets.line_list import LineList
from orders_tui.widgets.metrics_bar import MetricsBar
from orders_tui.widgets.order_pane import OrderPane
from orders_tui.widgets.order_table import OrderTable
from orders_tui.widgets.query_bar import QueryBar
from orders_tui.widgets.side_bar import SideBar
from orders_tui.widgets.tab_strip import TabStrip
from orders_tui.widgets.top_bar import TopBar
from orders_tui.wording import Tone

if TYPE_CHECKING:
    from orders_wire.orders import Order


class DeskScreen(Stage):
    """See the module. It keeps what is only the operator's: marks, narrowing, which pane has the focus."""

    place = Place.DESK
    HIDES = True
    BLANK = True
    AUTO_FOCUS = "OrderTable"
    BINDINGS: ClassVar[list[BindingType]] = []
    HORIZONTAL_BREAKPOINTS = breakpoints.COLUMNS
    VERTICAL_BREAKPOINTS = breakpoints.ROWS

    def __init__(self, work: Workplace) -> None:
        super().__init__(work)
        self.selection = Selection()
        self.known: dict[str, Order] = {}
        """Marked orders that no page on show holds, as they were when they were collected."""
        self.narrow = ""
        self.view = work.session.table.view
        self.board = Board(self)
        self._ended: set[str] = set()
        self.actions = ActionCommands(self)
        groups = (Moving(self), Marking(self), Finding(self), Viewing(self), self.actions, Taking(self), House(self))
        self.handlers = {name: handler for group in groups for name, handler in group.handlers().items()}

    def compose(self) -> ComposeResult:
        """Top to bottom, as it is seen."""
        glyphs = self.work.glyphs
        yield TopBar(glyphs.ellipsis, id="top")
        yield TabStrip(glyphs, id="tabs")
        yield MetricsBar(glyphs.ellipsis, id="metrics")
        yield Band(glyphs.ellipsis, id="band")
        yield QueryBar(glyphs.ellipsis, id="query")
        with Row(id="body"):
            with Column(id="main"):
                yield OrderTable(self.work.seen, id="orders")
                yield OrderPane(id="pane")
            yield SideBar(glyphs.cursor, glyphs.ellipsis, id="side")
        yield HintBar(glyphs.ellipsis, id="hints")
        yield Static(Content(_needs(self.work.key("desk.quit"))), id="small")

    def on_mount(self) -> None:
        """Shows what is there already; from now on the session tells."""
        self.apply_preferences()
        self.set_interval(1.0, self.tick)
        self._note_sizes()
        self.board.draw(*Part)

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
        rows = self.view.rows
        return narrowed(rows, self.narrow) if self.narrow else list(rows)

    def current(self) -> Order | None:
        """The order under the cursor of the pane that has the focus."""
        if self.side.has_focus:
            order_id = side_bar.order_of(self.side.current, self.open_alerts())
            return self.work.session.table.order(order_id) if order_id else None
        row = self.table.current
        return row.order if row is not None else None

    def sku(self) -> str:
        """The SKU of the stock line under the side bar's cursor."""
        return (side_bar.sku_of(self.side.current) or "") if self.side.has_focus else ""

    def open_alerts(self) -> list[Alert]:
        """The alerts on show."""
        return self.work.session.alerts.open(self.work.pace.now(), self.side.types)

    def target(self) -> Target:
        """The marks, else the order under the cursor."""
        if len(self.selection):
            ids = self.selection.ids
            self.known = {order_id: self.known[order_id] for order_id in ids if order_id in self.known}
            orders = [self.work.session.table.order(order_id) or self.known.get(order_id) for order_id in ids]
            return Target(self.selection.ids, tuple(order for order in orders if order is not None), marked=True)
        order = self.current()
        return Target((order.id,), (order,)) if order is not None else Target((), ())

    # -- what the session says

    def session_changed(self, change: changes.Change) -> None:
        """Draws just what the change is about; many changes at once cost one drawing each."""
        match change:
            case changes.RowsChanged(order_ids=order_ids):
                self.table.update_rows(self.work.session.table.row, order_ids)
                current = self.current()
                if current is not None and current.id in order_ids:
                    self.board.soon(Part.ORDER)
            case changes.PageShown():
                self.board.soon(Part.PAGE)
            case changes.CursorMoved(order_id=order_id):
                row = self.table.current
                if order_id != (row.order.id if row is not None else None):
                    self.board.soon(Part.PAGE)
            case changes.ViewChanged():
                self.board.soon(Part.QUERY)
            case changes.SummaryChanged():
                self._note_sizes()
                self.board.soon(Part.SUMMARY)
            case changes.AlertsChanged():
                self.board.soon(Part.SIDE)
            case changes.DeskLeft():
                self._forget_marks()
            case changes.ActionSettled(entry=entry):
                self._settled(entry)
            case changes.BulkChanged(run=run) if run.finished and run.id not in self._ended:
                self._ended.add(run.id)
                self.actions.ended(run)
                self.board.soon(Part.TOP)
            case (
                changes.ConnectionChanged() | changes.ActionChanged() | changes.BulkChanged() | changes.PeopleChanged()
            ):
                self.board.soon(Part.TOP)
            case _:
                pass

    def _note_sizes(self) -> None:
        page = self.work.session.table.summary
        if page is not None:
            self.work.trend.take(self.work.pace.now(), page.tabs, page.desk.id if page.desk is not None else None)

    def _settled(self, entry: ActionEntry) -> None:
        failed = {failure.order_id for failure in entry.failures}
        if entry.state in {ActionState.DONE, ActionState.PARTLY}:
            self.unmark([order_id for order_id in entry.order_ids if order_id not in failed])
        if entry.batch is None and self.is_current:
            self.actions.tell(entry)
        self.board.soon(Part.TOP)

    def tick(self) -> None:
        """A second has passed."""
        self.view = self.work.session.table.view
        self.board.soon(Part.TOP)
        if self.work.pace.now().second == 0:
            self.table.tick()
            self.board.soon(Part.SIDE)

    # -- what the operator does

    def cursor_moved(self) -> None:
        """The operator stands on another row now: the session follows at once, before anything else can happen."""
        row = self.table.current
        order_id = row.order.id if row is not None else None
        self.work.session.table.move_cursor(order_id)
        if order_id is not None and self.selection.ranging:
            self.selection.stretch(order_id, [row.order.id for row in self.table.rows])
            self.show_marks()
        self.board.follow()

    def show_marks(self) -> None:
        """The marks have changed."""
        self.table.set_marks(frozenset(self.selection.ids))
        self.board.draw(Part.TOP)

    def _forget_marks(self) -> None:
        """They were of another desk, and cannot be brought back."""
        count = len(self.selection)
        self.selection.forget()
        self.known.clear()
        self.show_marks()
        if count:
            self.say(f"this is another desk now: {count} unmarked", Tone.WARN)

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
        view = self.view
        situation = Situation(
            order=self.current(),
            marked=len(self.selection),
            filtered=bool(view.query.filters) or bool(self.narrow),
            waiting=view.new_count,
            undoable=self.work.session.actions.undoable() is not None,
            failed=tops.just_failed(self.work.session.actions.runs),
            frozen=view.frozen,
            in_side_bar=self.side.has_focus,
            on_alert=bool(side_bar.alerts_of(self.side.current, self.open_alerts())),
        )
        return [self.hint(command_id, tops.label(self, command_id)) for command_id in ranked(situation)]

    def panes_apart(self) -> bool:
        """Gives every pane its place again, the table the focus where the side bar loses its; False when all had theirs."""
        if not (self.has_class(SIDE_ONLY) or self.has_class(TABLE_ONLY)):
            return False
        self.remove_class(SIDE_ONLY, TABLE_ONLY)
        if self.has_class("-narrow"):
            self.call_after_refresh(self.table.focus)
        return True

    def apply_preferences(self) -> None:
        """Side bar and timeline as the operator likes them."""
        self.set_class(not self.work.preferences.sidebar, "-no-side")
        self.set_class(not self.work.preferences.timeline, "-no-pane")

    def on_descendant_focus(self) -> None:
        """The pane below and the keys are about what has the focus."""
        self.board.soon(Part.ORDER)

    def on_side_bar_resized(self) -> None:
        """Messages stand in it where there is room."""
        self.board.soon(Part.SIDE)

    def on_screen_suspend(self) -> None:
        """Under a dialog `u` may be a letter: the first line says which keys take back."""
        self.board.soon(Part.TOP)

    def on_screen_resume(self) -> None:
        """Keys are the desk's again."""
        self.board.soon(Part.TOP)

    def on_resize(self) -> None:
        """Bars say more or less by the room they have."""
        self.call_after_refresh(self.board.draw, *Part)

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
        view = self.view
        again = view.query.sort is not None and view.query.sort.by is message.by and not view.query.sort.descending
        self.perform("find.sort", f"-{message.by}" if again else str(message.by))

    def on_tab_strip_chosen(self, message: TabStrip.Chosen) -> None:
        self.perform(f"tab.{message.tab}")

    def on_line_list_moved(self) -> None:
        """The side bar's cursor is on another line."""
        self.board.draw(Part.ORDER)

    def on_line_list_chosen(self) -> None:
        self.perform("go.open")


def _needs(quit_key: str) -> str:
    least = f"The desk needs at least {breakpoints.LEAST_COLUMNS} columns and {breakpoints.LEAST_ROWS} rows."
    return f"{least} {quit_key} {quit_key} quits." if quit_key else least
