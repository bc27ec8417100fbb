"""Navigation on the desk: rows, pages, tabs, panes; opening and going back."""

from __future__ import annotations

from functools import partial

from orders_tui.context import customer_orders, pinned_views
from orders_tui.errors import UsageError
from orders_tui.feed import ConnectionState
from orders_tui.query import Filters, OrdersQuery
from orders_tui.screens.command_screen import Commands, Handler
from orders_tui.screens.desk.layout import DeskLayout, Part
from orders_tui.views.pins import pin
from orders_tui.widgets import side_bar
from orders_tui.widgets.alert_lines import MORE
from orders_tui.wording import Tone
from orders_wire.spelling import meant
from orders_wire.vocabulary import Tab

ALL_LINES = 10_000


class NavigationCommands(Commands):
    """Commands `go.*` and `tab.*` on the desk."""

    def __init__(self, desk: DeskLayout) -> None:
        self.desk = desk
        self._place_before = ""

    def handlers(self) -> dict[str, Handler]:
        return super().handlers() | {
            "go.down": lambda _: self._step(1),
            "go.up": lambda _: self._step(-1),
            "go.half_down": lambda _: self._leap(0.5),
            "go.half_up": lambda _: self._leap(-0.5),
            "go.screen_down": lambda _: self._leap(1),
            "go.screen_up": lambda _: self._leap(-1),
            "go.first": lambda _: self._end(-1),
            "go.last": lambda _: self._end(1),
            "go.next_page": lambda _: self._turn(1),
            "go.previous_page": lambda _: self._turn(-1),
            "go.left": lambda _: self.desk.table.scroll_columns(-1),
            "go.right": lambda _: self.desk.table.scroll_columns(1),
            "go.previous_pane": self.go_next_pane,
            "tab.next": lambda _: self._neighbour(1),
            "tab.previous": lambda _: self._neighbour(-1),
            **{f"tab.{tab}": partial(self._open, tab) for tab in Tab},
        }

    def _move_to(self, row: int) -> None:
        self.desk.table.move_to(row)
        self.desk.cursor_moved()

    def _step(self, rows: int) -> None:
        """One row; past either end the page turns."""
        table = self.desk.table
        if self.desk.side.has_focus:
            self.desk.side.move(rows)
        elif 0 <= table.cursor + rows < len(table.rows):
            self._move_to(table.cursor + rows)
        else:
            self._turn(rows)

    def _leap(self, screens: float) -> None:
        """Part of a screen; from either end the page turns."""
        table, direction = self.desk.table, 1 if screens > 0 else -1
        rows = int(screens * table.body_height) or direction
        if self.desk.side.has_focus:
            self.desk.side.move(rows)
        elif not table.rows or table.cursor == (len(table.rows) - 1 if rows > 0 else 0):
            self._turn(direction)
        else:
            self._move_to(table.cursor + rows)

    def _end(self, direction: int) -> None:
        """The first or the last row of the whole view."""
        table = self.desk.work.session.table
        if self.desk.side.has_focus:
            self.desk.side.move(direction * ALL_LINES)
        elif direction < 0 and table.view.span.has_previous:
            table.first_page()
        elif direction > 0 and table.view.span.has_next:
            table.last_page()
        else:
            self._move_to(0 if direction < 0 else len(self.desk.table.rows) - 1)

    def _turn(self, direction: int) -> None:
        table = self.desk.work.session.table
        turned = table.next_page() if direction > 0 else table.previous_page()
        if not turned and not table.view.loading:
            self.desk.say(f"this is the {'end' if direction > 0 else 'start'} of the list")

    def _open(self, place: str, _: str = "") -> None:
        """Shows a tab or a pinned view as it was left."""
        desk, here = self.desk, self.desk.view.place
        if place != here:
            try:
                pinned_views.open_place(desk.work, place)
            except UsageError as error:
                desk.say(str(error), Tone.WARN)
                return
            self._place_before = here
            desk.narrow = ""
            desk.selection.end_range()
        desk.table.focus()

    def _neighbour(self, step: int) -> None:
        places = pinned_views.places(self.desk.work)
        self._open(places[(places.index(self.desk.view.place) + step) % len(places)])

    def go_customer(self, _: str) -> None:
        """All orders of the customer of the order under the cursor."""
        desk = self.desk
        order_id = desk.current_id()
        if why_not := customer_orders.show(desk.work, order_id) if order_id else "there is no order here":
            desk.say(why_not, Tone.WARN)
            return
        desk.narrow = ""
        desk.restore_panes()
        desk.table.focus()

    def tab_back(self, _: str) -> None:
        if customer_orders.back(self.desk.work):
            return
        if self._place_before:
            self._open(self._place_before)
        else:
            self.desk.say("no other tab was shown yet")

    def tab_pinned(self, _: str) -> None:
        """The first pinned view; from one the next, and after the last the first."""
        work = self.desk.work
        names, here = pinned_views.names(work), self.desk.view.pinned
        at = names.index(here) + 1 if here in names else 0
        if names:
            self._open(pin(names[at % len(names)]))
        else:
            self.desk.say(f"no view is pinned; {work.key('view.open')} pins one")

    def tab_open(self, name: str) -> None:
        """A tab or a pinned view by its name."""
        known = {pinned_views.word(place): place for place in pinned_views.places(self.desk.work)}
        wanted = name.casefold()
        place = next((place for word, place in known.items() if word.casefold() == wanted), None)
        if place is not None:
            self._open(place)
            return
        self.desk.say(f"there is no tab {name}{meant(name, known)}; there are {', '.join(known)}", Tone.WARN)

    def go_next_pane(self, _: str) -> None:
        """Between the table and the side bar, where that is shown."""
        desk = self.desk
        if not desk.restore_panes():
            (desk.table if desk.side.has_focus or not desk.side.display else desk.side).focus()

    def go_open(self, _: str) -> None:
        """The order under the cursor; all that is mine, or unowned; for a stock line the escalation; signed out, the way in.

        At the end of the alerts: more of them.
        """
        desk = self.desk
        if desk.work.session.connection.state is ConnectionState.SIGNED_OUT:
            from orders_tui.dialogs.sign_in import SignInDialog

            desk.app.push_screen(SignInDialog(desk.work))
        elif desk.side.has_focus and desk.side.fold():
            desk.renderer.draw(Part.SIDE)
        elif desk.side.has_focus and desk.side.current == MORE:
            desk.work.session.open_alerts.again()
            desk.work.session.open_alerts.more()
        elif desk.side.has_focus and (owner := side_bar.owner_of(desk.side.current)):
            desk.restore_panes()
            desk.table.focus()
            size = desk.view.query.page_size
            desk.work.session.table.show(OrdersQuery(Tab.UNFULFILLED, Filters(owner=owner), page_size=size))
        elif desk.sku():
            desk.perform("order.inventory")
        elif order_id := desk.current_id():
            from orders_tui.screens.order import OrderScreen

            desk.app.push_screen(OrderScreen(desk.work, order_id))

    def go_back(self, _: str) -> None:
        """A pane that has all the room → its place; side bar → table; one customer's orders → what was there before; else
        the failures on this row have been read."""
        desk = self.desk
        if desk.restore_panes():
            return
        if desk.selection.ranging:
            desk.selection.end_range()
            desk.show_marks()
        elif desk.side.has_focus:
            self.go_next_pane("")
        elif customer_orders.back(desk.work):
            return
        elif order_id := desk.current_id():
            desk.work.session.actions.dismiss([order_id])
