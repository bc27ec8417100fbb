"""One order, whole: what it is on the left, what happened on the right; one below the other where room is short.

The next and previous order of the list are one key away; the desk's cursor goes along.
"""

from __future__ import annotations

from collections.abc import Sequence

from textual.app import ComposeResult
from textual.containers import Horizontal, VerticalScroll

from orders_tui.commands import Place
from orders_tui.context import customer_orders
from orders_tui.context.context import Context
from orders_tui.context.target import Target
from orders_tui.registry import OWN
from orders_tui.screens.action_commands import ActionCommands
from orders_tui.screens.command_screen import CommandScreen, Handler
from orders_tui.screens.common_commands import CommonCommands
from orders_tui.screens.copy_export import CopyExportCommands
from orders_tui.screens.key_hints import held_label, opens_parcels, ranked
from orders_tui.screens.own_commands import OwnCommands
from orders_tui.screens.picking import PickCommands
from orders_tui.session import changes
from orders_tui.widgets import order_text
from orders_tui.widgets.banner import Banner
from orders_tui.widgets.bar import Bar
from orders_tui.widgets.cells import Piece
from orders_tui.widgets.first_line import FirstLine
from orders_tui.widgets.hint_bar import Hint, HintBar
from orders_tui.widgets.order_text import Section, Text, headline
from orders_tui.widgets.sheet import Sheet
from orders_tui.wording import Tone
from orders_wire.orders import Order

SHOW_LOADING_AFTER_S = 0.4


class OrderScreen(CommandScreen):
    """Shows an order; fetches nothing itself."""

    place = Place.ORDER
    AUTO_FOCUS = "#what"
    HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (110, "-wide"), (180, "-vast")]

    def __init__(self, work: Context, order_id: str, note_id: str | None = None) -> None:
        """`note_id`: a note that is looked for in the timeline."""
        super().__init__(work)
        self.order_id = order_id
        self._note_id = note_id
        self._slow = False
        self.handlers = self._moves()
        self.actions, self.own = ActionCommands(self), OwnCommands(self)
        picking = PickCommands(self, self.actions.send)
        for group in (self.actions, self.own, CopyExportCommands(self), picking, CommonCommands(self)):
            self.handlers |= group.handlers()

    def _moves(self) -> dict[str, Handler]:
        return {
            "go.down": lambda _: self._scroll(1),
            "go.up": lambda _: self._scroll(-1),
            "go.half_down": lambda _: self._scroll(10),
            "go.half_up": lambda _: self._scroll(-10),
            "go.screen_down": lambda _: self._scroll(20),
            "go.screen_up": lambda _: self._scroll(-20),
            "go.first": lambda _: self._pane().scroll_home(animate=False),
            "go.last": lambda _: self._pane().scroll_end(animate=False),
            "go.back": lambda _: self._close(),
            "go.next_pane": lambda _: self._other_pane(),
            "go.previous_pane": lambda _: self._other_pane(),
            "go.customer": lambda _: self._show_customer(),
            "go.next_order": lambda _: self._step(1),
            "go.previous_order": lambda _: self._step(-1),
        }

    def compose(self) -> ComposeResult:
        ellipsis = self.work.glyphs.ellipsis
        yield FirstLine(self.work.band, ellipsis, id="headline")
        yield Banner(ellipsis, id="banner")
        yield Bar(ellipsis, id="present")
        with Horizontal(id="sheets"):
            with VerticalScroll(id="what", can_focus=True):
                yield Sheet(id="what-text")
                yield Sheet(id="who-text")
            with VerticalScroll(id="happened", can_focus=True):
                yield Sheet(id="happened-text")
        yield HintBar(ellipsis, id="hints")

    def on_mount(self) -> None:
        self.set_interval(1.0, self._tick)
        self.set_timer(SHOW_LOADING_AFTER_S, self._show_slow)
        self.show()

    def on_screen_resume(self) -> None:
        """The line of keys is there only now."""
        super().on_screen_resume()
        self.refresh_hints()

    @property
    def open_order(self) -> tuple[str, str | None]:
        return self.order_id, None

    def current(self) -> Order | None:
        return self.work.session.table.detail(self.order_id) or self.work.session.table.order(self.order_id)

    def target(self) -> Target:
        return Target.of(self.work.session.table.order(self.order_id))

    def hints(self) -> list[Hint]:
        session, key = self.work.session, self.work.keymap.key
        order = session.table.order(self.order_id)
        names = ranked(order, undoable=session.actions.undoable() is not None, own=self.own.hinted())
        labels = {"order.hold": held_label(order)}
        if opens_parcels(order):
            labels["order.fulfill"] = self.work.keymap.commands["order.tracking"].label
        acts = [self.hint(name, labels.get(name, "")) for name in names if name.startswith(("order.", "action.", OWN))]
        moves = Hint(f"{key('go.next_order')} {key('go.previous_order')}", "next, previous")
        detail = session.table.detail(self.order_id)
        told = detail.customer_orders if detail is not None else None
        others = [self.hint("go.customer", f"all {told.count} of the customer")] if told and told.count > 1 else []
        return [*acts, *others, moves, self.hint("go.back"), self.hint("take.copy"), self.hint("take.browser")]

    def session_changed(self, change: changes.Change) -> None:
        match change:
            case changes.RowsChanged(order_ids=ids) if self.order_id in ids:
                self.show()
            case changes.DetailChanged(order_id=order_id) if order_id == self.order_id:
                self.show()
            case changes.PresenceChanged(order_ids=ids) if self.order_id in ids:
                self._show_present()
            case changes.ConnectionChanged():
                self._show_banner()
            case changes.ActionChanged():
                self.refresh_hints()
            case changes.ActionSettled(entry=entry):
                self.refresh_hints()
                self.actions.settled(entry)
            case changes.ProgramChanged(run=run):
                self.own.changed(run)

    def show(self) -> None:
        """Draws the order as it is known now."""
        table, fmt = self.work.session.table, self.work.formatter()
        order, row, detail = table.order(self.order_id), table.row(self.order_id), table.detail(self.order_id)
        if order is not None:
            left: list[Piece] = headline(order, fmt)
            if row is not None and row.mark is not None and row.mark.reason:
                left.append((f"  {row.mark.reason}", Tone.BAD))
            self.query_one("#headline", Bar).set_pieces(left, self._place_in_list())
        if detail is not None:
            people = order_text.people_sections(detail)
            self._put(order_text.content_sections(detail, fmt), people, order_text.history_sections(detail, fmt))
            self.call_after_refresh(self._seek)
        else:
            self._put(order_text.row_sections(order, fmt) if order is not None else [], [], [self._waiting()])
        self._show_banner()
        self._show_present()
        self.refresh_hints()

    def _tick(self) -> None:
        """Draws what tells how long it lasts."""
        table, now = self.work.session.table, self.work.pace.now()
        if now.second == 0 or order_text.counts_down(table.order(self.order_id), table.detail(self.order_id), now):
            self.show()
        else:
            self._show_banner()

    def _seek(self) -> None:
        """Brings the note that is looked for into sight, once it is there."""
        detail = (
            self.work.session.table.detail(self.order_id) if self._note_id is not None and self.has_widgets else None
        )
        if detail is None or self._note_id is None:
            return
        line = order_text.place_of(self._note_id, detail, self.work.formatter())
        if line is None:
            return
        self._note_id = None
        happened, sheet = self.query_one("#happened", VerticalScroll), self.query_one("#happened-text", Sheet)
        row = sheet.virtual_region.y + sheet.row_of(line)
        if self.has_class("-narrow"):
            self.query_one("#sheets").scroll_to(y=happened.virtual_region.y + row, animate=False)
        else:
            happened.focus()
            happened.scroll_to(y=row, animate=False)

    def _show_present(self) -> None:
        """Who else is here."""
        self.query_one("#present", Bar).appear(self.work.formatter().presence(self.order_id))

    def _place_in_list(self) -> list[Piece]:
        view = self.work.session.table.view
        at = next((at for at, row in enumerate(view.rows) if row.order.id == self.order_id), None)
        return [(f"{view.span.first + at} of {view.span.total}", Tone.DIM)] if at is not None else []

    def _waiting(self) -> Section:
        problem = self.work.session.table.detail_problem(self.order_id)
        line: Text = [(f"loading {self.work.glyphs.ellipsis}" if self._slow else "", Tone.DIM)]
        if problem is not None:
            line = [(str(problem), Tone.WARN), (f"  {self.work.key('desk.refresh')} tries again", Tone.DIM)]
        return Section("TIMELINE", (line,))

    def _put(self, *sheets: Sequence[Section]) -> None:
        for sheet, sections in zip(self.query(Sheet), sheets, strict=True):
            sheet.show(sections)

    def _show_slow(self) -> None:
        self._slow = True
        if self.work.session.table.detail(self.order_id) is None:
            self.show()

    def _show_banner(self) -> None:
        warnings = self.warnings()
        self.query_one(Banner).show(warnings)
        self.set_class(bool(warnings), "-stale")

    def _pane(self) -> VerticalScroll:
        right = self.query_one("#happened", VerticalScroll)
        return right if right.has_focus and not self.has_class("-narrow") else self.query_one("#what", VerticalScroll)

    def _scroll(self, lines: int) -> None:
        pane = self.query_one("#sheets") if self.has_class("-narrow") else self._pane()
        pane.scroll_relative(y=lines, animate=False)

    def _other_pane(self) -> None:
        self.query_one("#what" if self.query_one("#happened").has_focus else "#happened").focus()

    def _step(self, offset: int) -> None:
        order_id = self.work.session.table.step(offset)
        if order_id is None:
            self.say(f"this is the {'end' if offset > 0 else 'start'} of the list")
            return
        self.order_id, self._slow, self._note_id = order_id, False, None
        self.work.session.be_at(order_id)
        self.set_timer(SHOW_LOADING_AFTER_S, self._show_slow)
        for pane in self.query(VerticalScroll):
            pane.scroll_home(animate=False)
        self.show()

    def _show_customer(self) -> None:
        """All orders of the customer, on the desk."""
        if why_not := customer_orders.show(self.work, self.order_id):
            self.say(why_not, Tone.WARN)
        else:
            self.dismiss()

    def _close(self) -> None:
        self.dismiss()
