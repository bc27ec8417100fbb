"""Marking orders: one, a range, a page, everything that matches."""

from __future__ import annotations

from orders_tui.errors import ApiError
from orders_tui.screens.command_screen import Commands
from orders_tui.screens.desk.layout import DeskLayout
from orders_tui.wording import Tone


class MarkCommands(Commands):
    """Commands `mark.*`."""

    def __init__(self, desk: DeskLayout) -> None:
        self.desk = desk
        self._collecting = False

    def mark_toggle(self, argument: str) -> None:
        """Marks or unmarks the row and goes on to the next (`stay`: does not)."""
        desk, row = self.desk, self.desk.table.current
        if row is None or row.ghost is not None:
            desk.say("this order has left the view and cannot be marked" if row else "there is nothing to mark")
            return
        desk.selection.toggle(row.order.id)
        desk.show_marks()
        if argument != "stay" and desk.table.cursor < len(desk.table.rows) - 1:
            desk.table.move_to(desk.table.cursor + 1)
            desk.cursor_moved()

    def mark_range(self, _: str) -> None:
        """Begins a range at the row, or ends the one that runs."""
        selection, row = self.desk.selection, self.desk.table.current
        if selection.ranging:
            selection.end_range()
        elif row is not None:
            selection.begin_range(row.order.id)
            self.desk.say(f"range: move, then {self.desk.work.key('mark.range')} ends it", Tone.ACTIVE)
        self.desk.show_marks()

    def mark_all(self, _: str) -> None:
        """First step: the rows on show. Second step: everything that matches, on every page."""
        desk = self.desk
        shown, total = [row.order.id for row in desk.table.rows if row.ghost is None], desk.view.span.total
        beyond = total > len(shown) and not desk.narrow
        if any(order_id not in desk.selection for order_id in shown):
            desk.selection.add(shown)
            desk.show_marks()
            more = f"; {desk.work.key('mark.all')} again: all {total} that match" if beyond else ""
            desk.say(f"{len(shown)} marked on this page{more}", Tone.ACTIVE)
        elif beyond and not self._collecting:
            desk.run_worker(self._collect, group="collect", exit_on_error=False)  # type: ignore[arg-type]

    async def _collect(self) -> None:
        desk, total = self.desk, self.desk.view.span.total
        self._collecting = True
        try:
            matching = await desk.work.session.collect_matching(
                on_progress=lambda done, of: desk.say(f"marking {done} of {of}", Tone.ACTIVE)
            )
        except ApiError as error:
            desk.say(f"not all could be marked: {error}", Tone.WARN)
            return
        finally:
            self._collecting = False
        desk.collected.update((order.id, order) for order in matching.orders)
        desk.selection.add(order.id for order in matching.orders)
        desk.show_marks()
        doubt = f"; {matching.doubt}" if matching.doubt else ""
        desk.say(f"{len(matching.orders)} of {total} marked{doubt}", Tone.WARN if doubt else Tone.ACTIVE)

    def mark_none(self, _: str) -> None:
        """Unmarks everything; undo brings the marks back."""
        count, undo_key = len(self.desk.selection), self.desk.work.key("action.undo")
        self.desk.selection.clear()
        self.desk.show_marks()
        self.desk.say(f"{count} unmarked; {undo_key} marks them again" if count else "nothing is marked")
