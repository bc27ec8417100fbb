"""What people tell each other of an order: `note`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from orders_tui.actions.draft import Draft
from orders_tui.actions.note import NoteDeletion, NoteDraft, own_changeable
from orders_tui.context.target import Target
from orders_tui.plain.desk import Desk
from orders_tui.plain.forms.form import Form
from orders_wire.actions import LONGEST_NOTE
from orders_wire.mentioned import mentioned
from orders_wire.vocabulary import ActionName

if TYPE_CHECKING:
    from orders_wire.detail import Note

GOES_ON = "\\"
"""At the end of a line: the next one is of the same text."""
SHOWN = 40
"""Characters of a note that tell which one it is."""

Choice = tuple[str, "Note | None"]


class NoteForm(Form):
    """A note; of one order also what becomes of one's own of the last quarter of an hour."""

    action = ActionName.NOTE

    async def fill(self, desk: Desk, target: Target, given: str) -> Draft | None:
        what, note = "write", None
        own = [] if given or target.only is None else await self._own(desk, target)
        if own:
            what, note = await desk.console.choose("what is to be done", list(_choices(desk, own)), default=1)
        if note is not None and what == "delete":
            return NoteDeletion(target.ids, note.id)
        text = given or await _lines(desk)
        if not text or len(text) > LONGEST_NOTE:
            long = f"a note has at most {LONGEST_NOTE} characters, this one has {len(text)}"
            desk.console.say(f"{long if text else 'a note says something'}; nothing is sent")
            return None
        if told := mentioned(text, [owner.name for owner in desk.session.owners], desk.name):
            desk.console.say(f"tells {', '.join(told)}")
        note_id = note.id if note is not None else ""
        return NoteDraft(target.ids, text, note_id, at=desk.pace.now(), by=desk.name)

    async def _own(self, desk: Desk, target: Target) -> list[Note]:
        detail = await desk.detail(target.ids[0])
        return own_changeable(detail.notes, desk.name, desk.pace.now()) if detail is not None else []


def _choices(desk: Desk, own: list[Note]) -> list[tuple[Choice, str]]:
    options: list[tuple[Choice, str]] = [(("write", None), "a new note")]
    for note in own:
        said = f"of {desk.instant(note.at)}: {' '.join(note.text.split())[:SHOWN]}"
        options += [(("change", note), f"change yours {said}"), (("delete", note), f"delete yours {said}")]
    return options


async def _lines(desk: Desk) -> str:
    """What is typed, in one line or more."""
    more = f"{GOES_ON} at the end of a line goes on in the next"
    lines = [await desk.console.ask(f"the note, @ names somebody; {more}")]
    while lines[-1].endswith(GOES_ON):
        lines[-1] = lines[-1].removesuffix(GOES_ON).rstrip()
        lines.append(await desk.console.ask("and"))
    return "\n".join(lines).strip()
