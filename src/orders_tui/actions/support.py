"""`support`: a note to the support queue. The order goes to the assistant, who answers in its thread."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from orders_tui.actions.draft import Draft
from orders_tui.actions.field_changes import Changes, Earlier, FieldChange
from orders_wire.vocabulary import ASSISTANT, ActionName, AlertType

if TYPE_CHECKING:
    from orders_wire.actions import SupportBody
    from orders_wire.orders import Order


@dataclass(frozen=True, slots=True)
class SupportDraft(Draft):
    """Escalate each order to the assistant with a note; without a conversation the order keeps or gets its own thread."""

    action = ActionName.SUPPORT
    word = "support"
    doing = "writing to support"
    done = "escalated to support"
    orders_per_request = 1
    note: str
    conversation_id: str | None = None

    @property
    def repeated(self) -> str:
        return self.note

    def effect(self, order_id: str, row: Order | None, earlier: Earlier) -> Changes:
        owner = FieldChange(row.assigned_to if row else None, ASSISTANT, firm=True)
        if row is None:
            return {"assigned_to": owner}
        thread = FieldChange(row.support_thread, self.conversation_id or row.support_thread)
        alerts = [*row.alerts, *({AlertType.SUPPORT_ESCALATED} - set(row.alerts))]
        return {"assigned_to": owner, "support_thread": thread, "alerts": FieldChange(row.alerts, alerts)}

    def body(self, expected: dict[str, int] | None) -> SupportBody:
        from orders_wire.actions import SupportBody

        return SupportBody(
            order_id=self.order_ids[0],
            note=self.note,
            conversation_id=self.conversation_id,
            expected_versions=expected,
        )
