"""`&` in the side bar: the only kinds of alert to show there. None chosen means all of them."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType

from orders_tui import wording
from orders_tui.context.context import Context
from orders_tui.dialogs.dialog import Dialog
from orders_tui.widgets.cells import Piece
from orders_tui.widgets.hint_bar import Hint
from orders_tui.widgets.line_list import Line, LineList
from orders_tui.wording import Tone
from orders_wire.vocabulary import AlertType, EventType


class AlertTypesDialog(Dialog[frozenset[EventType]]):
    """Returns the kinds. `counts`: how many alerts of each are open."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("j", "choose(1)", show=False),
        Binding("k", "choose(-1)", show=False),
        Binding("space,x", "show_or_hide", show=False),
        Binding("d", "all", show=False),
    ]
    NEEDS_TOUCH = False
    SIZE = "small"

    def __init__(self, work: Context, types: Collection[EventType], counts: Mapping[EventType, int]) -> None:
        super().__init__(work)
        self._types = set(types)
        self._counts = counts

    def body(self) -> ComposeResult:
        yield LineList(self.work.glyphs.cursor, self.work.glyphs.ellipsis, id="types")

    def prepare(self) -> None:
        self._fill()

    def _fill(self) -> None:
        self.query_one(LineList).set_lines([self._line(EventType(kind)) for kind in AlertType])

    def _line(self, kind: EventType) -> Line:
        glyphs, sign = self.work.glyphs, wording.event_type(kind)
        box = glyphs.box_full if kind in self._types else glyphs.box
        words = f"{sign.mark(glyphs.ascii_only)} {sign.word}"
        left = ((f"{box} ", Tone.ACTIVE), (words, sign.tone))
        return Line(kind, left, ((str(self._counts.get(kind, 0)), Tone.DIM),))

    def title_pieces(self) -> list[Piece]:
        return [("Alerts on show", "strong"), ("" if self._types else "  all kinds", Tone.DIM)]

    def keys(self) -> list[Hint]:
        return [Hint("enter", "done"), Hint("space", "only this"), Hint("d", "all")]

    def action_choose(self, step: int) -> None:
        self.query_one(LineList).move(step)

    def action_show_or_hide(self) -> None:
        """Shows, or no longer shows, the kind."""
        self._types ^= {EventType(self.query_one(LineList).current)}
        self._fill()
        self.update()

    def action_all(self) -> None:
        """No choice: everything."""
        self._types.clear()
        self._fill()
        self.update()

    def result(self) -> frozenset[EventType]:
        return frozenset(self._types)
