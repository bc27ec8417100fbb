"""What the support queue is told: one message, `support.escalated`, `{"type", "timestamp", "data"}`.

`data`: `order_id` (GID), `order_number`, `conversation_id`, `by`, `note`. The answer is not read: the thread is ours.
"""

from __future__ import annotations

from orders_sync.db.events import order_gid
from orders_sync.db.outbox import Payload
from orders_sync.instants import Ms, to_text


def escalated(order_id: int, order_number: str, conversation_id: str, *, by: str, note: str | None, at: Ms) -> Payload:
    """An operator asks for support with an order."""
    data = {
        "order_id": order_gid(order_id),
        "order_number": order_number,
        "conversation_id": conversation_id,
        "by": by,
        "note": note,
    }
    return {"type": "support.escalated", "timestamp": to_text(at), "data": data}
