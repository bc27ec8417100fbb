"""Support: an order is handed to the support queue, and to `assistant` (contract §3)."""

from __future__ import annotations

from collections.abc import Callable

from orders_sync.actions.acting import Acting
from orders_sync.actions.assign import owned, owner_write
from orders_sync.actions.decision import Decision
from orders_sync.actions.view import View, with_entry
from orders_sync.external import messages
from orders_sync.outbox.kinds import Kind
from orders_sync.outbox.queue import Write
from orders_sync.rules.operator_state import Entry, Escalation
from orders_sync.rules.timeline import brief, key
from orders_wire.actions import SupportBody
from orders_wire.vocabulary import ASSISTANT

Draw = Callable[[], str]
"""Eight random hexadecimal digits."""


def decide(view: View, body: SupportBody, acting: Acting, draw: Draw) -> Decision:
    """Escalates under the given conversation, else the order's thread, else a new one."""
    before = view.operator
    thread = body.conversation_id or before.thread or f"conversation:{draw()}"
    escalation = Escalation(action_id=acting.action_id, at=acting.now, by=acting.actor.name, note=body.note)
    decided: dict[str, object] = {"thread": thread, "escalation": escalation}
    if before.assigned_to != ASSISTANT:
        decided |= owned(ASSISTANT, acting)
    told = f"{thread}, by {acting.actor.name}" + (f": {body.note}" if body.note else "")
    entry = Entry(ts=acting.second, event="support_escalated", details=brief(told))
    operator = with_entry(before, key("support_escalated", acting.action_id), entry, **decided)
    writes = [_message(view, body, acting, thread)]
    if before.assigned_to != ASSISTANT:
        writes.append(owner_write(view.order_id, ASSISTANT))
    if before.thread != thread:
        writes.append(Write(Kind.THREAD, view.order_id, {"value": thread}))
    return Decision(operator, {"supportThread": thread}, told, tuple(writes))


def _message(view: View, body: SupportBody, acting: Acting, thread: str) -> Write:
    payload = messages.support_escalated(
        view.order_id, view.name, thread, by=acting.actor.name, note=body.note, at=acting.now
    )
    return Write(Kind.ESCALATION, view.order_id, payload)
