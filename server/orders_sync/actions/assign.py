"""Assign: who owns an order. Contract §3, Owner: the present owner again is a success that changes nothing."""

from __future__ import annotations

from orders_sync.actions.acting import Acting
from orders_sync.actions.decision import Decision
from orders_sync.actions.view import View, with_entry
from orders_sync.outbox.kinds import Kind
from orders_sync.outbox.queue import Write
from orders_sync.rules.operator_state import Entry
from orders_sync.rules.timeline import key
from orders_wire.actions import AssignBody
from orders_wire.vocabulary import UNASSIGNED


def decide(view: View, body: AssignBody, acting: Acting) -> Decision:
    """Makes the assignee the owner, or nobody."""
    owner = None if body.assignee.casefold() == UNASSIGNED else body.assignee
    shown: dict[str, object] = {"assignedTo": owner or UNASSIGNED}
    before = view.operator.assigned_to
    if owner == before:
        return Decision(view.operator, shown, f"already with {owner or 'nobody'}")
    details = f"{before or 'nobody'} → {owner or 'nobody'}"
    entry = Entry(ts=acting.second, event="assigned", details=f"{owner or 'nobody'}, by {acting.actor.name}")
    operator = with_entry(view.operator, key("assigned", acting.action_id), entry, **owned(owner, acting))
    return Decision(operator, shown, details, (owner_write(view.order_id, owner),))


def owned(owner: str | None, acting: Acting) -> dict[str, object]:
    """What is decided of another owner, set by this action."""
    return {"assigned_to": owner, "owner_action": acting.action_id}


def owner_write(order_id: int, owner: str | None) -> Write:
    """The metafield that tells Shopify's side who owns the order."""
    return Write(Kind.OWNER, order_id, {"value": owner or UNASSIGNED})
