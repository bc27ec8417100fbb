"""`C`: which columns a tab shows, and in which order."""

from __future__ import annotations

from orders_tui import wording
from orders_tui.context.context import Context
from orders_tui.context.screen import hidden_bindings
from orders_tui.dialogs.list_dialog import ListDialog
from orders_tui.widgets.cells import Piece
from orders_tui.widgets.hint_bar import Hint
from orders_tui.widgets.line_list import Line
from orders_tui.widgets.order_table.columns import BY_KEY, COLUMNS, default_columns
from orders_tui.wording import Tone
from orders_wire.vocabulary import Tab

FIXED = "number"


class ColumnsDialog(ListDialog[tuple[str, ...]]):
    """Returns the keys of the columns, in order."""

    BINDINGS = hidden_bindings(
        {"space,x": "show_or_hide", "J,shift+down": "shift(1)", "K,shift+up": "shift(-1)", "d": "default"}
    )
    LIST = "columns"
    KEYS = (Hint("enter", "done"), Hint("space", "show"), Hint("J K", "move"), Hint("d", "default"))

    def __init__(self, work: Context, tab: Tab, keys: tuple[str, ...]) -> None:
        super().__init__(work)
        self._tab = tab
        self._set(keys)

    def _set(self, keys: tuple[str, ...]) -> None:
        self._on = set(keys)
        self._order = [*keys, *(column.key for column in COLUMNS if column.key not in keys)]

    def prepare(self) -> None:
        self.fill(self._order[1])

    def lines(self) -> list[Line]:
        return [self._line(key, fixed=key == FIXED) for key in self._order]

    def _line(self, key: str, *, fixed: bool) -> Line:
        box = self.work.glyphs.box_full if key in self._on else self.work.glyphs.box
        box_tone, title_tone = (Tone.DIM, Tone.DIM) if fixed else (Tone.ACTIVE, Tone.PLAIN)
        left = ((f"{box} ", box_tone), (BY_KEY[key].title.lower(), title_tone))
        return Line(key, left, (("always", Tone.DIM),) if fixed else (), choosable=not fixed)

    def title_pieces(self) -> list[Piece]:
        return [("Columns", "strong"), (f"  {wording.tab(self._tab)[0]}", Tone.DIM)]

    def action_show_or_hide(self) -> None:
        self._on ^= {self.current}
        self.fill()

    def action_shift(self, step: int) -> None:
        key = self.current
        at = self._order.index(key)
        self._order.insert(max(1, min(at + step, len(self._order) - 1)), self._order.pop(at))
        self.fill(key)

    def action_default(self) -> None:
        self._set(default_columns(self._tab))
        self.prepare()

    def result(self) -> tuple[str, ...]:
        return tuple(key for key in self._order if key in self._on)
