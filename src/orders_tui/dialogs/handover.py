"""`W` on the pulse: a note for whoever takes the desk over, written to a file together with the figures."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from textual.app import ComposeResult

from orders_tui import export, wording
from orders_tui.context.context import Context
from orders_tui.dialogs.dialog import Dialog
from orders_tui.dialogs.text_box import TextBox
from orders_tui.errors import UsageError
from orders_tui.widgets.bar import Bar
from orders_tui.widgets.hint_bar import Hint
from orders_tui.wording import Tone


class HandoverDialog(Dialog[Path]):
    """Writes the file when confirmed and returns where it is. `figures`: the pulse as lines of text."""

    HEADING = ("Hand the desk over", "the figures go along")
    KEYS = (Hint("ctrl+s", "write"),)

    def __init__(self, work: Context, figures: Sequence[str]) -> None:
        super().__init__(work)
        self._figures = figures
        self._path = Path.cwd() / f"handover-{work.pace.now():%Y%m%d-%H%M%S}.txt"

    def body(self) -> ComposeResult:
        asks = "what is open, what was promised, what to look at first"
        yield TextBox(self.work.handover, id="note", placeholder=asks)
        yield self.bar("consequence")

    def prepare(self) -> None:
        self.query_one("#consequence", Bar).set_pieces([(f"{self._path.name}, readable by you alone", Tone.DIM)])

    def keep_draft(self) -> None:
        self.work.handover = self.query_one(TextBox).text

    def on_text_area_changed(self) -> None:
        self.touched = True

    def confirm(self) -> None:
        try:
            self.dismiss(export.write_text(self._text(), self._path))
        except UsageError as error:
            self.say(str(error), Tone.WARN)

    def _text(self) -> str:
        now = self.work.pace.now()
        at = f"{now.astimezone(wording.zone(self.work.zone)):%Y-%m-%d %H:%M %Z}"
        note = self.query_one(TextBox).text.strip() or "no note"
        return "\n".join([f"Handover by {self.work.name or 'somebody'}, {at}", "", note, "", *self._figures, ""])
