"""Which orders an action could work on, as far as the client knows: contract §3's rules read forwards. Pure.

The server decides; this is the preview that a bulk dialog shows and what dims a key.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from orders_tui.drafts import Draft, ReturnsDraft
from orders_wire.vocabulary import ActionName, ReturnAction, Status

if TYPE_CHECKING:
    from orders_wire.orders import Order

_CLOSED = {Status.CANCELLED, Status.REFUNDED}


@dataclass(frozen=True, slots=True)
class Eligibility:
    """`eligible` ids; `skipped` ids by reason; `unknown` ids that nothing is known of here (they are sent)."""

    eligible: tuple[str, ...] = ()
    skipped: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    unknown: tuple[str, ...] = ()

    @property
    def sendable(self) -> tuple[str, ...]:
        """What would be sent."""
        return self.eligible + self.unknown


def obstacle(verb: ActionName, order: Order, action: ReturnAction | None = None) -> str | None:
    """Why this action would be refused for this order, in words; None when nothing speaks against it."""
    if verb is ActionName.FULFILL:
        return _cannot_fulfill(order)
    if verb is ActionName.RETURNS:
        return _cannot_move_return(order, action)
    if verb is ActionName.INVENTORY:
        return _closed(order) or (None if order.status is Status.AWAITING_FULFILLMENT else "nothing is owed any more")
    return None


def preview(draft: Draft, orders: Iterable[tuple[str, Order | None]]) -> Eligibility:
    """Sorts a draft's orders into those to send and those to skip."""
    action = draft.action if isinstance(draft, ReturnsDraft) else None
    eligible: list[str] = []
    unknown: list[str] = []
    skipped: dict[str, list[str]] = {}
    for order_id, order in orders:
        if order is None:
            unknown.append(order_id)
        elif (reason := obstacle(draft.verb, order, action)) is None:
            eligible.append(order_id)
        else:
            skipped.setdefault(reason, []).append(order_id)
    return Eligibility(tuple(eligible), {reason: tuple(ids) for reason, ids in skipped.items()}, tuple(unknown))


def _closed(order: Order) -> str | None:
    return str(order.status) if order.status in _CLOSED else None


def _cannot_fulfill(order: Order) -> str | None:
    if order.status in _CLOSED:
        return str(order.status)
    if order.hold is not None:
        return f"on hold ({order.hold.reason.replace('_', ' ')})"
    if order.status is Status.AWAITING_FULFILLMENT or any(parcel.number is None for parcel in order.tracking):
        return None
    return "fulfilled already"


def _cannot_move_return(order: Order, action: ReturnAction | None) -> str | None:
    current = order.return_
    if current is None:
        return "no return"
    state = current.state.replace("_", " ")
    if current.state.terminal:
        return f"return {state}"
    if action is not None and action not in current.allowed_actions:
        return f"{action.replace('_', ' ')} is not allowed in {state}"
    return None
