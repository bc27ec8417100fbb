"""`n`: a note about the orders, which stays on this desk. `@` names people, ctrl+t brings a template.

Of one order, ctrl+o goes to the notes that the operator may still change, the newest first, and back to the new one; ctrl+r takes
the one on show off. What was typed for each stays until the dialog is left.
"""

from __future__ import annotations

from collections.abc import Iterator

from textual.app import ComposeResult

from orders_tui.actions.note import CHANGEABLE, NoteDeletion, NoteDraft, change_of, own_changeable
from orders_tui.config.templates import filled
from orders_tui.context.context import Context
from orders_tui.context.screen import hidden_bindings
from orders_tui.context.target import Target
from orders_tui.dialogs.action_dialog import ActionDialog
from orders_tui.dialogs.text_box import TextBox
from orders_tui.sanitise import REPLACEMENT, trimmed
from orders_tui.session.changes import Change, DetailChanged, PeopleChanged
from orders_tui.widgets.bar import Bar
from orders_tui.widgets.cells import Piece
from orders_tui.widgets.hint_bar import Hint
from orders_tui.wording import Tone
from orders_wire.actions import LONGEST_NOTE
from orders_wire.detail import Note
from orders_wire.mentioned import mentioned
from orders_wire.vocabulary import UNASSIGNED

ASKS = "what the others should know; @ names somebody"
LOST_SIGNS = "what cannot be shown was replaced"


class NoteDialog(ActionDialog[NoteDraft | NoteDeletion]):
    """Returns the draft; left with esc, what was typed is kept for the next time."""

    BINDINGS = hidden_bindings({"ctrl+t": "template", "ctrl+o": "other", "ctrl+r": "delete"})
    SIZE = "wide"

    def __init__(self, work: Context, target: Target, given: str = "") -> None:
        super().__init__(work, target, given)
        kept = None if given else self.kept(NoteDraft)
        self._note_id = ""
        """The own note on show; empty: the new one."""
        self._typed = {"": given or (kept.note if kept is not None else "")}
        self._kept = {""} if kept is not None else set[str]()
        self._was: dict[str, str] = {}
        self.touched = bool(given)

    # -- what there is

    @property
    def _notes(self) -> list[Note]:
        """The notes of the one order, as far as they are known."""
        only = self.target.only
        detail = self.work.session.table.detail(only.id) if only is not None else None
        return detail.notes if detail is not None else []

    @property
    def _own(self) -> dict[str, Note]:
        """Those that may still be changed here, the newest first."""
        return {note.id: note for note in own_changeable(self._notes, self.work.name, self.work.pace.now())}

    @property
    def _names(self) -> list[str]:
        """Everybody who is known: owners, and whoever wrote here or was named here."""
        owners = (owner.name for owner in self.work.session.owners)
        others = (name for note in self._notes for name in (note.by, *note.mentions))
        found = {name.casefold(): name for name in (*others, *owners) if name != UNASSIGNED}
        found.pop(self.work.name.casefold(), None)
        return sorted(found.values(), key=str.casefold)

    # -- the dialog

    def body(self) -> ComposeResult:
        yield TextBox(self._typed[self._note_id], id="note", placeholder=ASKS, names=self._names)
        yield self.bar("consequence")

    def title_pieces(self) -> list[Piece]:
        only = self.target.only
        if self._note_id:
            when = self._when(self._note_id)
            return [(f"Your note on {self.target.title}", "strong"), (f"  of {when}", Tone.DIM)]
        who = f"  {only.customer_name or ''}" if only is not None else ""
        return [(f"Note on {self.target.title}", "strong"), (who, Tone.PLAIN)]

    def keys(self) -> list[Hint]:
        count = len(self.target.ids)
        what = "change" if self._note_id else "note" if count == 1 else f"note {count}"
        return [Hint("ctrl+s", what, able=not self.problem()), *self._others(), *self._templates()]

    def _others(self) -> Iterator[Hint]:
        """What can be done with own notes."""
        if self._note_id:
            yield Hint("ctrl+r", "delete")
        if following := self._following():
            yield Hint("ctrl+o", f"yours of {self._when(following)}")
        elif self._note_id:
            yield Hint("ctrl+o", "a new one")

    def _templates(self) -> Iterator[Hint]:
        yield Hint(self.work.key("text.editor"), "editor")
        if self.work.config.templates:
            yield Hint("ctrl+t", "template")

    @property
    def note(self) -> str:
        """The note without blanks around it."""
        return trimmed(self.query_one(TextBox).text)

    def problem(self) -> str:
        if not self.note:
            return "what should be noted?" if not self._note_id else "a note says something; ctrl+r deletes it"
        if self._note_id and self._note_id not in self._own:
            return "too late: a note can be changed for 15 minutes; ctrl+o takes the text to a new one"
        if self._note_id and self.note == self._was.get(self._note_id):
            return "it says that already"
        more = len(self.note) - LONGEST_NOTE
        return f"{more:,} character{'s' if more > 1 else ''} too many" if more > 0 else ""

    def result(self) -> NoteDraft:
        ids = self.target.ids
        return NoteDraft(ids, self.note, self._note_id, at=self.work.pace.now(), by=self.work.name)

    def keep_draft(self) -> None:
        """All that was typed: for the new note, and for each of one's own."""
        if not self.touched:
            return
        self._typed[self._note_id] = self.query_one(TextBox).text
        for note_id, typed in self._typed.items():
            if (text := trimmed(typed)) and text != self._was.get(note_id):
                self.work.session.drafts.keep(NoteDraft(self.target.ids, text, note_id))

    def session_changed(self, change: Change) -> None:
        """What is known of the order's notes and of people may be more now."""
        super().session_changed(change)
        if isinstance(change, DetailChanged | PeopleChanged) and self.has_widgets:
            self.query_one(TextBox).names = self._names
            self.update()

    def update(self) -> None:
        super().update()
        count = f"{len(self.note):,}/{LONGEST_NOTE:,}"
        self.query_one("#consequence", Bar).set_pieces(list(self._said()), [(count, Tone.DIM)])

    def _said(self) -> Iterator[Piece]:
        named = mentioned(self.note, self._names, self.work.name)
        yield ("stays on this desk", Tone.DIM)
        if named:
            yield (f", and tells {', '.join(named)}", Tone.ACTIVE)
        if REPLACEMENT in self.note:
            yield (f"  {LOST_SIGNS}", Tone.WARN)
        elif self._note_id in self._kept:
            yield ("  kept from last time", Tone.ACTIVE)

    def _when(self, note_id: str) -> str:
        note = next((note for note in self._notes if note.id == note_id), None)
        return self.work.formatter().instant(note.at) if note is not None else "before"

    # -- keys

    def on_text_area_changed(self) -> None:
        """Typing is touching."""
        if self.query_one(TextBox).text != self._typed[self._note_id]:
            self.touched = True
            self._kept.discard(self._note_id)
        self.update()

    def action_template(self) -> None:
        """A template of the configuration, at the cursor."""
        from orders_tui.dialogs.templates import NONE, TemplatesDialog

        if not self.work.config.templates:
            self.say(NONE)
            return
        self.app.push_screen(TemplatesDialog(self.work, self.target), self._take_template)

    def _take_template(self, name: str | None) -> None:
        if name is not None:
            only = self.target.only
            values = {"me": self.work.name}
            if only is not None:
                owner = "nobody" if only.assigned_to == UNASSIGNED else only.assigned_to
                values |= {
                    "number": only.order_number,
                    "customer": only.customer_name or "the customer",
                    "owner": owner,
                }
            self.query_one(TextBox).insert(filled(self.work.config.templates[name], values))

    def _following(self) -> str:
        """The own note after the one on show; empty where the new one comes next."""
        ids = ["", *self._own]
        at = ids.index(self._note_id) if self._note_id in ids else len(ids) - 1
        return ids[(at + 1) % len(ids)]

    def action_other(self) -> None:
        """To the next own note that can be changed, or to the new one."""
        if not self._own and not self._note_id:
            self.say(self._why_none(), Tone.WARN)
            return
        box, following = self.query_one(TextBox), self._following()
        late = self._note_id and self._note_id not in self._own
        self._typed[self._note_id] = box.text
        shown = box.text if late and not following else self._text_of(following)
        self._note_id, self._typed[following] = following, shown
        box.load_text(shown)
        box.move_cursor(box.document.end)
        self.update()

    def _text_of(self, note_id: str) -> str:
        """What was typed for it; else what was kept of that, or what the note says."""
        if note_id not in self._typed:
            self._was[note_id] = self._own[note_id].text
            kept = self.work.session.drafts.find(NoteDraft, change_of(self.target.ids[0], note_id))
            self._kept |= {note_id} if kept is not None else set()
            self._typed[note_id] = kept.note if kept is not None else self._was[note_id]
        return self._typed[note_id]

    def _why_none(self) -> str:
        """Why none of the notes can be changed, in words."""
        if self.target.only is None:
            return "own notes are changed one order at a time; unmark, or open the order"
        me = self.work.name.casefold()
        mine = [note for note in self._notes if note.by.casefold() == me]
        if mine:
            until = self.work.formatter().instant(max(note.at for note in mine) + CHANGEABLE)
            return f"too late: your last note here could be changed until {until}"
        if self._notes:
            return f"the last note here is {self._notes[-1].by}'s: only who wrote a note can change it"
        return "there is no note here yet"

    def action_delete(self) -> None:
        """Takes the own note on show off."""
        if not self._note_id:
            self.say("what is on show is not written yet; ctrl+o goes to your notes", Tone.WARN)
        elif fault := self._obstacle():
            self.say(fault, Tone.WARN)
        elif self._note_id not in self._own:
            self.say("too late: a note can be deleted for 15 minutes", Tone.WARN)
        else:
            left = max((note.at for note in self._notes if note.id != self._note_id), default=None)
            self.finish(NoteDeletion(self.target.ids, self._note_id, left))


DIALOG = NoteDialog
