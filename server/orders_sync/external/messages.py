"""What the ERP is told. Messages are `{"type", "timestamp", "data"}`; order and return ids are Shopify's GIDs.

- `return.inspection_requested`, `return.refund_approved`, `return.refund_ordered`, `return.denied`: `order_id`, `order_number`,
  `return_id`, `state`, `by`, `note`.
- `inventory.escalated`: `sku`, `orders` (`[{order_id, order_number}]`), `by`, `note`.

Its answers come back by `POST /erp/webhook` (contract §4).
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


def return_gid(return_id: int) -> str:
    """A return's id as it stands on the wire."""
    return f"gid://shopify/Return/{return_id}"


def return_moved(
    order_id: int, order_number: str, return_id: int, state: ReturnState, *, by: str, note: str | None, at: Ms
) -> Payload:
    """An operator moved a return to `state`."""
    data = {
        "order_id": order_gid(order_id),
        "order_number": order_number,
        "return_id": return_gid(return_id),
        "state": state.value,
        "by": by,
        "note": note,
    }
    return {"type": _RETURN_TYPES[state], "timestamp": to_text(at), "data": data}


def inventory_escalated(sku: str, orders: Sequence[Mapping[str, str]], *, by: str, note: str | None, at: Ms) -> Payload:
    """Orders wait for a SKU. `orders` as `escalated_order` gives them."""
    data = {"sku": sku, "orders": list(orders), "by": by, "note": note}
    return {"type": "inventory.escalated", "timestamp": to_text(at), "data": data}


def escalated_order(order_id: int, order_number: str) -> dict[str, str]:
    """One order of an inventory escalation."""
    return {"order_id": order_gid(order_id), "order_number": order_number}


def without(message: Payload, order_ids: Collection[int]) -> Payload:
    """An inventory escalation that leaves these orders out: they were taken back before it left."""
    data = message["data"]
    assert isinstance(data, dict)
    gone = {order_gid(order_id) for order_id in order_ids}
    return {**message, "data": {**data, "orders": [order for order in data["orders"] if order["order_id"] not in gone]}}


def support_escalated(
    order_id: int, order_number: str, conversation_id: str, *, by: str, note: str | None, at: Ms
) -> Payload:
    """An operator asks for support with an order."""
    data = {
        "order_id": order_gid(order_id),
        "order_number": order_number,
        "conversation_id": conversation_id,
        "by": by,
        "note": note,
    }
    return {"type": "support.escalated", "timestamp": to_text(at), "data": data}
