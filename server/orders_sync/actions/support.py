"""Support: an order is handed to the support queue, and to `assistant` (contract §3)."""

from __future__ import annotations

from orders_sync.actions.assign import owner_write, set_owner
from orders_sync.actions.context import ActionContext
from orders_sync.actions.decision import Decision
from orders_sync.actions.definition import ActionDefinition, on_each_order
from orders_sync.actions.locked_order import LockedOrder, with_entry
from orders_sync.external import messages
from orders_sync.outbox.kinds import Kind
from orders_sync.outbox.queue import Write
from orders_sync.rules.operator_state import Entry, Escalation
from orders_sync.rules.timeline import brief, key
from orders_wire.actions import SupportBody
from orders_wire.vocabulary import ASSISTANT


def _decide(order: LockedOrder, body: SupportBody, context: ActionContext) -> Decision:
    """Escalates under the given conversation, else the order's thread, else a new one."""
    before, by = order.operator, context.actor.name
    thread = body.conversation_id or before.thread or f"conversation:{context.settings.random_hex()}"
    escalation = Escalation(action_id=context.action_id, at=context.now, by=by, note=body.note)
    decided: dict[str, object] = {"thread": thread, "escalation": escalation}
    message = messages.support_escalated(order.order_id, order.name, thread, by=by, note=body.note, at=context.now)
    writes = [Write(Kind.ESCALATION, order.order_id, message)]
    if before.assigned_to != ASSISTANT:
        decided |= set_owner(ASSISTANT, context)
        writes.append(owner_write(order.order_id, ASSISTANT))
    if before.thread != thread:
        writes.append(Write(Kind.THREAD, order.order_id, {"value": thread}))
    details = f"{thread}, by {by}" + (f": {body.note}" if body.note else "")
    entry = Entry(ts=context.second, event="support_escalated", details=brief(details))
    operator = with_entry(before, key("support_escalated", context.action_id), entry, **decided)
    return Decision(operator, {"supportThread": thread}, details, tuple(writes))


SUPPORT = ActionDefinition(
    "Hand an order to the support queue",
    SupportBody,
    run=on_each_order(lambda body: [body.order_id], _decide),
    order_ids=lambda body: [body.order_id],
    message=lambda _, execution: f"Support requested for {execution.done[0].order.name}",
    restored=lambda state, _: {"supportThread": state.operator.thread},
)
