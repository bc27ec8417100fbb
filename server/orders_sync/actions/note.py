"""Note: something about an order that stays on this desk, and is never Shopify's own `note` (contract §3a)."""

from __future__ import annotations

from dataclasses import dataclass

from orders_sync.actions import mentions, order_ids
from orders_sync.actions.context import ActionContext
from orders_sync.actions.decision import Decision, Refusal, Shown
from orders_sync.actions.definition import ActionDefinition
from orders_sync.actions.execute import Execution, execute
from orders_sync.actions.locked_order import LockedOrder
from orders_sync.actions.undo_record import Patch
from orders_sync.db.tx import Tx
from orders_sync.instants import Ms
from orders_sync.rules import notes
from orders_sync.rules.operator_state import Note, OperatorState
from orders_wire.actions import NoteBody
from orders_wire.vocabulary import ErrorCode


@dataclass(frozen=True, slots=True)
class _Said:
    """What is to stand in a note, and whom it names."""

    text: str
    mentions: tuple[str, ...]


def _run(tx: Tx, context: ActionContext, body: NoteBody) -> Execution | Refusal:
    named = order_ids.find(tx.conn, tx.shop_id, body.order_ids)
    if body.note_id is not None and order_ids.several(named):
        return Refusal(ErrorCode.INVALID_REQUEST, "noteId: orderIds has to name one order, whose note it is")

    said = _Said(body.note, mentions.named_in(tx, body.note, context))

    def decide(order: LockedOrder) -> Decision | Refusal:
        return _write(order, said, context) if body.note_id is None else _edit(order, said, body.note_id, context)

    return execute(tx, context, named, body.expected_versions, decide)


def _write(order: LockedOrder, said: _Said, context: ActionContext) -> Decision | Refusal:
    own = notes.note_id(order.order_id, context.action_id)
    by = context.actor.name
    note = Note(action_id=context.action_id, at=context.now, by=by, text=said.text, mentions=said.mentions)
    return _full(order, own, note) or Decision(_with(order.operator, own, note), _shown(own), said.text)


def _edit(order: LockedOrder, said: _Said, note_id: str, context: ActionContext) -> Decision | Refusal:
    note = own_note(order, note_id, context)
    if isinstance(note, Refusal):
        return note
    if note.text == said.text:
        return Decision(order.operator, _shown(note_id), "so already")
    late = _late(note.at, context.now)
    if late is not None:
        return late
    edited = note.model_copy(update={"text": said.text, "mentions": said.mentions, "edited_at": context.now})
    details = f"changed to: {said.text}; it was: {note.text or ''}"
    return _full(order, note_id, edited) or Decision(_with(order.operator, note_id, edited), _shown(note_id), details)


def delete(order: LockedOrder, note_id: str, context: ActionContext) -> Decision | Refusal:
    """Takes the caller's own note away. The audit alone still has its text."""
    note = own_note(order, note_id, context)
    if isinstance(note, Refusal):
        return note
    late = _late(note.at, context.now)
    if late is not None:
        return late
    others = {of: each for of, each in order.operator.notes.items() if of != note_id}
    operator = order.operator.model_copy(update={"notes": others})
    return Decision(operator, _shown(note_id), f"deleted; it was: {note.text or ''}")


def own_note(order: LockedOrder, note_id: str, context: ActionContext) -> Note | Refusal:
    """The note, where it is one of this order and of the caller's own."""
    note = order.operator.notes.get(note_id)
    if note is None:
        return Refusal(ErrorCode.NOT_FOUND, f"{order.name} has no note {note_id}")
    if note.by.casefold() != context.actor.name.casefold():
        return Refusal(ErrorCode.FORBIDDEN, f"The note is {note.by}'s; only they may change or delete it")
    return note


def _with(operator: OperatorState, note_id: str, note: Note) -> OperatorState:
    return operator.model_copy(update={"notes": {**operator.notes, note_id: note}})


def _full(order: LockedOrder, note_id: str, note: Note) -> Refusal | None:
    there = order.operator.notes
    if notes.size(each.text for each in {**there, note_id: note}.values()) <= notes.MOST_BYTES:
        return None
    message = f"{order.name} has {len(there)} notes, with which it is full: all of them may have {notes.MOST_BYTES // 1024} KiB"
    return Refusal(ErrorCode.TOO_LARGE, message)


def _shown(note_id: str) -> Shown:
    return {"noteId": note_id}


def _late(written_at: Ms, now: Ms) -> Refusal | None:
    why = notes.too_late(written_at, now)
    return None if why is None else Refusal(ErrorCode.ILLEGAL_TRANSITION, why, allowed_actions=())


def _not_undone(patch: Patch, now: Ms) -> Refusal | None:
    """Notes may be undone as long as they may be changed."""
    written = (Ms(value["at"]) for values in patch.values() for value in values if value is not None)
    return next((late for at in written if (late := _late(at, now)) is not None), None)


def _restored_parts(_: object, patch: Patch) -> tuple[Shown, ...]:
    return tuple(_shown(path.partition("/")[2]) for path in patch)


NOTE = ActionDefinition(
    "Write a note about orders, or change an own one; it stays on this desk",
    NoteBody,
    run=_run,
    order_ids=lambda body: body.order_ids,
    message=lambda _, execution: f"Noted on {execution.orders}",
    restored=lambda *_: {},
    restored_parts=_restored_parts,
    not_undone=_not_undone,
    refusals=(ErrorCode.ILLEGAL_TRANSITION,),
)
