"""Before a dangerous command of the operator's own runs: what it is called, what is run, and on how many orders."""

from __future__ import annotations

from textwrap import wrap

from orders_tui.config.own_commands import OwnCommand
from orders_tui.context.context import Context
from orders_tui.context.screen import hidden_bindings
from orders_tui.context.target import Target
from orders_tui.dialogs.list_dialog import ListDialog
from orders_tui.widgets.cells import Piece
from orders_tui.widgets.hint_bar import Hint
from orders_tui.widgets.line_list import Line
from orders_tui.wording import Tone

CANCEL, RUN = "cancel", "run"
NUMBERED = 6
CELLS = 62


class OwnCommandDialog(ListDialog[bool]):
    """Returns True when it is to run. The cursor starts on cancelling."""

    BINDINGS = hidden_bindings({"y": "run", "n": "leave"})
    LIST = "choice"
    SIZE = "wide"
    KEYS = (Hint("y", "run it"), Hint("↑↓ enter", "choose"))

    def __init__(self, work: Context, own: OwnCommand, target: Target) -> None:
        super().__init__(work, target.orders)
        self._own, self._target = own, target

    def title_pieces(self) -> list[Piece]:
        return [(self._own.name, "strong"), (f"  {self._own.about}" if self._own.about else "", Tone.DIM)]

    def lines(self) -> list[Line]:
        target = self._target
        each = "" if target.only else ", once for each: " + ", ".join(o.order_number for o in target.orders[:NUMBERED])
        more = f" {self.work.glyphs.ellipsis}" if len(target.ids) > NUMBERED else ""
        runs = wrap(" ".join(map(_shown, self._own.argv)), CELLS, break_on_hyphens=False) or [""]
        about = (
            ("runs    ", runs[0]),
            *((" " * 8, more) for more in runs[1:]),
            ("on      ", f"{target.title}{each}{more}"),
            ("gets    ", "the order as JSON on its standard input"),
        )
        return [
            *(Line(f"{name}{text}", ((name, Tone.DIM), (text, Tone.PLAIN)), choosable=False) for name, text in about),
            Line("", (), choosable=False),
            Line(CANCEL, (("cancel", Tone.PLAIN),)),
            Line(RUN, ((f"run {self._own.name} on {target.title}", Tone.WARN),)),
        ]

    def result(self) -> bool | None:
        return self.current == RUN or None

    def action_run(self) -> None:
        """As choosing it, with all that may stand in the way."""
        self.fill(RUN)
        self.confirm()


def _shown(argument: str) -> str:
    return argument if argument and " " not in argument else repr(argument)
