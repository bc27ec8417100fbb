"""What the desk shows and how: columns, saved views, timeline, side bar, maximised pane, freezing, alerts put away, the pulse."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from orders_tui.context.preferences import LONGEST_NAME, SavedView
from orders_tui.screens.command_screen import Commands
from orders_tui.screens.desk.layout import SIDE_ONLY, TABLE_ONLY, DeskLayout, Part
from orders_tui.wording import Tone

SNOOZE_S = 3600.0


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

    def view_columns(self, _: str) -> None:
        from orders_tui.dialogs.columns import ColumnsDialog

        tab = self.desk.view.query.tab
        keys = self.desk.work.preferences.columns_of(tab)
        self.desk.ask(ColumnsDialog(self.desk.work, tab, keys), self._show_columns)

    def _show_columns(self, keys: tuple[str, ...]) -> None:
        self.desk.work.preferences.columns[self.desk.view.query.tab] = keys
        self.desk.renderer.draw(Part.PAGE)

    def view_open(self, name: str) -> None:
        """Opens the list of saved views; with a name that view at once."""
        if name:
            self._show_view(name)
            return
        from orders_tui.dialogs.views import ViewsDialog

        self.desk.ask(ViewsDialog(self.desk.work), self._show_view)

    def _show_view(self, name: str) -> None:
        desk, preferences = self.desk, self.desk.work.preferences
        view = preferences.views.get(name)
        query = view.query(desk.view.query.page_size) if view is not None else None
        if view is None:
            desk.say(f"there is no view {name}; there are: {', '.join(preferences.views) or 'none'}", Tone.WARN)
        elif query is None:
            desk.say(f"{name} cannot be opened", Tone.WARN)
        else:
            if view.columns:
                preferences.columns[view.tab] = view.columns
            desk.narrow, self._view = "", name
            desk.work.session.table.show(query)
            desk.renderer.draw(Part.PAGE)
            desk.say(f"view {name}")

    def view_save(self, name: str) -> None:
        """Asks for the name; one that is given is taken at once."""
        desk, query = self.desk, self.desk.view.query
        view = SavedView.of(query, desk.work.preferences.columns_of(query.tab))
        if name:
            self._save(view, name)
            return
        from orders_tui.dialogs.views import SaveViewDialog

        desk.ask(SaveViewDialog(desk.work, view, self._view), partial(self._save, view))

    def _save(self, view: SavedView, name: str) -> None:
        self.desk.work.preferences.views[name[:LONGEST_NAME]] = view
        self._view = name
        self.desk.say(f"saved; {self.desk.work.key('view.open')} opens {name}", Tone.GOOD)

    def view_timeline(self, _: str) -> None:
        """The pane below the table; where there is room for one line only, the order's own screen has the timeline."""
        if self.desk.room_for_panes:
            self.desk.work.preferences.timeline ^= True
            self.desk.apply_preferences()
        else:
            self.desk.perform("go.open")

    def view_sidebar(self, _: str) -> None:
        """Beside the table; where there is no room for both, instead of it."""
        desk = self.desk
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
        desk.draw_all_soon()

    def view_maximise(self, _: str) -> None:
        """The pane that has the focus takes the room of the others, and gives it back. Lines above and below stay."""
        desk = self.desk
        if not desk.restore_panes():
            desk.add_class(SIDE_ONLY if desk.side.has_focus else TABLE_ONLY)
            desk.draw_all_soon()

    def view_freeze(self, _: str) -> None:
        table = self.desk.work.session.table
        frozen = not table.view.frozen
        table.freeze(frozen)
        self.desk.say(f"frozen; {self.desk.work.key('view.freeze')} thaws" if frozen else "live again", Tone.ACTIVE)

    def view_pulse(self, _: str) -> None:
        from orders_tui.screens.pulse import PulseScreen

        self.desk.app.push_screen(PulseScreen(self.desk.work))
