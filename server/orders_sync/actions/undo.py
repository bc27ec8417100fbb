"""Undo: takes back what an action set, as long as none of its outbound work was claimed (contract §3, undo).

Each order is restored unless what the action set on it was changed since, by whomever. The entry in the timeline stays and a
`note` joins it; alerts that come back are opened anew.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import replace
from typing import Any

from orders_sync.actions.context import ActionContext
from orders_sync.actions.decision import Decision, Refusal, Shown
from orders_sync.actions.definition import ActionDefinition
from orders_sync.actions.execute import Execution, execute
from orders_sync.actions.locked_order import LockedOrder, with_entry
from orders_sync.actions.order_ids import NamedOrder
from orders_sync.actions.undo_record import AlteredRow, Patch, UndoRecord, revert
from orders_sync.db import audit, order_documents, outbox, outbox_claims
from orders_sync.db.outbox import OutboxRow
from orders_sync.db.tx import Tx
from orders_sync.external import messages
from orders_sync.outbox.kinds import METAFIELDS, Kind
from orders_sync.outbox.queue import unclaimed, withdraw
from orders_sync.rules.alert_causes import causes
from orders_sync.rules.operator_state import Entry
from orders_sync.rules.order_state import OrderState
from orders_sync.rules.timeline import key
from orders_wire.actions import UndoBody
from orders_wire.vocabulary import ActionName, ErrorCode

Undoable = Mapping[ActionName, ActionDefinition[Any]]


def definition(undoable: Undoable) -> ActionDefinition[UndoBody]:
    """Undo as an action, which takes back any of these."""
    return ActionDefinition(
        "Take an action back",
        UndoBody,
        run=lambda tx, context, body: _run(tx, context, body, undoable),
        message=lambda _, execution: f"Undone: {execution.undone} on {execution.orders}",
        restored=lambda *_: {},
        refusals=(ErrorCode.ALREADY_SENT, ErrorCode.FORBIDDEN, ErrorCode.ILLEGAL_TRANSITION),
    )


def _run(tx: Tx, context: ActionContext, body: UndoBody, undoable: Undoable) -> Execution | Refusal:
    """Takes an action back, or says, before anything is written, why it cannot be."""
    row = audit.locked_action(tx, body.action_id)
    if row is None or row.undone:
        return Refusal(ErrorCode.NOT_FOUND, "There is no such action to undo")
    if row.actor != context.actor.name and not context.actor.lead:
        return Refusal(ErrorCode.FORBIDDEN, f"Only {row.actor} or a lead may undo this")
    if row.kind not in undoable:
        message = f"The action {row.kind} is a later release's, which is to take it back. Ask again."
        return Refusal(ErrorCode.UNAVAILABLE, message)
    kind, record = ActionName(row.kind), UndoRecord.model_validate_json(row.body)
    order_documents.hold(tx.conn, tx.shop_id, [order.order_id for order in record.orders])
    rows = outbox.of_action(tx, body.action_id, [altered.row_id for altered in record.altered])
    if not unclaimed(rows):
        return Refusal(ErrorCode.ALREADY_SENT, "It has left already and cannot be undone")
    named = [NamedOrder(order.spelling, order.order_id) for order in record.orders]
    patches = {order.order_id: order.patch for order in record.orders}

    def decide(order: LockedOrder) -> Decision | Refusal:
        return _decide(order, patches[order.order_id], context, kind, undoable[kind])

    execution = execute(tx, context, named, body.expected_versions, decide)
    restored = {done.order.order_id for done in execution.done}
    if restored:
        _withdraw(tx, rows, record, restored)
        audit.mark_undone(tx, body.action_id)
    return replace(execution, undone=kind)


def _decide(
    order: LockedOrder, patch: Patch, context: ActionContext, kind: ActionName, action: ActionDefinition[Any]
) -> Decision | Refusal:
    if not patch:
        return Decision(order.operator, _shown(order.state, patch, context, action), "nothing to undo")
    refusal = None if action.not_undone is None else action.not_undone(patch, context.now)
    if refusal is not None:
        return refusal
    restored = None if _overtaken(order, patch, action) else revert(order.operator, patch)
    if restored is None:
        return Refusal(ErrorCode.VERSION_CONFLICT, f"{order.name} was changed since", version=order.known.version)
    state = order.state_under(restored)
    after = causes(state, context.now)
    before = {(cause.type, cause.key) for cause in causes(order.state, context.now)} if after else ()
    reopen = tuple(cause for cause in after if (cause.type, cause.key) not in before)
    details = f"{kind} undone, by {context.actor.name}"
    entry = Entry(ts=context.second, event="note", details=details)
    noted = with_entry(restored, key("note", context.action_id), entry)
    return Decision(noted, _shown(state, patch, context, action), details, reopen=reopen)


def _shown(
    state: OrderState, patch: Patch, context: ActionContext, action: ActionDefinition[Any]
) -> Shown | tuple[Shown, ...]:
    return action.restored(state, context) if action.restored_parts is None else action.restored_parts(state, patch)


def _overtaken(order: LockedOrder, patch: Patch, action: ActionDefinition[Any]) -> bool:
    """True when the shop has gone beyond what the action set, whatever our own decisions say."""
    for path, (_, after) in patch.items():
        name, _, of = path.partition("/")
        if after is not None and name in action.overtaken and action.overtaken[name](order.state, of, after):
            return True
    return False


def _withdraw(tx: Tx, rows: Collection[OutboxRow], record: UndoRecord, restored: Collection[int]) -> None:
    """What was queued for the restored orders will not leave, and what was queued before them leaves as it would have."""
    altered = {row.row_id for row in record.altered}
    mine = [row for row in rows if row.id not in altered]
    kept = [order.order_id for order in record.orders if order.patch and order.order_id not in restored]
    messages_left = [row for row in mine if row.kind == Kind.INVENTORY and kept]
    before = [row for row in record.altered if row.order_id in restored]
    payloads = {row.id: messages.without(row.payload, restored) for row in messages_left}
    outbox.set_payloads(tx, payloads | {row.row_id: row.payload for row in before})
    leaving = [row for row in mine if not kept or (row.kind != Kind.INVENTORY and row.order_id in restored)]
    outbox_claims.revive(tx, [row.id for row in leaving if row.kind in METAFIELDS])
    withdraw(tx, leaving)
    _wait_again(tx, [row for row in before if row.state is not None])


def _wait_again(tx: Tx, withdrawn: Collection[AlteredRow]) -> None:
    """What the action withdrew waits as it did."""
    for state in sorted({row.state for row in withdrawn if row.state is not None}):
        outbox.set_state(tx, [row.row_id for row in withdrawn if row.state is state], state)
    outbox.recount(tx, {row.order_id for row in withdrawn})
