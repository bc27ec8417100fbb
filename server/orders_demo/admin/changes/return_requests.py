"""returnRequest and returnCreate: a return begins, asked for or already allowed."""

from __future__ import annotations

from typing import Any

from orders_demo.admin import gids
from orders_demo.admin.call import Info, call
from orders_demo.admin.changes.refusal import Payload, Refused, done, refusal
from orders_demo.operations import returning
from orders_demo.world.ids import gid
from orders_demo.world.orders import Order
from orders_demo.world.parcels import ParcelLine


def request(_root: Any, info: Info, input: dict[str, Any]) -> Payload:  # noqa: A002
    """The customer asks."""
    return _begin(info, "returnRequest", "input", input, allowed=False)


def create(_root: Any, info: Info, returnInput: dict[str, Any]) -> Payload:
    """The shop takes goods back of its own accord."""
    return _begin(info, "returnCreate", "returnInput", returnInput, allowed=True)


def _begin(info: Info, name: str, path: str, given: dict[str, Any], *, allowed: bool) -> Payload:
    stage = call(info).stage
    order = stage.shop.orders.get(gids.number(given["orderId"], "Order") or 0)
    try:
        if order is None:
            raise Refused([path, "orderId"], "Order not found.", "NOT_FOUND")
        units = _units(order, given["returnLineItems"], [path, "returnLineItems"])
    except Refused as refused:
        return refusal(refused, **{"return": None})
    first = given["returnLineItems"][0]
    entry = stage.perform(
        lambda at: returning.request(
            stage.shop,
            order,
            units,
            at,
            reason=first.get("returnReason") or "UNKNOWN",
            note=first.get("returnReasonNote") or "",
            customer_note=first.get("customerNote"),
        )
    )
    if allowed:
        stage.perform(lambda at: returning.approve(stage.shop, entry, at))
    stage.ledger.mutation(stage.now(), name, gid("Return", entry.id), {"order": gid("Order", order.id)})
    return done(**{"return": entry})


def _units(order: Order, wanted: list[dict[str, Any]], path: list[str]) -> list[tuple[ParcelLine, int]]:
    sent = {line.id: line for parcel in order.parcels if parcel.status == "SUCCESS" for line in parcel.lines}
    found = []
    for index, entry in enumerate(wanted):
        line = sent.get(gids.number(entry["fulfillmentLineItemId"], "FulfillmentLineItem") or 0)
        if line is None:
            told = "Fulfillment Line Item was not found."
            raise Refused([*path, str(index), "fulfillmentLineItemId"], told, "NOT_FOUND")
        if not 0 < entry["quantity"] <= line.quantity - _coming_back(order, line):
            told = "Return line item has an invalid quantity."
            raise Refused([*path, str(index), "quantity"], told, "INVALID")
        found.append((line, entry["quantity"]))
    return found


def _coming_back(order: Order, sent: ParcelLine) -> int:
    """Units of this line that other returns are about."""
    standing = [entry for entry in order.returns if entry.status not in ("CANCELED", "DECLINED")]
    return sum(line.quantity for entry in standing for line in entry.lines if line.parcel_line is sent)
