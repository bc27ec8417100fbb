"""Marking orders: one, a range, a page, everything that matches."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import TYPE_CHECKING

from orders_tui.errors import ApiError
from orders_tui.screens.command_screen import Handler
from orders_tui.wording import Tone

if TYPE_CHECKING:
    from orders_tui.screens.desk.layout import DeskLayout


class MarkCommands:
    """Commands `mark.*`."""

    def __init__(self, desk: DeskLayout) -> None:
        self.desk = desk
        self._collecting = False

    def handlers(self) -> Mapping[str, Handler]:
        """By command id."""
        return {
            "mark.toggle": self.toggle,
            "mark.range": lambda _: self.range(),
            "mark.all": lambda _: self.all(),
            "mark.none": lambda _: self.none(),
        }

    def toggle(self, argument: str) -> None:
        """Marks or unmarks the row and goes on to the next (`stay`: does not)."""
        row = self.desk.table.current
        if row is None or row.ghost is not None:
            self.desk.say("this order has left the view and cannot be marked" if row else "there is nothing to mark")
            return
        self.desk.selection.toggle(row.order.id)
        self.desk.show_marks()
        if argument != "stay" and self.desk.table.cursor < len(self.desk.table.rows) - 1:
            self.desk.table.move_to(self.desk.table.cursor + 1)
            self.desk.cursor_moved()

    def range(self) -> None:
        """Begins a range at the row, or ends the one that runs."""
        selection, row = self.desk.selection, self.desk.table.current
        if selection.ranging:
            selection.end_range()
        elif row is not None:
            selection.begin_range(row.order.id)
            self.desk.say(f"range: move, then {self.desk.work.key('mark.range')} ends it", Tone.ACTIVE)
        self.desk.show_marks()

    def all(self) -> None:
        """First step: the rows on show. Second step: everything that matches, on every page."""
        desk, key = self.desk, self.desk.work.key("mark.all")
        shown = [row.order.id for row in desk.table.rows if row.ghost is None]
        total = desk.view.span.total
        if any(order_id not in desk.selection for order_id in shown):
            desk.selection.add(shown)
            desk.show_marks()
            more = f"; {key} again: all {total} that match" if total > len(shown) and not desk.narrow else ""
            desk.say(f"{len(shown)} marked on this page{more}", Tone.ACTIVE)
        elif total > len(shown) and not desk.narrow and not self._collecting:
            desk.run_worker(partial(self._collect, total), group="collect", exit_on_error=False)  # type: ignore[arg-type]

    async def _collect(self, total: int) -> None:
        self._collecting = True
        try:
            matching = await self.desk.work.session.collect_matching(
                on_progress=lambda done, of: self.desk.say(f"marking {done} of {of}", Tone.ACTIVE)
            )
        except ApiError as error:
            self.desk.say(f"not all could be marked: {error}", Tone.WARN)
            return
        finally:
            self._collecting = False
        self.desk.known.update((order.id, order) for order in matching.orders)
        self.desk.selection.add(order.id for order in matching.orders)
        self.desk.show_marks()
        doubt = f"; {matching.doubt}" if matching.doubt else ""
        self.desk.say(f"{len(matching.orders)} of {total} marked{doubt}", Tone.WARN if doubt else Tone.ACTIVE)

    def none(self) -> None:
        """Unmarks everything; undo brings the marks back."""
        count = len(self.desk.selection)
        self.desk.selection.clear()
        self.desk.show_marks()
        self.desk.say(
            f"{count} unmarked; {self.desk.work.key('action.undo')} marks them again" if count else "nothing is marked"
        )
