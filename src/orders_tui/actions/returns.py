"""`returns`: an order's return moves on, is denied, or, while a customer asks for it, is accepted."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from orders_tui.actions.draft import Draft
from orders_tui.actions.field_changes import Changes, Earlier, FieldChange
from orders_tui.actions.sending import goes
from orders_wire.return_machine import after, allowed_actions
from orders_wire.vocabulary import ActionName, ReturnAction, ReturnState

if TYPE_CHECKING:
    from orders_wire.actions import ReturnsBody
    from orders_wire.orders import Order
    from orders_wire.people import Me


_FINAL = frozenset({ReturnAction.APPROVE_REFUND, ReturnAction.DENY})
ANSWERS = (ReturnAction.APPROVE_REQUEST, ReturnAction.DENY)
"""What a customer's request is answered by: it is Shopify's from every state, and may mail the customer."""


@dataclass(frozen=True, slots=True)
class ReturnsDraft(Draft):
    """Move each order's return (its newest that is not terminal, or `return_id`).

    `notify`: whether the customer is mailed that a request is accepted or declined; None: as the server is set.
    """

    action = ActionName.RETURNS
    word = "return"
    doing = "deciding the return"
    orders_per_request = 1
    repeated = None
    """Each return is a decision of its own."""
    move: ReturnAction
    note: str | None = None
    return_id: str | None = None
    notify: bool | None = None

    @property
    def done(self) -> str:
        return f"return: {named(self.move)}"

    @property
    def final(self) -> str:
        return named(self.move) if self.move in _FINAL else ""

    def obstacle(self, order: Order) -> str | None:
        if order.return_ is None:
            return "no return"
        state = "requested" if order.return_.requested else order.return_.state.replace("_", " ")
        if order.return_.state.terminal:
            return f"return {state}"
        if self.move not in order.return_.allowed_actions:
            return f"{named(self.move)} is not allowed in {state}"
        return None

    def effect(self, order_id: str, row: Order | None, earlier: Earlier) -> Changes:
        current = row.return_ if row is not None else None
        if current is None or (self.return_id is not None and self.return_id != current.id):
            return {}
        state = after(current.state, self.move, requested=current.requested)
        if state is None:
            return {}
        since = current.since if state is current.state else None
        update = {"state": state, "since": since, "allowed_actions": allowed_actions(state), "requested": False}
        moved = current.model_copy(update=update)
        return {"return_": FieldChange(current, moved)}

    def body(self, expected: dict[str, int] | None) -> ReturnsBody:
        from orders_wire.actions import ReturnsBody

        return ReturnsBody(
            order_id=self.order_ids[0],
            action=self.move,
            note=self.note,
            return_id=self.return_id,
            notify=self.notify,
            expected_versions=expected,
        )

    def to_book(self) -> dict[str, Any]:
        return {**Draft.to_book(self), "action": self.move}

    @classmethod
    def from_book(cls, item: Mapping[str, Any]) -> ReturnsDraft:
        """The move is kept as `action`."""
        given = (item.get(name) for name in ("note", "return_id", "notify"))
        move, versions = ReturnAction(item["action"]), item.get("versions", {})
        return cls(tuple(item["order_ids"]), move, *given, versions=versions)


def named(move: ReturnAction) -> str:
    """In words: `approve refund`."""
    return "accept request" if move is ReturnAction.APPROVE_REQUEST else move.replace("_", " ")


def mails(move: ReturnAction | None, *, requested: bool) -> bool:
    """Whether a move may mail the customer: an answer to a request."""
    return requested and move in ANSWERS


def outward(move: ReturnAction, state: ReturnState, me: Me | None, undo_key: str) -> str:
    """That a move from `state` goes to Shopify; empty where nothing of it is for Shopify."""
    sent = move in ANSWERS or (move, state) == (ReturnAction.APPROVE_REFUND, ReturnState.AWAITING_REFUND)
    return goes(1, me, undo_key, alone=True) if sent else ""
