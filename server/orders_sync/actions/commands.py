"""What each action's request comes to: which orders it names, and what is decided on each."""

from __future__ import annotations

from collections.abc import Callable

from orders_sync.actions import assign, fulfill, ids, inventory, returns, support
from orders_sync.actions.acting import Acting
from orders_sync.actions.decision import Refusal
from orders_sync.actions.execute import Carried, Decide, carry_out
from orders_sync.actions.ids import Named
from orders_sync.actions.undo import Undone, undo
from orders_sync.db import stock
from orders_sync.db.events import order_gid
from orders_sync.db.texts import key
from orders_sync.db.tx import Tx
from orders_wire.actions import (
    Action,
    AssignBody,
    FulfillBody,
    InventoryBody,
    ReturnsBody,
    SupportBody,
    UndoBody,
)
from orders_wire.vocabulary import ErrorCode

Draw = Callable[[], str]
"""Eight random hexadecimal digits."""


def run(tx: Tx, acting: Acting, body: Action, draw: Draw) -> Carried | Undone | Refusal:
    """Does what the body asks for."""
    match body:
        case AssignBody():
            return _each(tx, acting, body, body.order_ids, lambda view: assign.decide(view, body, acting))
        case FulfillBody():
            return _each(tx, acting, body, body.order_ids, lambda view: fulfill.decide(view, body, acting))
        case SupportBody():
            return _each(tx, acting, body, [body.order_id], lambda view: support.decide(view, body, acting, draw))
        case ReturnsBody():
            return _each(tx, acting, body, [body.order_id], lambda view: returns.decide(view, body, acting))
        case InventoryBody():
            return _inventory(tx, acting, body)
        case UndoBody():
            return undo(tx, acting, body)
        case _:
            raise TypeError(f"{type(body).__name__} is not the body of an action")


def foreseen(body: Action) -> list[int] | None:
    """The orders that it will lock, as far as its body tells; null when only the database knows."""
    match body:
        case AssignBody() | FulfillBody():
            return ids.foreseen(body.order_ids)
        case SupportBody() | ReturnsBody():
            return ids.foreseen([body.order_id])
        case _:
            return None


def _each(tx: Tx, acting: Acting, body: Action, spellings: list[str], decide: Decide) -> Carried:
    named = ids.name(tx, spellings)
    return carry_out(tx, acting, named, expected=ids.expected(tx, named, body.expected_versions), decide=decide)


def _inventory(tx: Tx, acting: Acting, body: InventoryBody) -> Carried | Refusal:
    if body.order_ids is None:
        named = [Named(order_gid(order_id), order_id) for order_id in stock.owing(tx, [key(body.sku)])]
    else:
        named = ids.name(tx, body.order_ids)
    if not named:
        return Refusal(ErrorCode.NOT_FOUND, f"No open order owes {body.sku}")
    return carry_out(
        tx,
        acting,
        named,
        expected=ids.expected(tx, named, body.expected_versions),
        decide=lambda view: inventory.decide(view, body, acting),
        closing=lambda held: inventory.message(held, body, acting),
    )
