"""`S`: the order of rows, on the server."""

from __future__ import annotations

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType

from orders_tui.dialogs.dialog import Dialog
from orders_tui.query import Sort
from orders_tui.screens.desk.tops import SORT_WORDS
from orders_tui.widgets.cells import Piece
from orders_tui.widgets.hint_bar import Hint
from orders_tui.widgets.line_list import Line, LineList
from orders_tui.wording import Tone
from orders_wire.vocabulary import SortField

OWN = "own"


class SortDialog(Dialog[None]):
    """Sorts when confirmed."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("j", "choose(1)", show=False),
        Binding("k", "choose(-1)", show=False),
        Binding("space,left,right,r", "turn", show=False),
    ]
    NEEDS_TOUCH = False
    SIZE = "small"

    def body(self) -> ComposeResult:
        yield LineList(self.work.glyphs.cursor, self.work.glyphs.ellipsis, id="fields")

    def prepare(self) -> None:
        sort = self.work.session.table.view.query.sort
        self.descending = sort.descending if sort is not None else False
        self._fill(sort.by if sort is not None else OWN)

    def _fill(self, at: str) -> None:
        glyphs = self.work.glyphs
        arrow = f"{glyphs.down} descending" if self.descending else f"{glyphs.up} ascending"
        own = Line(OWN, (("the tab's own order", Tone.PLAIN),), (("most urgent first", Tone.DIM),))
        fields = [
            Line(by, ((SORT_WORDS[by], Tone.PLAIN),), ((arrow if by == at else "", Tone.ACTIVE),)) for by in SortField
        ]
        self.query_one(LineList).set_lines([own, *fields], at)

    def title_pieces(self) -> list[Piece]:
        return [("Sort by", "strong")]

    def keys(self) -> list[Hint]:
        return [Hint("enter", "sort"), Hint("space", "other way"), Hint("↑↓", "choose")]

    def action_choose(self, step: int) -> None:
        self.query_one(LineList).move(step)
        self._fill(self.query_one(LineList).current)

    def action_turn(self) -> None:
        """The other way round."""
        self.descending = not self.descending
        self._fill(self.query_one(LineList).current)

    def result(self) -> None:
        chosen = self.query_one(LineList).current
        self.work.session.table.set_sort(None if chosen == OWN else Sort(SortField(chosen), self.descending))
