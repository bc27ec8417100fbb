"""What is shown and how: columns, timeline, side bar, maximised pane, freezing, the pulse."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from orders_tui.screens.desk.board import Part
from orders_tui.screens.desk.room import SIDE_ONLY, TABLE_ONLY
from orders_tui.screens.saved_view import LONGEST_NAME, SavedView
from orders_tui.screens.stage import Handler
from orders_tui.widgets import side_bar
from orders_tui.wording import Tone

if TYPE_CHECKING:
    from orders_tui.screens.desk.screen import DeskScreen

SNOOZE_S = 3600.0


class Viewing:
    """Commands `view.*` that belong to the desk alone."""

    def __init__(self, desk: DeskScreen) -> None:
        self.desk = desk
        self._view = ""

    def handlers(self) -> Mapping[str, Handler]:
        """By command id."""
        return {
            "view.columns": lambda _: self.columns(),
            "view.open": self.open_view,
            "view.save": self.save_view,
            "view.timeline": lambda _: self.timeline(),
            "view.sidebar": lambda _: self.sidebar(),
            "view.maximise": lambda _: self.maximise(),
            "view.freeze": lambda _: self.freeze(),
            "view.pulse": lambda _: self.pulse(),
            "alert.acknowledge": lambda _: self.acknowledge(),
            "alert.snooze": lambda _: self.snooze(),
            "alert.return": lambda _: self.put_back(),
        }

    def acknowledge(self) -> None:
        """The alerts of the line have been read."""
        self._put_away(self.desk.work.session.acknowledge, "read")

    def snooze(self) -> None:
        """They come back in an hour."""
        session = self.desk.work.session
        self._put_away(lambda alert_ids: session.snooze(alert_ids, SNOOZE_S), "snoozed for an hour")

    def _put_away(self, act: Callable[[list[str]], None], words: str) -> None:
        side = self.desk.side
        alert_ids = side_bar.alerts_of(side.current, self.desk.open_alerts()) if side.has_focus else []
        if not alert_ids:
            self.desk.say(f"there is no alert here; {self.desk.work.key('go.next_pane')} goes to the alerts")
            return
        act(alert_ids)
        self.desk.say(f"{len(alert_ids)} {words}", Tone.GOOD)

    def put_back(self) -> None:
        """Everything that was put away is on show again."""
        alerts = self.desk.work.session.alerts
        hidden = len(alerts.hidden())
        alerts.show_again()
        self.desk.board.draw(Part.SIDE)
        self.desk.say(f"{hidden} put back" if hidden else "no alert was read or snoozed")

    def columns(self) -> None:
        """Opens the chooser."""
        from orders_tui.dialogs.columns import ColumnsDialog

        tab = self.desk.view.query.tab
        keys = self.desk.work.preferences.columns_of(tab)
        self.desk.app.push_screen(ColumnsDialog(self.desk.work, tab, keys), self._columns_chosen)

    def _columns_chosen(self, keys: tuple[str, ...] | None) -> None:
        if keys is not None:
            self.desk.work.preferences.columns[self.desk.view.query.tab] = keys
            self.desk.board.draw(Part.PAGE)

    def open_view(self, name: str) -> None:
        """Opens the list of saved views; with a name that view at once."""
        if name:
            self._show_view(name)
            return
        from orders_tui.dialogs.views import ViewsDialog

        self.desk.app.push_screen(ViewsDialog(self.desk.work), self._show_view)

    def _show_view(self, name: str | None) -> None:
        desk, views = self.desk, self.desk.work.preferences.views
        if name is None:
            return
        view = views.get(name)
        query = view.query(desk.view.query.page_size) if view is not None else None
        if view is None or query is None:
            there = ", ".join(views) or "none"
            desk.say(f"{name} cannot be opened" if view else f"there is no view {name}; there are: {there}", Tone.WARN)
            return
        if view.columns:
            desk.work.preferences.columns[view.tab] = view.columns
        desk.narrow, self._view = "", name
        desk.work.session.table.show(query)
        desk.board.draw(Part.PAGE)
        desk.say(f"view {name}")

    def save_view(self, name: str) -> None:
        """Asks for the name; one that is given is taken at once."""
        desk = self.desk
        query = desk.view.query
        view = SavedView.of(query, desk.work.preferences.columns_of(query.tab))
        if name:
            self._save_view(view, name)
            return
        from orders_tui.dialogs.views import SaveViewDialog

        dialog = SaveViewDialog(desk.work, view, self._view)
        desk.app.push_screen(dialog, lambda given: self._save_view(view, given))

    def _save_view(self, view: SavedView, name: str | None) -> None:
        if name:
            self.desk.work.preferences.views[name[:LONGEST_NAME]] = view
            self._view = name
            self.desk.say(f"saved; {self.desk.work.key('view.open')} opens {name}", Tone.GOOD)

    def timeline(self) -> None:
        """The pane below the table; where there is room for one line only, the order's own screen has the timeline."""
        desk = self.desk
        if not desk.has_class("-wide") and not desk.has_class("-vast"):
            desk.perform("go.open")
            return
        desk.work.preferences.timeline = not desk.work.preferences.timeline
        desk.apply_preferences()

    def sidebar(self) -> None:
        """Beside the table; where there is no room for both, instead of it."""
        desk = self.desk
        if desk.panes_apart():
            pass
        elif not desk.has_class("-wide") and not desk.has_class("-vast"):
            desk.add_class(SIDE_ONLY)
            desk.call_after_refresh(desk.side.focus)
        else:
            desk.work.preferences.sidebar = not desk.work.preferences.sidebar
            desk.apply_preferences()
            if desk.side.has_focus and not desk.work.preferences.sidebar:
                desk.table.focus()
        desk.call_after_refresh(desk.board.draw, *Part)

    def maximise(self) -> None:
        """The pane that has the focus takes the room of the others, and gives it back. Lines above and below stay."""
        desk = self.desk
        if not desk.panes_apart():
            desk.add_class(SIDE_ONLY if desk.side.has_focus else TABLE_ONLY)
            desk.call_after_refresh(desk.board.draw, *Part)

    def freeze(self) -> None:
        """Nothing moves until thawed."""
        session = self.desk.work.session
        frozen = not session.table.view.frozen
        session.table.freeze(frozen)
        key = self.desk.work.key("view.freeze")
        self.desk.say(f"frozen; {key} thaws" if frozen else "live again", Tone.ACTIVE)

    def pulse(self) -> None:
        """The desk at a glance."""
        from orders_tui.screens.pulse import PulseScreen

        self.desk.app.push_screen(PulseScreen(self.desk.work))
