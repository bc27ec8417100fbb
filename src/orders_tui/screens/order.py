"""One order, whole: what it is on the left, what happened on the right; one below the other where room is short.

The next and previous order of the list are one key away; the desk's cursor goes along.
"""

from __future__ import annotations

from collections.abc import Sequence

from textual.app import ComposeResult
from textual.containers import Horizontal, VerticalScroll
from textual.content import Content
from textual.widgets import Static

from orders_tui.commands import Place
from orders_tui.context.context import Context
from orders_tui.context.target import Target
from orders_tui.registry import OWN
from orders_tui.screens.action_commands import ActionCommands
from orders_tui.screens.command_screen import CommandScreen, Handler
from orders_tui.screens.common_commands import CommonCommands
from orders_tui.screens.copy_export import CopyExportCommands
from orders_tui.screens.key_hints import held_label, opens_parcels, ranked
from orders_tui.screens.own_commands import OwnCommands
from orders_tui.session import changes
from orders_tui.widgets import order_text
from orders_tui.widgets.banner import Banner
from orders_tui.widgets.bar import Bar, content
from orders_tui.widgets.cells import Piece
from orders_tui.widgets.first_line import FirstLine
from orders_tui.widgets.hint_bar import Hint, HintBar
from orders_tui.widgets.order_text import Section, Text, headline
from orders_tui.wording import Tone
from orders_wire.orders import Order

SHOW_LOADING_AFTER_S = 0.4


class OrderScreen(CommandScreen):
    """Shows an order; fetches nothing itself."""

    place = Place.ORDER
    AUTO_FOCUS = "#what"
    HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (110, "-wide")]

    def __init__(self, work: Context, order_id: str) -> None:
        super().__init__(work)
        self.order_id = order_id
        self._slow = False
        self.handlers = self._moves()
        self.actions, self.own = ActionCommands(self), OwnCommands(self)
        for group in (self.actions, self.own, CopyExportCommands(self), CommonCommands(self)):
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
            "go.next_order": lambda _: self._step(1),
            "go.previous_order": lambda _: self._step(-1),
        }

    def compose(self) -> ComposeResult:
        ellipsis = self.work.glyphs.ellipsis
        yield FirstLine(self.work.band, ellipsis, id="headline")
        yield Banner(ellipsis, id="banner")
        with Horizontal(id="sheets"):
            with VerticalScroll(id="what", can_focus=True):
                yield Static(id="what-text")
            with VerticalScroll(id="happened", can_focus=True):
                yield Static(id="happened-text")
        yield HintBar(ellipsis, id="hints")

    def on_mount(self) -> None:
        self.set_interval(1.0, self._show_banner)
        self.set_timer(SHOW_LOADING_AFTER_S, self._show_slow)
        self.show()

    def on_screen_resume(self) -> None:
        """The line of keys is there only now."""
        super().on_screen_resume()
        self.refresh_hints()

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
        return [*acts, moves, self.hint("go.back"), self.hint("take.copy"), self.hint("take.browser")]

    def session_changed(self, change: changes.Change) -> None:
        match change:
            case changes.RowsChanged(order_ids=ids) if self.order_id in ids:
                self.show()
            case changes.DetailChanged(order_id=order_id) if order_id == self.order_id:
                self.show()
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
            self._put(order_text.content_sections(detail, fmt), order_text.history_sections(detail, fmt))
        else:
            self._put(order_text.row_sections(order, fmt) if order is not None else [], [self._waiting()])
        self._show_banner()
        self.refresh_hints()

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

    def _put(self, left: Sequence[Section], right: Sequence[Section]) -> None:
        self.query_one("#what-text", Static).update(_text(left))
        self.query_one("#happened-text", Static).update(_text(right))

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
        return right if right.has_focus and self.has_class("-wide") else self.query_one("#what", VerticalScroll)

    def _scroll(self, lines: int) -> None:
        pane = self._pane() if self.has_class("-wide") else self.query_one("#sheets")
        pane.scroll_relative(y=lines, animate=False)

    def _other_pane(self) -> None:
        self.query_one("#what" if self.query_one("#happened").has_focus else "#happened").focus()

    def _step(self, offset: int) -> None:
        order_id = self.work.session.table.step(offset)
        if order_id is None:
            self.say(f"this is the {'end' if offset > 0 else 'start'} of the list")
            return
        self.order_id, self._slow = order_id, False
        self.set_timer(SHOW_LOADING_AFTER_S, self._show_slow)
        for pane in self.query(VerticalScroll):
            pane.scroll_home(animate=False)
        self.show()

    def _close(self) -> None:
        self.dismiss()


def _text(sections: Sequence[Section]) -> Content:
    blocks = ([content([(section.title, "strong")]), *map(content, section.lines)] for section in sections)
    return Content("\n\n").join(Content("\n").join(block) for block in blocks)
