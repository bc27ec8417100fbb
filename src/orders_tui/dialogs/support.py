"""`s`: a note to the support queue. The order goes to the assistant, who answers in its thread."""

from __future__ import annotations

from textual.app import ComposeResult

from orders_tui.actions.support import SupportDraft
from orders_tui.context.context import Context
from orders_tui.context.target import Target
from orders_tui.dialogs.action_dialog import ActionDialog
from orders_tui.dialogs.text_box import TextBox
from orders_tui.widgets.bar import Bar
from orders_tui.widgets.cells import Piece
from orders_tui.widgets.hint_bar import Hint
from orders_tui.wording import Tone
from orders_wire.actions import LONGEST_NOTE
from orders_wire.vocabulary import ASSISTANT


class SupportDialog(ActionDialog[SupportDraft]):
    """Returns the draft; left with esc, the note is kept for the next time."""

    def __init__(self, work: Context, target: Target, given: str = "") -> None:
        super().__init__(work, target, given)
        kept = self.kept(SupportDraft)
        self._note = given or (kept.note if kept is not None else "")

    def body(self) -> ComposeResult:
        what = "what support should know and do"
        yield TextBox(self._note, id="note", placeholder=what)
        yield self.bar("consequence")

    def title_pieces(self) -> list[Piece]:
        only = self.target.only
        thread = f"  continues {only.support_thread}" if only is not None and only.support_thread else ""
        return [(f"Escalate {self.target.title} to support", "strong"), (thread, Tone.DIM)]

    def keys(self) -> list[Hint]:
        return [Hint("ctrl+s", f"escalate {len(self.target.ids)}", able=not self.problem())]

    @property
    def note(self) -> str:
        """The note without blanks around it."""
        return self.query_one(TextBox).text.strip()

    def problem(self) -> str:
        if not self.note:
            return "support needs a note to go on"
        return f"{len(self.note) - LONGEST_NOTE} characters too many" if len(self.note) > LONGEST_NOTE else ""

    def result(self) -> SupportDraft:
        return SupportDraft(self.target.ids, self.note, versions=self.versions(self.target.ids))

    def keep_draft(self) -> None:
        if self.note and self.touched:
            self.work.session.drafts.keep(self.result())

    def update(self) -> None:
        super().update()
        kept = "  kept from last time" if self._note and not self.touched else ""
        words: list[Piece] = [(f"the owner becomes {ASSISTANT}", Tone.DIM), (kept, Tone.ACTIVE)]
        self.query_one("#consequence", Bar).set_pieces(words, [(f"{len(self.note)}/{LONGEST_NOTE}", Tone.DIM)])

    def on_text_area_changed(self) -> None:
        """Typing is touching."""
        self.touched |= self.query_one(TextBox).text != self._note
        self.update()


DIALOG = SupportDialog
