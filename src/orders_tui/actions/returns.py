"""`returns`: an order's return moves on, or is denied."""

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


@dataclass(frozen=True, slots=True)
class ReturnsDraft(Draft):
    """Move each order's return (its newest that is not terminal, or `return_id`)."""

    action = ActionName.RETURNS
    word = "return"
    orders_per_request = 1
    repeated = None
    """Each return is a decision of its own."""
    move: ReturnAction
    note: str | None = None
    return_id: str | None = None

    @property
    def done(self) -> str:
        return f"return: {named(self.move)}"

    @property
    def final(self) -> str:
        return "" if self.move is ReturnAction.REQUEST_INSPECTION else named(self.move)

    def obstacle(self, order: Order) -> str | None:
        if order.return_ is None:
            return "no return"
        state = order.return_.state.replace("_", " ")
        if order.return_.state.terminal:
            return f"return {state}"
        if self.move not in order.return_.allowed_actions:
            return f"{named(self.move)} is not allowed in {state}"
        return None

    def effect(self, order_id: str, row: Order | None, earlier: Earlier) -> Changes:
        current = row.return_ if row is not None else None
        if current is None or (self.return_id is not None and self.return_id != current.id):
            return {}
        state = after(current.state, self.move)
        if state is None:
            return {}
        moved = current.model_copy(update={"state": state, "since": None, "allowed_actions": allowed_actions(state)})
        return {"return_": FieldChange(current, moved)}

    def body(self, expected: dict[str, int] | None) -> ReturnsBody:
        from orders_wire.actions import ReturnsBody

        return ReturnsBody(
            order_id=self.order_ids[0],
            action=self.move,
            note=self.note,
            return_id=self.return_id,
            expected_versions=expected,
        )

    def to_book(self) -> dict[str, Any]:
        return {**Draft.to_book(self), "action": self.move}

    @classmethod
    def from_book(cls, item: Mapping[str, Any]) -> ReturnsDraft:
        """The move is kept as `action`."""
        note, return_id, versions = item.get("note"), item.get("return_id"), item.get("versions", {})
        return cls(tuple(item["order_ids"]), ReturnAction(item["action"]), note, return_id, versions=versions)


def named(move: ReturnAction) -> str:
    """In words: `approve refund`."""
    return move.replace("_", " ")


def outward(move: ReturnAction, state: ReturnState, me: Me | None, undo_key: str) -> str:
    """That a move from `state` goes to Shopify; empty where nothing of it is for Shopify."""
    sent = move is ReturnAction.DENY or (move, state) == (ReturnAction.APPROVE_REFUND, ReturnState.AWAITING_REFUND)
    return goes(1, me, undo_key, alone=True) if sent else ""
