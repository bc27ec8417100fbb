"""Moving: rows, pages, tabs, panes; opening and going back."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import TYPE_CHECKING

from orders_tui.feed import ConnectionState
from orders_tui.screens.desk.board import Part
from orders_tui.screens.stage import Handler
from orders_tui.widgets import side_bar
from orders_wire.vocabulary import Tab

if TYPE_CHECKING:
    from orders_tui.screens.desk.screen import DeskScreen


class Moving:
    """Commands `go.*` and `tab.*` on the desk."""

    def __init__(self, desk: DeskScreen) -> None:
        self.desk = desk
        self._tab_before: Tab | None = None

    def handlers(self) -> Mapping[str, Handler]:
        """By command id."""
        return {
            "go.down": lambda _: self.step(1),
            "go.up": lambda _: self.step(-1),
            "go.half_down": lambda _: self.leap(0.5),
            "go.half_up": lambda _: self.leap(-0.5),
            "go.screen_down": lambda _: self.leap(1),
            "go.screen_up": lambda _: self.leap(-1),
            "go.first": lambda _: self.end(-1),
            "go.last": lambda _: self.end(1),
            "go.next_page": lambda _: self.turn(1),
            "go.previous_page": lambda _: self.turn(-1),
            "go.left": lambda _: self.desk.table.scroll_columns(-1),
            "go.right": lambda _: self.desk.table.scroll_columns(1),
            "go.open": lambda _: self.open(),
            "go.back": lambda _: self.back(),
            "go.next_pane": lambda _: self.other_pane(),
            "go.previous_pane": lambda _: self.other_pane(),
            "tab.next": lambda _: self.neighbour(1),
            "tab.previous": lambda _: self.neighbour(-1),
            "tab.back": lambda _: self.tab_before(),
            **{f"tab.{tab}": partial(self._tab, tab) for tab in Tab},
        }

    def step(self, rows: int) -> None:
        """One row; past either end the page turns."""
        table = self.desk.table
        if self.desk.side.has_focus:
            self.desk.side.move(rows)
        elif 0 <= table.cursor + rows < len(table.rows):
            table.move_to(table.cursor + rows)
            self.desk.cursor_moved()
        else:
            self.turn(rows)

    def leap(self, screens: float) -> None:
        """Part of a screen; from either end the page turns."""
        table = self.desk.table
        rows = int(screens * table.body_height) or (1 if screens > 0 else -1)
        if self.desk.side.has_focus:
            self.desk.side.move(rows)
        elif not table.rows or table.cursor == (len(table.rows) - 1 if rows > 0 else 0):
            self.turn(1 if rows > 0 else -1)
        else:
            table.move_to(table.cursor + rows)
            self.desk.cursor_moved()

    def end(self, direction: int) -> None:
        """The first or the last row of the whole view."""
        session, table = self.desk.work.session, self.desk.table
        span = session.table.view.span
        if self.desk.side.has_focus:
            self.desk.side.move(direction * 10_000)
        elif direction < 0 and span.has_previous:
            session.table.first_page()
        elif direction > 0 and span.has_next:
            session.table.last_page()
        else:
            table.move_to(0 if direction < 0 else len(table.rows) - 1)
            self.desk.cursor_moved()

    def turn(self, direction: int) -> None:
        """The next or the previous page."""
        session = self.desk.work.session
        turned = session.table.next_page() if direction > 0 else session.table.previous_page()
        if not turned and not session.table.view.loading:
            self.desk.say("this is the end of the list" if direction > 0 else "this is the start of the list")

    def _tab(self, tab: Tab, _: str) -> None:
        self.open_tab(tab)

    def open_tab(self, tab: Tab) -> None:
        """Shows a tab as it was left."""
        here = self.desk.view.query.tab
        if tab is not here:
            self._tab_before = here
            self.desk.narrow = ""
            self.desk.selection.end_range()
            self.desk.work.session.table.open_tab(tab)
        self.desk.table.focus()

    def neighbour(self, step: int) -> None:
        """The tab to the right or left, round the ends."""
        tabs = list(Tab)
        self.open_tab(tabs[(tabs.index(self.desk.view.query.tab) + step) % len(tabs)])

    def tab_before(self) -> None:
        """Back to the tab shown before."""
        if self._tab_before is None:
            self.desk.say("no other tab was shown yet")
        else:
            self.open_tab(self._tab_before)

    def other_pane(self) -> None:
        """Between the table and the side bar, where that is shown."""
        desk = self.desk
        if desk.panes_apart():
            desk.call_after_refresh(desk.board.draw, *Part)
        elif desk.side.has_focus or not desk.side.display:
            desk.table.focus()
        else:
            desk.side.focus()

    def open(self) -> None:
        """The order under the cursor; for a stock line the escalation; signed out, the way back in."""
        desk = self.desk
        if desk.work.session.connection.state is ConnectionState.SIGNED_OUT:
            self._sign_in()
            return
        if desk.side.has_focus and desk.side.fold():
            desk.board.draw(Part.SIDE)
            return
        order = desk.current()
        if desk.sku():
            desk.perform("order.inventory")
        elif order is not None:
            self._open_order(order.id)
        elif desk.side.has_focus and (order_id := side_bar.order_of(desk.side.current, desk.open_alerts())):
            self._open_order(order_id)

    def _open_order(self, order_id: str) -> None:
        from orders_tui.screens.order import OrderScreen

        self.desk.app.push_screen(OrderScreen(self.desk.work, order_id))

    def _sign_in(self) -> None:
        from orders_tui.dialogs.sign_in import SignInDialog

        self.desk.app.push_screen(SignInDialog(self.desk.work))

    def back(self) -> None:
        """A pane that has all the room → its place; side bar → table; else the failures on this row have been read."""
        desk = self.desk
        if desk.panes_apart():
            desk.call_after_refresh(desk.board.draw, *Part)
        elif desk.selection.ranging:
            desk.selection.end_range()
            desk.show_marks()
        elif desk.side.has_focus:
            self.other_pane()
        elif (order := desk.current()) is not None:
            desk.work.session.actions.dismiss([order.id])
