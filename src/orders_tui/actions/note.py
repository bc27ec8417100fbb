"""`note`: something about orders that stays on this desk, for whoever works on them. Shopify's own `note` is never written.

For a while whoever wrote a note may change its text, or take it off again. What a note says holds whatever else has changed on
the order since its dialog opened, so no version is expected.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from orders_tui.actions.draft import Draft
from orders_tui.actions.field_changes import Changes, Earlier, FieldChange
from orders_wire.vocabulary import ActionName

if TYPE_CHECKING:
    from orders_tui.actions.draft import Server
    from orders_wire.actions import ActionAnswer, NoteBody
    from orders_wire.detail import Note, OrderDetail
    from orders_wire.orders import Order, TimelineEntry

EVENT = "note"
"""What the timeline calls a note."""

CHANGEABLE = timedelta(minutes=15)
"""So long its author may change a note, or take it off: contract §3a."""

_MEANWHILE = "meanwhile "
_IN_A_ROW = 10
"""Entries of a row's timeline."""


@dataclass(frozen=True, slots=True)
class NoteDraft(Draft):
    """Write a note; with `note_id`, the text of that note of the one order. `at` and `by` stand there until the server has
    said them."""

    action = ActionName.NOTE
    word = "note"
    doing = "writing a note"
    in_detail = True
    undo_for = CHANGEABLE
    note: str
    note_id: str = ""
    at: datetime | None = None
    by: str = ""

    @property
    def done(self) -> str:
        return "note changed" if self.note_id else "noted"

    @property
    def subject(self) -> str:
        return change_of(self.order_ids[0], self.note_id) if self.note_id else super(NoteDraft, self).subject

    @property
    def repeated(self) -> str:
        return self.note

    def effect(self, order_id: str, row: Order | None, earlier: Earlier) -> Changes:
        if row is None or self.at is None:
            return {}
        if self.note_id:
            return _timeline(row, _with_details(row.timeline, self.note_id, self._details))
        return {
            "note_count": FieldChange(row.note_count, row.note_count + 1),
            "last_note_at": FieldChange(row.last_note_at, self.at),
            **_timeline(row, [*row.timeline, self._entry(self.at, order_id)][-_IN_A_ROW:]),
        }

    def on_detail(self, detail: OrderDetail) -> OrderDetail:
        if self.at is None:
            return detail
        if self.note_id:
            changed = {"text": self.note, "edited_at": self.at}
            notes = [note.model_copy(update=changed) if note.id == self.note_id else note for note in detail.notes]
            return detail.model_copy(update={"notes": notes})
        entry = self._entry(self.at, detail.id)
        notes = [*detail.notes, self._note(self.at, detail.id)]
        return detail.model_copy(update={"notes": notes, "timeline": [*detail.timeline, entry]})

    def body(self, expected: dict[str, int] | None) -> NoteBody:
        from orders_wire.actions import NoteBody

        return NoteBody(
            order_ids=list(self.order_ids),
            note=self.note,
            note_id=self.note_id or None,
            expected_versions=expected,
        )

    def to_book(self) -> dict[str, Any]:
        return {"verb": self.action, "order_ids": self.order_ids, "note": self.note, "note_id": self.note_id}

    @classmethod
    def from_book(cls, item: Mapping[str, Any]) -> NoteDraft:
        return cls(tuple(item["order_ids"]), str(item["note"]), str(item.get("note_id", "")))

    @property
    def _details(self) -> str:
        return f"{self.by}: {self.note}"

    def _entry(self, at: datetime, order_id: str) -> TimelineEntry:
        from orders_wire.orders import TimelineEntry

        return TimelineEntry(ts=at, event=EVENT, details=self._details, note_id=_meanwhile(order_id, at))

    def _note(self, at: datetime, order_id: str) -> Note:
        from orders_wire.detail import Note

        return Note(id=_meanwhile(order_id, at), at=at, by=self.by, text=self.note)


@dataclass(frozen=True, slots=True)
class NoteDeletion(Draft):
    """Take a note off the one order. `newest_at`: the newest of those that are left."""

    action = ActionName.NOTE
    word = "deletion of a note"
    done = "note deleted"
    in_book = False
    in_detail = True
    undo_for = CHANGEABLE
    repeated = None
    """Each note is deleted by itself."""
    note_id: str
    newest_at: datetime | None = None

    @property
    def subject(self) -> str:
        return change_of(self.order_ids[0], self.note_id)

    def effect(self, order_id: str, row: Order | None, earlier: Earlier) -> Changes:
        if row is None:
            return {}
        return {
            "note_count": FieldChange(row.note_count, max(0, row.note_count - 1)),
            "last_note_at": FieldChange(row.last_note_at, self.newest_at),
            **_timeline(row, [entry for entry in row.timeline if entry.note_id != self.note_id]),
        }

    def on_detail(self, detail: OrderDetail) -> OrderDetail:
        left = [note for note in detail.notes if note.id != self.note_id]
        entries = [entry for entry in detail.timeline if entry.note_id != self.note_id]
        return detail.model_copy(update={"notes": left, "timeline": entries})

    async def send(self, server: Server, versions: Mapping[str, int], key: str) -> ActionAnswer:
        return await server.delete_note(self.note_id, key)

    def body(self, expected: dict[str, int] | None) -> NoteBody:
        raise NotImplementedError("a deletion is asked for without a body")


def change_of(order_id: str, note_id: str) -> str:
    """The subject of what becomes of a note, beside which a new one on the same order has its own."""
    return f"{order_id} {note_id}"


def own_changeable(notes: list[Note], me: str, now: datetime) -> list[Note]:
    """The notes that this operator may still change, newest first. One that the server has not told yet has no id there."""
    mine = (note for note in notes if note.by.casefold() == me.casefold() and not note.id.startswith(_MEANWHILE))
    return sorted((note for note in mine if now - note.at < CHANGEABLE), key=lambda note: note.at, reverse=True)


def _meanwhile(order_id: str, at: datetime) -> str:
    """The id of a note that has none yet."""
    return f"{_MEANWHILE}{order_id} {at.isoformat()}"


def _timeline(row: Order, entries: list[TimelineEntry]) -> Changes:
    return {} if entries == row.timeline else {"timeline": FieldChange(row.timeline, entries)}


def _with_details(entries: list[TimelineEntry], note_id: str, details: str) -> list[TimelineEntry]:
    return [e.model_copy(update={"details": details}) if e.note_id == note_id else e for e in entries]
