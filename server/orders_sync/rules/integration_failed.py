"""`integration_failed`: a write of ours that died, or a fulfilment that was discarded while the goods are still owed.

One cause per outbox row and failure, so that a row that was retried and died again raises a new alert (contract §2).
"""

from __future__ import annotations

from orders_sync.rules import parcel_writes
from orders_sync.rules.operator_state import FailedWrite
from orders_sync.rules.order_state import OrderState
from orders_sync.rules.projection import Cause
from orders_wire.vocabulary import AlertType, Severity

_TO_DO = "Put that right and retry it in the outbox, or discard it there"
_DO_AGAIN = "Do it again if it is still to be done"
_RECEIVERS = {"shopify": "Shopify", "erp": "the ERP", "support": "the support queue"}
_WRITES = {
    "owner": "Owner",
    "thread": "Support thread",
    "fulfillment": "Fulfilment",
    "tracking": "Tracking number",
    "refund": "Refund",
    "return_approve": "Accepted return",
    "return_deny": "Denied return",
    "hold": "Hold",
    "release_hold": "Release of the hold",
    "tags": "Tags",
    "address": "Address",
    "cancel": "Cancellation",
    "return": "Return update",
    "inventory": "Inventory escalation",
    "escalation": "Support request",
}


_NOT = {"cancel": "is not confirmed by"}
"""What is said instead of "did not reach": it may have."""

_OF_THE_ORDER = frozenset({"tags", "address"})
"""What it is worth while the order has something to do, once it was discarded."""


def what(kind: str) -> str:
    """A kind of row, in people's words."""
    return _WRITES.get(kind, kind)


def causes(state: OrderState) -> tuple[Cause, ...]:
    """The failures that still stand."""
    return tuple(
        Cause(
            AlertType.INTEGRATION_FAILED,
            f"outbox {row_id} {failed.at}",
            _message(state.name, failed),
            Severity.CRITICAL,
        )
        for row_id, failed in sorted(state.operator.failed.items())
        if _stands(state, failed)
    )


def _stands(state: OrderState, failed: FailedWrite) -> bool:
    """A write that died stands until somebody decides; one that was discarded as long as what it was for is to be done."""
    if failed.while_owed:
        of = None if failed.lines is None else {line.id for line in failed.lines}
        return not state.over and any(line.owed for line in state.in_shop if of is None or line.part.id in of)
    if not failed.discarded:
        return True
    if failed.kind == "cancel":
        return not state.over and not any(parcel.alive for parcel in state.parcels)
    if failed.kind in _OF_THE_ORDER:
        return state.live_at is not None
    if failed.kind == "tracking":
        as_before = (each for each in state.parcels if each.live and each.real and each.number == failed.before)
        return any(parcel_writes.same_parcel(failed.of, each, state) for each in as_before)
    if failed.kind == "hold":
        return state.owed_in_shop and not state.over
    if failed.kind == "release_hold":
        return bool(state.holds)
    if failed.kind == "return_approve":
        return any(each.id == failed.of and each.requested for each in state.returns)
    return any(each.id == failed.of and not each.state.terminal for each in state.returns)


def _message(order_name: str, failed: FailedWrite) -> str:
    """What did not leave, why, and what to do about it."""
    whom = _RECEIVERS.get(failed.target, failed.target)
    message = f"{order_name}: {what(failed.kind)} {_NOT.get(failed.kind, 'did not reach')} {whom}"
    if failed.reason is None:
        return message
    return f"{message}: {failed.reason}. {_DO_AGAIN if failed.discarded else _TO_DO}"
