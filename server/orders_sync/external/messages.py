"""What the ERP and the support queue are sent: `{"type", "timestamp", "data"}`; order and return ids are Shopify's GIDs.

To the ERP, whose answers come back by `POST /erp/webhook` (contract §4):
- `return.inspection_requested`, `return.refund_approved`, `return.refund_ordered`, `return.denied`: `order_id`, `order_number`,
  `return_id`, `state`, `by`, `note`.
- `inventory.escalated`: `sku`, `orders` (`[{order_id, order_number}]`), `by`, `note`.

To the support queue, whose answer is not read, since the thread is ours:
- `support.escalated`: `order_id`, `order_number`, `conversation_id`, `by`, `note`.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

from orders_sync.db.events import order_gid
from orders_sync.db.outbox import Payload
from orders_sync.instants import Ms, to_text
from orders_wire.vocabulary import ReturnState

_RETURN_TYPES = {
    ReturnState.INSPECTION: "return.inspection_requested",
    ReturnState.AWAITING_REFUND: "return.refund_approved",
    ReturnState.COMPLETED: "return.refund_ordered",
    ReturnState.DENIED: "return.denied",
}
"""By the state that an operator moved the return to."""


def return_moved(
    order_id: int, order_number: str, return_id: int, state: ReturnState, *, by: str, note: str | None, at: Ms
) -> Payload:
    """An operator moved a return to `state`."""
    moved = {"return_id": f"gid://shopify/Return/{return_id}", "state": state.value, "by": by, "note": note}
    return _message(_RETURN_TYPES[state], at, {**escalated_order(order_id, order_number), **moved})


def inventory_escalated(sku: str, orders: Sequence[Mapping[str, str]], *, by: str, note: str | None, at: Ms) -> Payload:
    """Orders wait for a SKU. `orders` as `escalated_order` gives them."""
    return _message("inventory.escalated", at, {"sku": sku, "orders": list(orders), "by": by, "note": note})


def support_escalated(
    order_id: int, order_number: str, conversation_id: str, *, by: str, note: str | None, at: Ms
) -> Payload:
    """An operator asks for support with an order."""
    asked = {"conversation_id": conversation_id, "by": by, "note": note}
    return _message("support.escalated", at, {**escalated_order(order_id, order_number), **asked})


def without(message: Payload, order_ids: Collection[int]) -> Payload:
    """An inventory escalation that leaves these orders out: they were taken back before it left."""
    data = message["data"]
    assert isinstance(data, dict)
    gone = {order_gid(order_id) for order_id in order_ids}
    return {**message, "data": {**data, "orders": [order for order in data["orders"] if order["order_id"] not in gone]}}


def escalated_order(order_id: int, order_number: str) -> dict[str, str]:
    """How a message names an order."""
    return {"order_id": order_gid(order_id), "order_number": order_number}


def _message(kind: str, at: Ms, data: Mapping[str, object]) -> Payload:
    return {"type": kind, "timestamp": to_text(at), "data": data}
