"""`C`: which columns a tab shows, and in which order."""

from __future__ import annotations

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType

from orders_tui import wording
from orders_tui.context.context import Context
from orders_tui.dialogs.dialog import Dialog
from orders_tui.widgets.cells import Piece
from orders_tui.widgets.hint_bar import Hint
from orders_tui.widgets.line_list import Line, LineList
from orders_tui.widgets.order_table.columns import COLUMNS, default_columns
from orders_tui.wording import Tone
from orders_wire.vocabulary import Tab


class ColumnsDialog(Dialog[tuple[str, ...]]):
    """Returns the keys of the columns, in order."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("j", "choose(1)", show=False),
        Binding("k", "choose(-1)", show=False),
        Binding("space,x", "show_or_hide", show=False),
        Binding("J,shift+down", "shift(1)", show=False),
        Binding("K,shift+up", "shift(-1)", show=False),
        Binding("d", "default", show=False),
    ]
    NEEDS_TOUCH = False
    SIZE = "small"

    def __init__(self, work: Context, tab: Tab, keys: tuple[str, ...]) -> None:
        super().__init__(work)
        self._tab = tab
        self._set(keys)

    def _set(self, keys: tuple[str, ...]) -> None:
        self._on = set(keys)
        self._order = [*keys, *(column.key for column in COLUMNS if column.key not in keys)]

    def body(self) -> ComposeResult:
        yield LineList(self.work.glyphs.cursor, self.work.glyphs.ellipsis, id="columns")

    def prepare(self) -> None:
        self._fill(self._order[1])

    def _fill(self, at: str) -> None:
        glyphs, titles = self.work.glyphs, {column.key: column.title for column in COLUMNS}
        lines = []
        for key in self._order:
            box = glyphs.box_full if key in self._on else glyphs.box
            fixed = key == "number"
            lines.append(
                Line(
                    key,
                    (
                        (f"{box} ", Tone.DIM if fixed else Tone.ACTIVE),
                        (titles[key].lower(), Tone.DIM if fixed else Tone.PLAIN),
                    ),
                    (("always", Tone.DIM),) if fixed else (),
                    choosable=not fixed,
                )
            )
        self.query_one(LineList).set_lines(lines, at)

    def title_pieces(self) -> list[Piece]:
        return [("Columns", "strong"), (f"  {wording.tab(self._tab)[0]}", Tone.DIM)]

    def keys(self) -> list[Hint]:
        return [Hint("enter", "done"), Hint("space", "show"), Hint("J K", "move"), Hint("d", "default")]

    def action_choose(self, step: int) -> None:
        self.query_one(LineList).move(step)

    def action_show_or_hide(self) -> None:
        """Shows or hides the column."""
        key = self.query_one(LineList).current
        self._on ^= {key}
        self._fill(key)

    def action_shift(self, step: int) -> None:
        """Moves the column to the left or right."""
        key = self.query_one(LineList).current
        at = self._order.index(key)
        to = max(1, min(at + step, len(self._order) - 1))
        self._order.insert(to, self._order.pop(at))
        self._fill(key)

    def action_default(self) -> None:
        """As the tab came."""
        self._set(default_columns(self._tab))
        self._fill(self._order[1])

    def result(self) -> tuple[str, ...]:
        return tuple(key for key in self._order if key in self._on)
