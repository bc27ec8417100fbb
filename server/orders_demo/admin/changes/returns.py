"""returnApproveRequest, returnDeclineRequest, returnCancel, returnClose, returnReopen and returnProcess."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar

from orders_demo.admin import gids
from orders_demo.admin.call import Info, call
from orders_demo.admin.changes.refusal import Payload, Refused, done, refusal
from orders_demo.live_shop import LiveShop
from orders_demo.operations import returning
from orders_demo.world.ids import gid
from orders_demo.world.money import minor, text
from orders_demo.world.orders import Order
from orders_demo.world.returns import ExchangeLine, Return, ReturnLine
from orders_demo.world.shop import Shop

L = TypeVar("L", ReturnLine, ExchangeLine)

NOT_APPROVABLE = "Return is not approvable. Only returns with status REQUESTED can be approved."
NOT_DECLINABLE = "Return is not declinable. Only non-refunded returns with status REQUESTED can be declined."


@dataclass(frozen=True, slots=True)
class Move:
    """A mutation that moves a return. One already in the state `until` is answered as done, without effect."""

    name: str
    field: tuple[str, ...]
    check: Callable[[Return], None]
    act: Callable[[Shop, Return, datetime], None]
    until: str | None = None


def approve(_root: Any, info: Info, input: dict[str, Any]) -> Payload:  # noqa: A002
    """Allow a request."""

    def check(entry: Return) -> None:
        if entry.status != "REQUESTED":
            raise Refused(["input", "id"], NOT_APPROVABLE, "INVALID_STATE")

    payload = _move(info, Move("returnApproveRequest", ("input", "id"), check, returning.approve), input["id"])
    return _mailed(info, payload, "return_approved", input)


def decline(_root: Any, info: Info, input: dict[str, Any]) -> Payload:  # noqa: A002
    """Refuse a request."""

    def check(entry: Return) -> None:
        if entry.status == "DECLINED":
            raise Refused(["input", "id"], "The return is already declined.", "INVALID_STATE")
        if entry.status != "REQUESTED" or entry.refunds:
            raise Refused(["input", "id"], NOT_DECLINABLE, "INVALID_STATE")

    def act(shop: Shop, entry: Return, at: datetime) -> None:
        returning.decline(shop, entry, input["declineReason"], input.get("declineNote"), at)

    payload = _move(info, Move("returnDeclineRequest", ("input", "id"), check, act), input["id"])
    return _mailed(info, payload, "return_declined", input)


def _mailed(info: Info, payload: Payload, what: str, input: dict[str, Any]) -> Payload:  # noqa: A002
    """The customer hears of it, where that was asked for and it was done."""
    if input.get("notifyCustomer") and not payload["userErrors"]:
        stage = call(info).stage
        stage.ledger.mail(stage.now(), what, input["id"])
    return payload


def cancel(_root: Any, info: Info, id: str, **_: Any) -> Payload:  # noqa: A002
    """Call a return off; nothing of it may have been processed."""

    def check(entry: Return) -> None:
        if entry.status == "CANCELED":
            return
        if entry.status not in ("OPEN", "REQUESTED") or any(line.processed or line.refunded for line in entry.lines):
            raise Refused(["id"], "Return is not cancelable.", "INVALID_STATE")

    return _move(info, Move("returnCancel", ("id",), check, returning.cancel, "CANCELED"), id)


def close(_root: Any, info: Info, id: str) -> Payload:  # noqa: A002
    """Be done with a return."""
    return _move(info, Move("returnClose", ("id",), _open_or_closed, returning.close, "CLOSED"), id)


def reopen(_root: Any, info: Info, id: str) -> Payload:  # noqa: A002
    """Take a closed return up again."""
    return _move(info, Move("returnReopen", ("id",), _open_or_closed, returning.reopen, "OPEN"), id)


def process(_root: Any, info: Info, input: dict[str, Any]) -> Payload:  # noqa: A002
    """Settle units of an open return and pay back what was asked."""
    stage = call(info).stage
    try:
        entry = _find(stage, ["input", "returnId"], input["returnId"])
        if entry.status != "OPEN":
            raise Refused(["input", "returnId"], "Return status is invalid.", "INVALID_STATE")
        units = _units("returnLineItems", "ReturnLineItem", entry.lines, input)
        exchanges = _units("exchangeLineItems", "ExchangeLineItem", entry.exchanges, input)
        likely = returning.balance(entry, units, exchanges)
        amount = _amount(entry.order, (input.get("financialTransfer") or {}).get("issueRefund"), likely)
    except Refused as refused:
        return refusal(refused, **{"return": None})
    refund = stage.perform(
        lambda at: returning.process(
            stage.shop, entry, units, at, exchanges=exchanges, amount=amount, note=input.get("note")
        )
    )
    effect = {
        "refund": gid("Refund", refund.id) if refund else None,
        "amount": text(refund.total) if refund else None,
        "order": gid("Order", entry.order.id),
    }
    stage.ledger.mutation(stage.now(), "returnProcess", gid("Return", entry.id), effect)
    return done(**{"return": entry})


def _move(info: Info, move: Move, text_id: str) -> Payload:
    stage = call(info).stage
    try:
        entry = _find(stage, move.field, text_id)
        move.check(entry)
    except Refused as refused:
        return refusal(refused, **{"return": None})
    if entry.status != move.until:
        stage.perform(lambda at: move.act(stage.shop, entry, at))
        effect = {"status": entry.status, "order": gid("Order", entry.order.id)}
        stage.ledger.mutation(stage.now(), move.name, gid("Return", entry.id), effect)
    return done(**{"return": entry})


def _open_or_closed(entry: Return) -> None:
    if entry.status not in ("OPEN", "CLOSED"):
        raise Refused(["id"], "Return status is invalid.", "INVALID_STATE")


def _find(stage: LiveShop, field: Sequence[str], text_id: str) -> Return:
    entry = stage.shop.returns.get(gids.number(text_id, "Return") or 0)
    if entry is None:
        raise Refused(field, "Return not found.", "NOT_FOUND")
    return entry


def _units(name: str, kind: str, known: Sequence[L], given: dict[str, Any]) -> list[tuple[L, int]]:
    """The lines of one kind that are to be processed, and how many units of each."""
    lines = {line.id: line for line in known}
    units = []
    for index, unit in enumerate(given.get(name) or ()):
        path: list[str] = ["input", name, str(index)]
        line = lines.get(gids.number(unit["id"], kind) or 0)
        if line is None:
            what = "Return line item" if kind == "ReturnLineItem" else "Exchange line item"
            raise Refused([*path, "id"], f"{what} was not found.", "NOT_FOUND")
        if not 0 < unit["quantity"] <= line.quantity - line.processed:
            raise Refused([*path, "quantity"], "Quantity exceeds the processable quantity.", "INVALID")
        units.append((line, unit["quantity"]))
    return units


def _amount(order: Order, given: dict[str, Any] | None, likely: int) -> int | None:
    """What to pay back, in minor units of the shop currency; null when nothing is to be paid.

    It is given in the presentment currency of the order, as the schema says of `transactionAmount`. `likely`: what the shop
    suggested.
    """
    if not given:
        return None
    path = ["input", "financialTransfer", "issueRefund", "orderTransactions"]
    parents = {payment.id for payment in order.payments if payment.kind in ("SALE", "CAPTURE")}
    total = 0
    for index, entry in enumerate(given["orderTransactions"]):
        if gids.number(entry["parentId"], "OrderTransaction") not in parents:
            raise Refused([*path, str(index), "parentId"], "Transaction was not found.", "NOT_FOUND")
        money = entry["transactionAmount"]
        if money["currencyCode"] != order.tender.presentment:
            told = f"Transaction amount must be in the presentment currency of the order ({order.tender.presentment})."
            raise Refused([*path, str(index), "transactionAmount"], told, "INVALID")
        total += minor(str(money["amount"]))
    left = order.received - order.refunded
    if total > order.tender.present(left) and not given.get("allowOverRefunding"):
        told = f"Refund amount ${text(total)} is greater than net payment received ${text(order.tender.present(left))}"
        raise Refused(path, told, "INVALID")
    return order.tender.settle(total, likely, left)
