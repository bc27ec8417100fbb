"""The lines and quantities of one order that a request names: contract §3a, Ids."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TypeVar

from orders_sync.actions import order_ids
from orders_sync.actions.context import ActionContext
from orders_sync.actions.decision import Decision, Refusal
from orders_sync.actions.execute import Execution, execute
from orders_sync.actions.locked_order import LockedOrder
from orders_sync.actions.order_ids import NamedOrder
from orders_sync.db.tx import Tx
from orders_sync.rules.owed import OwedLine
from orders_wire.actions import FulfillBody, GivenLine, HoldBody
from orders_wire.texts import trimmed
from orders_wire.vocabulary import ErrorCode

B = TypeVar("B", FulfillBody, HoldBody)

_GID = "gid://shopify/LineItem/"


def on_each_order(
    decide: Callable[[LockedOrder, B, ActionContext], Decision | Refusal],
) -> Callable[[Tx, ActionContext, B], Execution | Refusal]:
    """An action that is decided on every order that its body names, or on lines of one."""

    def run(tx: Tx, context: ActionContext, body: B) -> Execution | Refusal:
        named = order_ids.find(tx.conn, tx.shop_id, body.order_ids)
        refused = _unfit(named, body.lines)
        if refused is not None:
            return refused
        return execute(tx, context, named, body.expected_versions, lambda order: decide(order, body, context))

    return run


def _unfit(named: Sequence[NamedOrder], lines: Sequence[GivenLine] | None) -> Refusal | None:
    """Why lines cannot be meant at all: there are none, or several orders are named."""
    if lines is None:
        return None
    if not lines:
        return Refusal(ErrorCode.INVALID_REQUEST, "lines: name at least one, or leave them out for all that is owed")
    if order_ids.several(named):
        return Refusal(ErrorCode.INVALID_REQUEST, "lines: orderIds has to name one order, whose lines they are")
    return None


def units(order: LockedOrder, given: Sequence[GivenLine]) -> dict[int, int] | Refusal:
    """Quantities by line item, each at least 1 and at most what is owed of the line."""
    owed = {line.part.id: line for line in order.state.lines}
    found: dict[int, int] = {}
    for line in given:
        line_id = _number(line.line_id)
        if line_id is None or line_id not in owed:
            return Refusal(ErrorCode.NOT_FOUND, f"{order.name} has no line {line.line_id}")
        name, left = called(owed[line_id]), owed[line_id].owed
        if line_id in found:
            return Refusal(ErrorCode.INVALID_REQUEST, f"lines: {name} of {order.name} is named twice")
        if not 1 <= line.quantity <= left:
            message = f"lines: {line.quantity} of {name} asked for, {left} left to send of {order.name}"
            return Refusal(ErrorCode.INVALID_REQUEST, message)
        found[line_id] = line.quantity
    return found


def called(line: OwedLine) -> str:
    """A line as a message names it."""
    return line.part.sku or line.part.title or str(line.part.id)


def _number(spelling: str) -> int | None:
    digits = (trimmed(spelling) or "").removeprefix(_GID)
    return int(digits) if digits.isascii() and digits.isdigit() and len(digits) <= 19 else None
