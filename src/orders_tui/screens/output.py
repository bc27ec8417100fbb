"""What a command of the operator's own wrote, line by line, from the action log."""

from __future__ import annotations

from collections.abc import Sequence

from orders_tui.context.context import Context
from orders_tui.programs.runner import Run
from orders_tui.screens.list_screen import ListScreen, text_line
from orders_tui.widgets.cells import Piece
from orders_tui.widgets.line_list import Line
from orders_tui.wording import Tone


class OutputScreen(ListScreen):
    """The output of one run."""

    def __init__(self, work: Context, run: Run) -> None:
        super().__init__(work)
        self._run = run

    def title_pieces(self) -> list[Piece]:
        run = self._run
        return [(f"{run.command.name} {run.title}", "strong"), (f"  {run.words}", Tone.DIM)]

    def lines(self) -> Sequence[Line]:
        written = [Line(str(at), ((line, Tone.PLAIN),)) for at, line in enumerate(self._run.output)]
        return written or [text_line("it wrote nothing")]

    def full_text(self, key: str) -> str:
        return self._run.output[int(key)]
