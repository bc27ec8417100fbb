"""The desk's screen: draws what the session reports, and does what the mouse does. What keys do is in the modules beside it."""

from __future__ import annotations

from collections.abc import Mapping

from textual import events, on

from orders_tui.commands import Place
from orders_tui.context import breakpoints, pinned_views
from orders_tui.context.context import Context
from orders_tui.query import Sort
from orders_tui.screens.action_commands import ActionCommands
from orders_tui.screens.common_commands import CommonCommands
from orders_tui.screens.copy_export import CopyExportCommands
from orders_tui.screens.desk import captions
from orders_tui.screens.desk.filtering import FilterCommands
from orders_tui.screens.desk.layout import DeskLayout, Part
from orders_tui.screens.desk.marking import MarkCommands
from orders_tui.screens.desk.navigation import NavigationCommands
from orders_tui.screens.desk.renderer import Renderer
from orders_tui.screens.desk.view_options import ViewCommands
from orders_tui.screens.key_hints import ranked
from orders_tui.screens.own_commands import OwnCommands
from orders_tui.screens.picking import PickCommands
from orders_tui.session import changes
from orders_tui.session.log import ActionEntry, ActionState
from orders_tui.views.pins import unpinned
from orders_tui.widgets.hint_bar import Hint
from orders_tui.widgets.order_table import OrderTable
from orders_tui.widgets.order_text import counts_down
from orders_tui.widgets.tab_strip import TabStrip
from orders_tui.wording import Tone

DRAWN: Mapping[type[changes.Change], Part] = {
    changes.PageShown: Part.PAGE,
    changes.ViewChanged: Part.QUERY,
    changes.SummaryChanged: Part.SUMMARY,
    changes.AlertsChanged: Part.SIDE,
    changes.ConnectionChanged: Part.TOP,
    changes.ActionChanged: Part.TOP,
    changes.ActionSettled: Part.TOP,
    changes.BulkChanged: Part.TOP,
    changes.PeopleChanged: Part.TOP,
    changes.MentionsChanged: Part.TOP,
}
"""What is drawn anew whatever a change says."""


class DeskScreen(DeskLayout):
    """See the module."""

    renderer: Renderer
    place = Place.DESK
    HIDDEN_WHEN_SMALL = True
    BLANK = True
    AUTO_FOCUS = "OrderTable"
    HORIZONTAL_BREAKPOINTS = breakpoints.COLUMNS
    VERTICAL_BREAKPOINTS = breakpoints.ROWS

    def __init__(self, work: Context) -> None:
        super().__init__(work)
        self.renderer = Renderer(self)
        self._ended: set[str] = set()
        self._offered = False
        self.actions, self.own = ActionCommands(self), OwnCommands(self)
        for group in (
            NavigationCommands(self),
            MarkCommands(self),
            FilterCommands(self),
            ViewCommands(self),
            self.actions,
            self.own,
            CopyExportCommands(self),
            PickCommands(self, self.actions.send),
            CommonCommands(self),
        ):
            self.handlers |= group.handlers()

    def on_mount(self) -> None:
        """Shows what is there already; from now on what the session reports."""
        self.set_interval(1.0, self.tick)
        self._note_sizes()
        self.renderer.draw(*Part)
        self._look_for_server()

    # -- what the session reports

    def session_changed(self, change: changes.Change) -> None:
        """Draws just what the change is about; many changes at once cost one drawing each."""
        match change:
            case changes.RowsChanged(order_ids=order_ids) | changes.PresenceChanged(order_ids=order_ids):
                self.table.update_rows(self.work.session.table.row, order_ids)
                if self.current_id() in order_ids:
                    self.renderer.schedule(Part.ORDER)
            case changes.DetailChanged(order_id=order_id) if order_id == self.current_id():
                self.renderer.schedule(Part.ORDER)
            case changes.CursorMoved(order_id=order_id) if order_id != self.row_id:
                self.renderer.schedule(Part.PAGE)
            case changes.SummaryChanged():
                self._note_sizes()
            case changes.ConnectionChanged() | changes.ViewChanged():
                self._look_for_server()
                pinned_views.give_way(self.work)
                if not self.work.session.open_alerts.coverage.whole:
                    self._draw_for(change, Part.SIDE)
            case changes.DeskLeft():
                self._forget_marks()
            case changes.ActionSettled(entry=entry):
                self._settled(entry)
            case changes.BulkChanged(run=run) if run.finished and run.id not in self._ended:
                self._ended.add(run.id)
                self.actions.ended(run)
            case changes.ProgramChanged(run=program):
                self.own.changed(program)
        if part := DRAWN.get(type(change)):
            self._draw_for(change, part)

    def _draw_for(self, change: changes.Change, part: Part) -> None:
        draw = self.renderer.await_page if self._comes_with_page(change) else self.renderer.schedule
        draw(part)

    def _comes_with_page(self, change: changes.Change) -> bool:
        """Whether a change is drawn with the page that is on its way, so that a row and what stands around it change at once."""
        match change:
            case changes.AlertsChanged(page_follows=follows) | changes.ConnectionChanged(page_follows=follows):
                return follows
            case changes.PeopleChanged() | changes.MentionsChanged():
                return self.renderer.awaits_page
        return False

    def _look_for_server(self) -> None:
        """Where the start reached none, what can be done instead is offered, once."""
        view = self.work.session.table.view
        if self._offered or view.as_of is not None or view.problem is None or not self.is_current:
            return
        from orders_tui.screens.no_server import NoServerScreen, nobody

        if nobody(self.work) is not None:
            self._offered = True
            self.app.push_screen(NoServerScreen(self.work))

    def _note_sizes(self) -> None:
        work, page = self.work, self.work.session.table.summary
        if page is not None:
            desk_id = page.desk.id if page.desk is not None else None
            work.trend.take(work.pace.now(), pinned_views.sizes(work), desk_id)

    def _settled(self, entry: ActionEntry) -> None:
        failed = {failure.order_id for failure in entry.failures}
        if entry.state in {ActionState.DONE, ActionState.PARTLY}:
            self.unmark([order_id for order_id in entry.order_ids if order_id not in failed])
        if entry.batch is None and self.is_current:
            self.actions.report(entry)
        self.actions.settled(entry)

    def tick(self) -> None:
        self.view = self.work.session.table.view
        self.renderer.schedule(Part.TOP)
        now = self.work.pace.now()
        if now.second == 0:
            self.table.tick()
            self.renderer.schedule(Part.SIDE)
        if now.second == 0 or counts_down(self.current(), None, now):
            self.renderer.schedule(Part.ORDER)

    # -- what the operator does

    def _forget_marks(self) -> None:
        """They were of another desk, and cannot be brought back."""
        count = len(self.selection)
        self.selection.forget()
        self.collected.clear()
        self.show_marks()
        if count:
            self.say(f"this is another desk now: {count} unmarked", Tone.WARN)

    def unmark(self, order_ids: list[str]) -> None:
        if any(order_id in self.selection for order_id in order_ids):
            self.selection.remove(order_ids)
            self.show_marks()

    def restore_marks(self) -> bool:
        restored = self.selection.restore()
        self.show_marks()
        return restored

    def hints(self) -> list[Hint]:
        """What the keys would do now, and to how many."""
        view = self.view
        ids = ranked(
            self.current(),
            marked=len(self.selection),
            filtered=bool(view.query.filters) or bool(self.narrow),
            waiting=view.new_count,
            undoable=self.work.session.actions.undoable() is not None,
            failed=captions.just_failed(self.work.session.actions.runs),
            frozen=view.frozen,
            in_side_bar=self.side.has_focus,
            on_alert=bool(self.current_alerts()),
            own=self.own.hinted(),
            unsaved=pinned_views.changed(self.work),
        )
        return [self.hint(command_id, captions.label(self, command_id)) for command_id in ids]

    def on_descendant_focus(self) -> None:
        """The pane below and the keys are about what has the focus."""
        self.renderer.schedule(Part.ORDER)

    def on_side_bar_resized(self) -> None:
        """Messages stand in it where there is room."""
        self.renderer.schedule(Part.SIDE)

    @on(events.ScreenSuspend)
    @on(events.ScreenResume)
    def _keys_changed(self) -> None:
        """Under a dialog `u` may be a letter: the first line says which keys take back. Views may have been pinned there."""
        self.renderer.schedule(Part.QUERY)
        self._look_for_server()

    def on_resize(self) -> None:
        """Bars say more or less by the room they have."""
        self.renderer.schedule_all()

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
        again = self.view.query.sort == Sort(message.by)
        self.perform("find.sort", f"-{message.by}" if again else str(message.by))

    def on_tab_strip_chosen(self, message: TabStrip.Chosen) -> None:
        name = unpinned(message.place)
        self.perform("tab.open", name) if name else self.perform(f"tab.{message.place}")

    def on_line_list_moved(self) -> None:
        """The side bar's cursor is on another line."""
        self.renderer.side_moved()

    def on_line_list_chosen(self) -> None:
        self.perform("go.open")
