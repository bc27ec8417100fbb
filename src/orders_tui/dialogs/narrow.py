"""`&`: hides loaded rows while one types. Says that it looks at the loaded rows only."""

from __future__ import annotations

from collections.abc import Callable

from textual.app import ComposeResult

from orders_tui.dialogs.dialog import Dialog
from orders_tui.dialogs.field import Field
from orders_tui.screens.workplace import Workplace
from orders_tui.widgets.cells import Piece
from orders_tui.widgets.hint_bar import Hint
from orders_tui.wording import Tone


class NarrowDialog(Dialog[str]):
    """Returns the text; calls back with it at every letter."""

    SIZE = "wide top"
    NEEDS_TOUCH = False

    def __init__(self, work: Workplace, text: str, on_text: Callable[[str], None]) -> None:
        super().__init__(work)
        self._before = text
        self._on_text = on_text

    def body(self) -> ComposeResult:
        yield Field("&", self._before, hint="part of a number, name, owner, tag …", id="text")

    def title_pieces(self) -> list[Piece]:
        count = len(self.work.session.table.view.rows)
        return [("Narrow the loaded rows", "strong"), (f"  the {count} on this page; / asks the server", Tone.DIM)]

    def keys(self) -> list[Hint]:
        return [Hint("enter", "keep")]

    def result(self) -> str:
        return self.query_one(Field).value

    def edited(self) -> None:
        self._on_text(self.query_one(Field).value)

    def action_leave(self) -> None:
        self._on_text(self._before)
        super().action_leave()
