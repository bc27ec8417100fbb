"""Filtering and sorting: on the server, among the loaded rows, and which alerts the side bar shows."""

from __future__ import annotations

from orders_tui.query import ALL_ALERTS, Sort, parse, render
from orders_tui.screens.command_screen import Commands
from orders_tui.screens.desk.layout import DeskLayout, Part
from orders_tui.wording import Tone


class FilterCommands(Commands):
    """Commands `find.*`."""

    def __init__(self, desk: DeskLayout) -> None:
        self.desk = desk

    def find_search(self, argument: str) -> None:
        """Opens the box; with an argument filters at once."""
        desk = self.desk
        if not argument:
            from orders_tui.dialogs.search import SearchDialog

            desk.app.push_screen(SearchDialog(desk.work))
            return
        parsed = parse(argument, desk.work.name or None)
        if isinstance(parsed, list):
            desk.say(parsed[0].message, Tone.WARN)
        else:
            desk.work.preferences.remember(render(parsed.filters))
            desk.work.session.table.set_filters(parsed.filters, parsed.sort or desk.view.query.sort)

    def find_narrow(self, _: str) -> None:
        if self.desk.side.has_focus:
            self._choose_alerts()
            return
        from orders_tui.dialogs.search import NarrowDialog

        self.desk.ask(NarrowDialog(self.desk.work, self.desk.narrow, self._narrow_to), self._narrowed)

    def _narrow_to(self, text: str) -> None:
        self.desk.narrow = text
        self.desk.renderer.draw(Part.PAGE)

    def _narrowed(self, text: str) -> None:
        self._narrow_to(text)
        self.desk.cursor_moved()

    def _choose_alerts(self) -> None:
        from orders_tui.dialogs.alert_filter import AlertFilterDialog

        alerts = self.desk.work.session.open_alerts
        self.desk.ask(AlertFilterDialog(self.desk.work, alerts.filter), alerts.choose)

    def find_clear(self, _: str) -> None:
        """In the side bar the choice of alerts; else narrowing first, then the filters."""
        query = self.desk.view.query
        alerts = self.desk.work.session.open_alerts
        if self.desk.side.has_focus and alerts.filter:
            alerts.choose(ALL_ALERTS)
        elif self.desk.narrow:
            self._narrow_to("")
        elif query.filters:
            self.desk.work.session.table.set_filters(type(query.filters)(), query.sort)
        else:
            self.desk.say("there is no filter")

    def find_sort(self, argument: str) -> None:
        """Opens the picker; an argument (`-ship_by`, `none`) sorts at once."""
        if not argument:
            from orders_tui.dialogs.sort import SortDialog

            self.desk.app.push_screen(SortDialog(self.desk.work))
            return
        try:
            self.desk.work.session.table.set_sort(None if argument == "none" else Sort.parse(argument))
        except ValueError:
            self.desk.say(f"there is no order by {argument}", Tone.WARN)
