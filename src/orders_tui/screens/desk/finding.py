"""Finding: filter on the server, narrow what is loaded, clear, sort."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import TYPE_CHECKING

from orders_tui.query import Sort, parse
from orders_tui.screens.desk.board import Part
from orders_tui.screens.stage import Handler
from orders_tui.wording import Tone

if TYPE_CHECKING:
    from orders_tui.screens.desk.screen import DeskScreen
    from orders_wire.vocabulary import EventType


class Finding:
    """Commands `find.*`."""

    def __init__(self, desk: DeskScreen) -> None:
        self.desk = desk

    def handlers(self) -> Mapping[str, Handler]:
        """By command id."""
        return {
            "find.search": self.search,
            "find.narrow": lambda _: self.narrow(),
            "find.clear": lambda _: self.clear(),
            "find.sort": self.sort,
        }

    def search(self, argument: str) -> None:
        """Opens the box; with an argument filters at once."""
        if not argument:
            from orders_tui.dialogs.search import SearchDialog

            self.desk.app.push_screen(SearchDialog(self.desk.work))
            return
        parsed = parse(argument, self.desk.work.name or None)
        if isinstance(parsed, list):
            self.desk.say(parsed[0].message, Tone.WARN)
        else:
            self.desk.work.session.table.set_filters(parsed.filters, parsed.sort or self.desk.view.query.sort)

    def narrow(self) -> None:
        """Opens the box that hides loaded rows while one types; in the side bar, the kinds of alert to show."""
        if self.desk.side.has_focus:
            self._alert_types()
            return
        from orders_tui.dialogs.narrow import NarrowDialog

        self.desk.app.push_screen(NarrowDialog(self.desk.work, self.desk.narrow, self._narrow_to), self._narrowed)

    def _narrow_to(self, text: str) -> None:
        self.desk.narrow = text
        self.desk.board.draw(Part.PAGE)

    def _narrowed(self, text: str | None) -> None:
        if text is not None:
            self._narrow_to(text)
            self.desk.cursor_moved()

    def _alert_types(self) -> None:
        from orders_tui.dialogs.alert_types import AlertTypesDialog

        work, types = self.desk.work, self.desk.side.types
        counts = Counter(alert.type for alert in work.session.alerts.open(work.pace.now()))
        self.desk.app.push_screen(AlertTypesDialog(work, types, counts), self._types_chosen)

    def _types_chosen(self, types: frozenset[EventType] | None) -> None:
        if types is not None:
            self.desk.side.types = types
            self.desk.board.draw(Part.SIDE)

    def clear(self) -> None:
        """In the side bar the choice of alerts; else narrowing first, then the filters."""
        query = self.desk.view.query
        if self.desk.side.has_focus and self.desk.side.types:
            self._types_chosen(frozenset())
        elif self.desk.narrow:
            self._narrow_to("")
        elif query.filters:
            self.desk.work.session.table.set_filters(type(query.filters)(), query.sort)
        else:
            self.desk.say("there is no filter")

    def sort(self, argument: str) -> None:
        """Opens the picker; an argument (`-ship_by`, `none`) sorts at once."""
        if not argument:
            from orders_tui.dialogs.sort import SortDialog

            self.desk.app.push_screen(SortDialog(self.desk.work))
            return
        try:
            self.desk.work.session.table.set_sort(None if argument == "none" else Sort.parse(argument))
        except ValueError:
            self.desk.say(f"there is no order by {argument}", Tone.WARN)
