"""Taking an own note away: contract §3a, `DELETE /sync/orders/note/{id}`. But for how it is asked for, an action as any other."""

from __future__ import annotations

from orders_sync.actions import note
from orders_sync.actions.context import ActionContext
from orders_sync.actions.definition import ActionDefinition
from orders_sync.actions.execute import Execution, execute
from orders_sync.actions.order_ids import NamedOrder
from orders_sync.db.events import order_gid
from orders_sync.db.tx import Tx
from orders_wire.actions import Action
from orders_wire.vocabulary import ErrorCode


class NoteDeletion(Action):
    """The note that the path names, and its order; what every action may carry stands in the body, where there is one."""

    note_id: str
    order_id: int


def _run(tx: Tx, context: ActionContext, body: NoteDeletion) -> Execution:
    named = [NamedOrder(order_gid(body.order_id), body.order_id)]
    return execute(tx, context, named, body.expected_versions, lambda order: note.delete(order, body.note_id, context))


NOTE_DELETION = ActionDefinition(
    "Delete an own note",
    NoteDeletion,
    run=_run,
    order_ids=lambda body: [order_gid(body.order_id)],
    message=lambda _, execution: f"Noted: the note on {execution.done[0].order.name} is deleted",
    restored=lambda *_: {},
    refusals=(ErrorCode.ILLEGAL_TRANSITION,),
)
