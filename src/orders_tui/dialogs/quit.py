"""Leaving while something has no answer yet, or a command of the operator's own still runs."""

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
        unsettled, runs = self.work.unsettled, self.work.programs.running
        about = [(e.key, f"{e.draft.word} {len(e.order_ids)}", f"{e.state}") for e in unsettled]
        about += [(run.key, f"{run.command.name} {run.title}", f"{run.state}; quitting ends it") for run in runs]
        return [
            *(
                Line(key, ((what, Tone.PLAIN), (f"  {state}", Tone.WARN)), choosable=False)
                for key, what, state in about[:SHOWN]
            ),
            Line("", (), choosable=False),
            Line(STAY, (("stay until it is answered" if unsettled else "stay until it has ended", Tone.PLAIN),)),
            Line(GO, (("quit; nothing sent is lost" if unsettled else "quit", Tone.PLAIN),)),
        ]

    def title_pieces(self) -> list[Piece]:
        unsettled, running = len(self.work.unsettled), len(self.work.programs.running)
        parts = (
            f"{unsettled} without an answer yet" if unsettled else "",
            f"{running} of your commands still running" if running else "",
        )
        return [(", ".join(filter(None, parts)), "strong")]

    def result(self) -> bool | None:
        return self.current == GO or None

    def action_go(self) -> None:
        self.dismiss(True)
