"""What the desk shows and how: columns, saved views, timeline, side bar, maximised pane, freezing, alerts put away, the pulse."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial

from orders_tui import sanitise
from orders_tui.context import pinned_views
from orders_tui.errors import UsageError
from orders_tui.query.alerts import named
from orders_tui.screens.command_screen import Commands
from orders_tui.screens.desk.layout import SIDE_ONLY, TABLE_ONLY, DeskLayout, Part
from orders_tui.views.folder import NotSaved
from orders_tui.views.pins import pin
from orders_tui.views.saved_view import LONGEST_NAME, SavedView
from orders_tui.widgets.order_table.columns import default_columns
from orders_tui.wording import Tone
from orders_wire.spelling import meant

SNOOZE_S, ALL_LINES = 3600.0, 10_000


class ViewCommands(Commands):
    """Commands `view.*` that belong to the desk alone, and `alert.*`."""

    def __init__(self, desk: DeskLayout) -> None:
        self.desk = desk
        self._view = ""

    def alert_acknowledge(self, _: str) -> None:
        self._put_away(self.desk.work.session.acknowledge, "read")

    def alert_snooze(self, _: str) -> None:
        session = self.desk.work.session
        self._put_away(lambda alert_ids: session.snooze(alert_ids, SNOOZE_S), "snoozed for an hour")

    def _put_away(self, act: Callable[[list[str]], None], words: str) -> None:
        alert_ids = self.desk.current_alerts()
        if alert_ids:
            act(alert_ids)
            self.desk.say(f"{len(alert_ids)} {words}", Tone.GOOD)
        else:
            self.desk.say(f"there is no alert here; {self.desk.work.key('go.next_pane')} goes to the alerts")

    def alert_return(self, _: str) -> None:
        alerts = self.desk.work.session.alerts
        hidden = len(alerts.hidden())
        alerts.show_again()
        self.desk.renderer.draw(Part.SIDE)
        self.desk.say(f"{hidden} put back" if hidden else "no alert was read or snoozed")

    def view_columns(self, argument: str) -> None:
        """Opens the list of columns; an argument shows one (`tags`), hides one (`-tags`) or all but the tab's own (`default`)."""
        desk = self.desk
        tab, keys = desk.view.query.tab, desk.columns
        if argument:
            left = tuple(key for key in keys if key != argument.removeprefix("-"))
            shown = left if argument.startswith("-") else (*left, argument)
            self._show_columns(default_columns(tab) if argument == "default" else shown)
            return
        from orders_tui.dialogs.columns import ColumnsDialog

        desk.ask(ColumnsDialog(desk.work, tab, keys), self._show_columns)

    def _show_columns(self, keys: tuple[str, ...]) -> None:
        self.desk.work.preferences.columns[self.desk.view.place] = keys
        self.desk.renderer.draw(Part.PAGE)

    def view_open(self, name: str) -> None:
        """Opens the list of saved views; with a name that view at once."""
        if name:
            self._show_view(name)
            return
        from orders_tui.dialogs.views import ViewsDialog

        self.desk.ask(ViewsDialog(self.desk.work), self._show_view)

    def _show_view(self, name: str) -> None:
        """Opens a view as it is saved: a pinned one in its place among the tabs."""
        work = self.desk.work
        views = pinned_views.views(work)
        view = views.get(name)
        if view is None:
            self.desk.say(
                f"there is no view {name}{meant(name, views)}; there are: {', '.join(views) or 'none'}", Tone.WARN
            )
            return
        try:
            if view.pinned:
                pinned_views.open_place(work, pin(name), anew=True)
            else:
                work.session.table.show(pinned_views.query_of(work, view))
                work.preferences.columns |= {view.tab: view.columns} if view.columns else {}
        except UsageError as error:
            self.desk.say(f"{name} cannot be opened: {error}", Tone.WARN)
            return
        self.desk.narrow, self._view = "", name
        self.desk.renderer.draw(Part.PAGE)
        self.desk.say(f"view {name}")

    def view_save(self, name: str) -> None:
        """Asks for the name; one that is given is taken at once."""
        desk = self.desk
        view = SavedView.of(desk.view.query, desk.columns, desk.work.name)
        if name:
            self._save(view, name)
            return
        from orders_tui.dialogs.views import SaveViewDialog

        desk.ask(SaveViewDialog(desk.work, view, desk.view.pinned or self._view), partial(self._save, view))

    def _save(self, view: SavedView, name: str) -> None:
        """Over a view of that name, which stays pinned if it was."""
        desk, views = self.desk, self.desk.work.views
        name = sanitise.text(name).strip()[:LONGEST_NAME].strip()
        known = pinned_views.views(desk.work).get(name)
        view = replace(view, pinned=known is not None and known.pinned)
        try:
            views.save(name, view)
        except NotSaved as error:
            desk.say(str(error), Tone.BAD)
            return
        self._view = name
        if name == desk.view.pinned:
            desk.work.session.table.stand(name, view.saved)
        desk.say(f"saved; {desk.work.key('view.open')} opens {name}", Tone.GOOD)

    def view_timeline(self, _: str) -> None:
        """The pane below the table; where there is room for one line only, the order's own screen has the timeline."""
        if self.desk.room_for_panes:
            self.desk.work.preferences.timeline ^= True
            self.desk.apply_preferences()
        else:
            self.desk.perform("go.open")

    def view_sidebar(self, which: str) -> None:
        """Beside the table; where there is no room for both, instead of it. A word for some of the alerts shows just these."""
        desk = self.desk
        if which:
            desk.work.session.open_alerts.choose(named(which, desk.work.name))
            desk.renderer.draw(Part.SIDE)
            desk.side.move(-ALL_LINES)
            if desk.side.display:
                desk.side.focus()
                return
        if desk.restore_panes():
            return
        if desk.room_for_panes:
            desk.work.preferences.sidebar ^= True
            desk.apply_preferences()
            if desk.side.has_focus and not desk.work.preferences.sidebar:
                desk.table.focus()
        else:
            desk.add_class(SIDE_ONLY)
            desk.call_after_refresh(desk.side.focus)
        desk.renderer.schedule_all()

    def view_maximise(self, _: str) -> None:
        """The pane that has the focus takes the room of the others, and gives it back. Lines above and below stay."""
        desk = self.desk
        if not desk.restore_panes():
            desk.add_class(SIDE_ONLY if desk.side.has_focus else TABLE_ONLY)
            desk.renderer.schedule_all()

    def view_freeze(self, _: str) -> None:
        table = self.desk.work.session.table
        frozen = not table.view.frozen
        table.freeze(frozen)
        self.desk.say(f"frozen; {self.desk.work.key('view.freeze')} thaws" if frozen else "live again", Tone.ACTIVE)

    def view_pulse(self, _: str) -> None:
        from orders_tui.screens.pulse import PulseScreen

        self.desk.app.push_screen(PulseScreen(self.desk.work))
