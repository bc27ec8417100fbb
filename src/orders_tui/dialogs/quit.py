"""Leaving while something has no answer yet."""

from __future__ import annotations

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType

from orders_tui.dialogs.dialog import Dialog
from orders_tui.widgets.cells import Piece
from orders_tui.widgets.hint_bar import Hint
from orders_tui.widgets.line_list import Line, LineList
from orders_tui.wording import Tone

STAY, GO = "stay", "go"


class QuitDialog(Dialog[bool]):
    """True when the operator leaves all the same. The cursor starts on staying."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("j", "choose(1)", show=False),
        Binding("k", "choose(-1)", show=False),
        Binding("y", "go", show=False),
        Binding("n", "leave", show=False),
    ]
    SIZE = "small"
    NEEDS_TOUCH = False

    def body(self) -> ComposeResult:
        yield LineList(self.work.glyphs.cursor, self.work.glyphs.ellipsis, id="choice")

    def prepare(self) -> None:
        waiting = self.work.session.actions.unsettled
        about = [
            Line(
                entry.key,
                ((f"{entry.draft.word} {len(entry.order_ids)}", Tone.PLAIN), (f"  {entry.state}", Tone.WARN)),
                choosable=False,
            )
            for entry in waiting[:6]
        ]
        choices = [
            Line(STAY, (("stay until it is answered", Tone.PLAIN),)),
            Line(GO, (("quit; nothing sent is lost", Tone.PLAIN),)),
        ]
        self.query_one(LineList).set_lines([*about, Line("", (), choosable=False), *choices], STAY)
        self.query_one(LineList).focus()

    def title_pieces(self) -> list[Piece]:
        return [(f"{len(self.work.session.actions.unsettled)} without an answer yet", "strong")]

    def keys(self) -> list[Hint]:
        return [Hint("y", "quit"), Hint("n", "stay"), Hint("↑↓ enter", "choose")]

    def result(self) -> bool:
        return self.query_one(LineList).current == GO

    def action_choose(self, step: int) -> None:
        self.query_one(LineList).move(step)

    def action_go(self) -> None:
        """Leaves."""
        self.dismiss(True)
