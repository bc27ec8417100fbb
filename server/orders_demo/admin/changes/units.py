"""Units of a fulfilment order as a mutation names them: line ids and quantities."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from orders_demo.admin import gids
from orders_demo.admin.changes.refusal import Refused
from orders_demo.world.parcels import FulfillmentOrder, FulfillmentOrderLine

NO_LINE = "Fulfillment order line item does not exist."
TOO_MANY = "Invalid fulfillment order line item quantity requested."
Refuse = Callable[[str, str | None], Refused]
"""(message, code) → the error of the mutation that asks."""


def chosen(
    task: FulfillmentOrder, units: list[dict[str, Any]], refuse: Refuse
) -> list[tuple[FulfillmentOrderLine, int]]:
    """The lines that are meant and how many of each. Raises Refused."""
    lines = {line.id: line for line in task.lines}
    found = []
    for unit in units:
        line = lines.get(gids.number(unit["id"], "FulfillmentOrderLineItem") or 0)
        if line is None:
            raise refuse(NO_LINE, None)
        if unit["quantity"] > line.remaining:
            raise refuse(TOO_MANY, "INVALID_LINE_ITEM_QUANTITY")
        found.append((line, unit["quantity"]))
    return found
