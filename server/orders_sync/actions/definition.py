"""What an action is on the server: the shape of one entry in `registry.ACTIONS`. Each action's file makes its own."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Generic, TypeVar

from orders_sync.actions import order_ids
from orders_sync.actions.context import ActionContext
from orders_sync.actions.decision import Decision, Refusal, Shown
from orders_sync.actions.execute import Execution, execute
from orders_sync.actions.locked_order import LockedOrder
from orders_sync.actions.undo_record import Patch
from orders_sync.db.tx import Tx
from orders_sync.instants import Ms
from orders_sync.rules.order_state import OrderState
from orders_wire.actions import Action
from orders_wire.vocabulary import ErrorCode

B = TypeVar("B", bound=Action)

Run = Callable[[Tx, ActionContext, B], Execution | Refusal]
OrderIds = Callable[[B], Sequence[str]]
"""The orders that a body names, as they are spelled there."""

Overtaken = Callable[[OrderState, str, object], bool]
"""(state, key, value set) → true when the shop has gone beyond what the action set, whatever our own decisions say."""


@dataclass(frozen=True)
class ActionDefinition(Generic[B]):
    """One action. `text`: what it does, in a sentence; `body`: the model of its request; `run`: does what a body asks for.

    `message`: what the response says of the orders that it was done on; `restored`: what undo's response shows of an order whose
    action was taken back, under the names that the action itself had for it; `restored_parts`: the same, of an action that is
    about several things of an order. `order_ids`: the orders that it will lock, None
    where only the database knows. `overtaken`: by field of `OperatorState`, what keeps undo from taking it back;
    `not_undone`: why undo of what it set on an order is too late at an instant.
    `refusals`: codes beyond those of every action.
    """

    text: str
    body: type[B]
    run: Run[B]
    message: Callable[[B, Execution], str]
    restored: Callable[[OrderState, ActionContext], Shown]
    restored_parts: Callable[[OrderState, Patch], tuple[Shown, ...]] | None = None
    order_ids: OrderIds[B] | None = None
    overtaken: Mapping[str, Overtaken] = field(default_factory=dict)
    not_undone: Callable[[Patch, Ms], Refusal | None] | None = None
    refusals: tuple[ErrorCode, ...] = ()


def on_each_order(named: OrderIds[B], decide: Callable[[LockedOrder, B, ActionContext], Decision | Refusal]) -> Run[B]:
    """An action that is decided on every order that its body names."""

    def run(tx: Tx, context: ActionContext, body: B) -> Execution:
        orders = order_ids.find(tx.conn, tx.shop_id, named(body))
        return execute(tx, context, orders, body.expected_versions, lambda order: decide(order, body, context))

    return run
