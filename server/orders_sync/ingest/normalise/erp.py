"""What the ERP reports (contract §4): where a return is, when stock is expected. Messages are `{"type", "timestamp", "data"}`.

`return.*`: `return_id`, and `order_id` where it is known. `inventory.expected`: `sku` and `eta` (JSON null: no longer expected).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

from orders_sync.evidence.changes import Change, ReturnMoved, Stamp, StockExpected
from orders_sync.evidence.json_fields import Node, Unreadable
from orders_sync.instants import Ms

Step = Literal["in_transit", "received", "inspected", "refunded"]

_STEPS: Mapping[str, Step] = {
    "return.in_transit": "in_transit",
    "return.received": "received",
    "return.inspected": "inspected",
    "return.refunded": "refunded",
}


def read(message_type: str, message: Node, seen: Ms) -> tuple[Change, ...]:
    """The change that a message reports; an unknown type reports none. Raises Unreadable."""
    data = message.node("data") or message
    stamp = Stamp(data.instant("at", "timestamp") or message.instant("timestamp") or seen, seen)
    step = _STEPS.get(message_type)
    if step is not None:
        return (ReturnMoved(data.need_id("return_id", "returnId"), data.id("order_id", "orderId"), step, stamp),)
    if message_type != "inventory.expected":
        return ()
    sku = data.text("sku", most=512)
    if sku is None:
        raise Unreadable("data.sku is missing")
    return (StockExpected(sku, data.instant("eta"), stamp),)
