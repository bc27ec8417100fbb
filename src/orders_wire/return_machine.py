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
    (ReturnAction.APPROVE_REQUEST, ReturnState.AWAITING_LABEL): ReturnState.AWAITING_LABEL,
    (ReturnAction.REQUEST_INSPECTION, ReturnState.LABEL_GENERATED): ReturnState.INSPECTION,
    (ReturnAction.REQUEST_INSPECTION, ReturnState.IN_TRANSIT): ReturnState.INSPECTION,
    (ReturnAction.APPROVE_REFUND, ReturnState.INSPECTION): ReturnState.AWAITING_REFUND,
    (ReturnAction.APPROVE_REFUND, ReturnState.AWAITING_REFUND): ReturnState.COMPLETED,
    **{(ReturnAction.DENY, state): ReturnState.DENIED for state in OPEN_STATES},
}
"""What an operator may do, and where it leads. A request alone is approved (contract §3a): the state stays, the request ends."""


def after(state: ReturnState, action: ReturnAction, *, requested: bool = False) -> ReturnState | None:
    """Where an operator's action leads; None when it is not allowed from `state`. `requested`: a customer asks for it still."""
    return None if action is ReturnAction.APPROVE_REQUEST and not requested else ACTIONS.get((action, state))


def allowed_actions(state: ReturnState, *, requested: bool = False) -> list[ReturnAction]:
    """The actions that an operator may take on a return in `state`; none when it is terminal."""
    return [action for action in ReturnAction if after(state, action, requested=requested) is not None]
