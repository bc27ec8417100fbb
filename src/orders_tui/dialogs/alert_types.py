"""`&` in the side bar: the only kinds of alert to show there. None chosen means all of them."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from orders_tui import wording
from orders_tui.context.context import Context
from orders_tui.context.screen import hidden_bindings
from orders_tui.dialogs.list_dialog import ListDialog
from orders_tui.widgets.cells import Piece
from orders_tui.widgets.hint_bar import Hint
from orders_tui.widgets.line_list import Line
from orders_tui.wording import Tone
from orders_wire.vocabulary import AlertType, EventType


class AlertTypesDialog(ListDialog[frozenset[EventType]]):
    """Returns the kinds. `counts`: how many alerts of each are open."""

    BINDINGS = hidden_bindings({"space,x": "show_or_hide", "d": "all"})
    LIST = "types"
    KEYS = (Hint("enter", "done"), Hint("space", "only this"), Hint("d", "all"))

    def __init__(self, work: Context, types: Collection[EventType], counts: Mapping[EventType, int]) -> None:
        super().__init__(work)
        self._types = set(types)
        self._counts = counts

    def lines(self) -> list[Line]:
        return [self._line(EventType(kind)) for kind in AlertType]

    def _line(self, kind: EventType) -> Line:
        glyphs, sign = self.work.glyphs, wording.event_type(kind)
        box = glyphs.box_full if kind in self._types else glyphs.box
        left = ((f"{box} ", Tone.ACTIVE), (f"{sign.mark(glyphs.ascii_only)} {sign.word}", sign.tone))
        return Line(kind, left, ((str(self._counts.get(kind, 0)), Tone.DIM),))

    def title_pieces(self) -> list[Piece]:
        return [("Alerts on show", "strong"), ("" if self._types else "  all kinds", Tone.DIM)]

    def _choose(self, types: set[EventType]) -> None:
        self._types = types
        self.fill()
        self.update()

    def action_show_or_hide(self) -> None:
        self._choose(self._types ^ {EventType(self.current)})

    def action_all(self) -> None:
        """No choice: everything."""
        self._choose(set())

    def result(self) -> frozenset[EventType]:
        return frozenset(self._types)
