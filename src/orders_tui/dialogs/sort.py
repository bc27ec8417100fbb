"""`S`: the order of rows, on the server."""

from __future__ import annotations

from orders_tui import wording
from orders_tui.context.screen import hidden_bindings
from orders_tui.dialogs.list_dialog import ListDialog
from orders_tui.query import Sort
from orders_tui.widgets.hint_bar import Hint
from orders_tui.widgets.line_list import Line
from orders_tui.wording import Tone
from orders_wire.vocabulary import SortField

OWN = "own"


class SortDialog(ListDialog[None]):
    """Sorts when confirmed."""

    BINDINGS = hidden_bindings({"space,left,right,r": "turn"})
    LIST = "fields"
    HEADING = ("Sort by", "")
    KEYS = (Hint("enter", "sort"), Hint("space", "other way"), Hint("↑↓", "choose"))

    def prepare(self) -> None:
        sort = self.work.session.table.view.query.sort
        self.descending = sort is not None and sort.descending
        self._show(sort.by if sort is not None else OWN)

    def _show(self, at: str) -> None:
        self._at = at
        self.fill(at)

    def lines(self) -> list[Line]:
        glyphs = self.work.glyphs
        arrow = f"{glyphs.down} descending" if self.descending else f"{glyphs.up} ascending"
        own = Line(OWN, (("the tab's own order", Tone.PLAIN),), (("most urgent first", Tone.DIM),))
        fields = [
            Line(by, ((wording.sort_field(by), Tone.PLAIN),), ((arrow if by == self._at else "", Tone.ACTIVE),))
            for by in SortField
        ]
        return [own, *fields]

    def action_choose(self, step: int) -> None:
        super().action_choose(step)
        self._show(self.current)

    def action_turn(self) -> None:
        self.descending = not self.descending
        self._show(self.current)

    def result(self) -> None:
        sort = None if self.current == OWN else Sort(SortField(self.current), self.descending)
        self.work.session.table.set_sort(sort)
