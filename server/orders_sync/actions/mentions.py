"""Mentions follow the notes of an order: whoever is named for the first time is told, once for each note (contract §3a)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from orders_sync.actions.context import ActionContext
from orders_sync.actions.locked_order import LockedOrder
from orders_sync.db import audit, events, mentions
from orders_sync.db.events import EventDraft
from orders_sync.db.mentions import Addressed
from orders_sync.db.tx import Tx
from orders_sync.rules.operator_state import Note
from orders_wire.mentioned import mentioned
from orders_wire.vocabulary import UNASSIGNED, EventType

Notes = Mapping[str, Note]


def named_in(tx: Tx, text: str, context: ActionContext) -> tuple[str, ...]:
    """The known people whom the caller's text names: those with a token, and those who own orders here, or did."""
    if "@" not in text:
        return ()
    owners = (name for name in audit.everybody(tx.conn, tx.shop_id) if name != UNASSIGNED)
    return mentioned(text, [*context.settings.token_names, *owners], context.actor.name)


def follow(tx: Tx, changed: Sequence[tuple[LockedOrder, Notes]]) -> None:
    """These orders have these notes from now on."""
    written = {of: (order, after) for order, after in changed for of in _otherwise(order.operator.notes, after)}
    if not written:
        return
    wanted = [Addressed(of, person) for of, (_, after) in written.items() for person in _people(after, of)]
    known = mentions.of_notes(tx, written)
    new = [each for each in wanted if each not in known]
    mentions.add(tx, [(written[each.note_id][0].order_id, each) for each in new])
    mentions.set_named(tx, [each for each in wanted if each in known], named=True)
    mentions.set_named(tx, sorted(known.difference(wanted)), named=False)
    events.append_all(tx, [_event(each, *written[each.note_id]) for each in new])


def _otherwise(before: Notes, after: Notes) -> list[str]:
    """The notes that name others than they did."""
    return sorted(of for of in before.keys() | after.keys() if _people(before, of) != _people(after, of))


def _people(notes: Notes, note_id: str) -> list[str]:
    """Whom the note names, folded; nobody where it is not there."""
    note = notes.get(note_id)
    return [] if note is None else [name.casefold() for name in note.mentions]


def _event(addressed: Addressed, order: LockedOrder, notes: Notes) -> EventDraft:
    return EventDraft(
        EventType.MENTION,
        order_id=order.order_id,
        order_number=order.name,
        note_id=addressed.note_id,
        by=notes[addressed.note_id].by,
        addressee=addressed.addressee,
    )
