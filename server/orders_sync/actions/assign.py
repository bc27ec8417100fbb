"""Assign: who owns an order. Contract §3, Owner: the present owner again is a success that changes nothing."""

from __future__ import annotations

from orders_sync.actions.context import ActionContext
from orders_sync.actions.decision import Decision
from orders_sync.actions.definition import ActionDefinition, on_each_order
from orders_sync.actions.execute import Execution
from orders_sync.actions.locked_order import LockedOrder, with_entry
from orders_sync.outbox.kinds import Kind
from orders_sync.outbox.queue import Write
from orders_sync.rules.operator_state import Entry
from orders_sync.rules.timeline import key
from orders_wire.actions import AssignBody
from orders_wire.vocabulary import UNASSIGNED


def _decide(order: LockedOrder, body: AssignBody, context: ActionContext) -> Decision:
    """Makes the assignee the owner, or nobody."""
    owner = _owner(body)
    shown: dict[str, object] = {"assignedTo": owner or UNASSIGNED}
    before = order.operator.assigned_to
    if owner == before:
        return Decision(order.operator, shown, f"already with {owner or 'nobody'}")
    entry = Entry(ts=context.second, event="assigned", details=f"{owner or 'nobody'}, by {context.actor.name}")
    operator = with_entry(order.operator, key("assigned", context.action_id), entry, **set_owner(owner, context))
    details = f"{before or 'nobody'} → {owner or 'nobody'}"
    return Decision(operator, shown, details, (owner_write(order.order_id, owner),))


def _owner(body: AssignBody) -> str | None:
    return None if body.assignee.casefold() == UNASSIGNED else body.assignee


def set_owner(owner: str | None, context: ActionContext) -> dict[str, object]:
    """What is decided of another owner, set by this action."""
    return {"assigned_to": owner, "owner_action": context.action_id}


def owner_write(order_id: int, owner: str | None) -> Write:
    """The metafield at Shopify that says who owns the order."""
    return Write(Kind.OWNER, order_id, {"value": owner or UNASSIGNED})


def _message(body: AssignBody, execution: Execution) -> str:
    return f"Assigned {execution.orders} to {_owner(body) or 'nobody'}"


ASSIGN = ActionDefinition(
    "Make somebody, or nobody, the owner",
    AssignBody,
    run=on_each_order(lambda body: body.order_ids, _decide),
    order_ids=lambda body: body.order_ids,
    message=_message,
    restored=lambda state, _: {"assignedTo": state.operator.assigned_to or UNASSIGNED},
)
