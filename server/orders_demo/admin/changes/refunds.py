"""refundCreate. It tells the order with its errors; none of them has a code."""

from __future__ import annotations

from typing import Any

from orders_demo.admin import gids
from orders_demo.admin.call import Info, call
from orders_demo.admin.changes.refusal import Payload, Refused, done, refusal
from orders_demo.admin.fields.orders import refundable
from orders_demo.operations import payments
from orders_demo.world.ids import gid
from orders_demo.world.money import minor, text
from orders_demo.world.orders import Line, Order


def create(_root: Any, info: Info, input: dict[str, Any]) -> Payload:  # noqa: A002
    """Pay back what the transactions say, and take the lines off."""
    stage = call(info).stage
    order = stage.shop.orders.get(gids.number(input["orderId"], "Order") or 0)
    if order is None:
        return refusal(Refused(["orderId"], "Order does not exist"), order=None, refund=None)
    try:
        lines = _lines(order, input.get("refundLineItems") or [])
        amount = _amount(order, input.get("transactions") or [], input.get("currency"))
    except Refused as refused:
        return refusal(refused, order=order, refund=None)
    kinds = [entry.get("restockType") or "NO_RESTOCK" for entry in input.get("refundLineItems") or []]
    made = stage.perform(
        lambda at: payments.refund(stage.shop, order, lines, at, amount=amount, note=input.get("note"))
    )
    made.shipping = _shipping(order, input.get("shipping") or {})
    for entry, kind in zip(made.lines, kinds, strict=True):
        entry.restock_type = kind
    effect = {"refund": gid("Refund", made.id), "amount": text(made.total)}
    stage.ledger.mutation(stage.now(), "refundCreate", gid("Order", order.id), effect)
    return done(order=order, refund=made)


def _lines(order: Order, wanted: list[dict[str, Any]]) -> list[tuple[Line, int]]:
    known = {line.id: line for line in order.lines}
    found = []
    for index, entry in enumerate(wanted):
        line = known.get(gids.number(entry["lineItemId"], "LineItem") or 0)
        if line is None:
            raise Refused(["refundLineItems", str(index), "lineItemId"], "Line item does not exist")
        if entry["quantity"] > refundable(line):
            told = "Quantity cannot refund more items than were purchased"
            raise Refused(["refundLineItems", str(index), "quantity"], told)
        found.append((line, entry["quantity"]))
    return found


def _shipping(order: Order, given: dict[str, Any]) -> int:
    left = order.carriage - sum(refund.shipping for refund in order.refunds)
    return left if given.get("fullRefund") else minor(str(given.get("amount") or "0"))


def _amount(order: Order, wanted: list[dict[str, Any]], currency: str | None) -> int:
    """What goes back, in the shop currency; it is asked for in `currency`."""
    parents = {payment.id for payment in order.payments if payment.kind in ("SALE", "CAPTURE")}
    for entry in wanted:
        if gids.number(entry.get("parentId") or "0", "OrderTransaction") not in parents:
            raise Refused(["transactions"], "Transactions require a parent_id associated with the order")
    asked, left = sum(minor(str(entry["amount"])) for entry in wanted), order.received - order.refunded
    foreign = currency is not None and currency != order.tender.shop
    total = (asked * 1_000_000 + order.tender.rate // 2) // order.tender.rate if foreign else asked
    if total > left:
        raise Refused(None, f"Refund amount ${text(total)} is greater than net payment received ${text(left)}")
    return total
