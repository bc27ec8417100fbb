"""The life of a return as both sides know it: its way, and what an operator may do to it where (contract §3, Returns).

Forward only, and the last three states never change again, except by undo.
"""

from __future__ import annotations

from collections.abc import Mapping

from orders_wire.vocabulary import ReturnAction, ReturnState

PATH: tuple[ReturnState, ...] = (
    ReturnState.AWAITING_LABEL,
    ReturnState.LABEL_GENERATED,
    ReturnState.IN_TRANSIT,
    ReturnState.INSPECTION,
    ReturnState.AWAITING_REFUND,
    ReturnState.COMPLETED,
)
"""The way of a return that is neither denied nor cancelled."""

OPEN_STATES = PATH[:-1]

ACTIONS: Mapping[tuple[ReturnAction, ReturnState], ReturnState] = {
    (ReturnAction.REQUEST_INSPECTION, ReturnState.LABEL_GENERATED): ReturnState.INSPECTION,
    (ReturnAction.REQUEST_INSPECTION, ReturnState.IN_TRANSIT): ReturnState.INSPECTION,
    (ReturnAction.APPROVE_REFUND, ReturnState.INSPECTION): ReturnState.AWAITING_REFUND,
    (ReturnAction.APPROVE_REFUND, ReturnState.AWAITING_REFUND): ReturnState.COMPLETED,
    **{(ReturnAction.DENY, state): ReturnState.DENIED for state in OPEN_STATES},
}
"""What an operator may do, and where it leads."""


def after(state: ReturnState, action: ReturnAction) -> ReturnState | None:
    """Where an operator's action leads; None when it is not allowed from `state`."""
    return ACTIONS.get((action, state))


def allowed_actions(state: ReturnState) -> list[ReturnAction]:
    """The actions that an operator may take on a return in `state`; none when it is terminal."""
    return [action for action in ReturnAction if (action, state) in ACTIONS]
