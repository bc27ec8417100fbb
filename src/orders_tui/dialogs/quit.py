"""Leaving while something has no answer yet."""

from __future__ import annotations

from orders_tui.context.screen import hidden_bindings
from orders_tui.dialogs.list_dialog import ListDialog
from orders_tui.widgets.cells import Piece
from orders_tui.widgets.hint_bar import Hint
from orders_tui.widgets.line_list import Line
from orders_tui.wording import Tone

STAY, GO = "stay", "go"
SHOWN = 6


class QuitDialog(ListDialog[bool]):
    """Returns True when the operator leaves all the same. The cursor starts on staying."""

    BINDINGS = hidden_bindings({"y": "go", "n": "leave"})
    LIST = "choice"
    KEYS = (Hint("y", "quit"), Hint("n", "stay"), Hint("↑↓ enter", "choose"))

    def lines(self) -> list[Line]:
        about = [
            Line(
                entry.key,
                ((f"{entry.draft.word} {len(entry.order_ids)}", Tone.PLAIN), (f"  {entry.state}", Tone.WARN)),
                choosable=False,
            )
            for entry in self.work.session.actions.unsettled[:SHOWN]
        ]
        return [
            *about,
            Line("", (), choosable=False),
            Line(STAY, (("stay until it is answered", Tone.PLAIN),)),
            Line(GO, (("quit; nothing sent is lost", Tone.PLAIN),)),
        ]

    def title_pieces(self) -> list[Piece]:
        return [(f"{len(self.work.session.actions.unsettled)} without an answer yet", "strong")]

    def result(self) -> bool | None:
        return self.current == GO or None

    def action_go(self) -> None:
        self.dismiss(True)
