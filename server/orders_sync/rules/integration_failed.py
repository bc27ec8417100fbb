"""`integration_failed`: a write of ours that died, or a fulfilment that was discarded while the goods are still owed.

One cause per outbox row and failure, so that a row that was retried and died again raises a new alert (contract §2).
"""

from __future__ import annotations

from orders_sync.rules.operator_state import FailedWrite
from orders_sync.rules.order_state import OrderState
from orders_sync.rules.parcels import OURS
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
    "return_deny": "Denied return",
    "hold": "Hold",
    "release_hold": "Release of the hold",
    "return": "Return update",
    "inventory": "Inventory escalation",
    "escalation": "Support request",
}


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
        return state.owed_in_shop and not state.over
    if not failed.discarded:
        return True
    if failed.kind == "tracking":
        lacking = {parcel.id for parcel in state.parcels if parcel.live and parcel.unnumbered}
        return bool(lacking) if failed.of in (None, OURS) else failed.of in lacking
    return any(each.id == failed.of and not each.state.terminal for each in state.returns)


def _message(order_name: str, failed: FailedWrite) -> str:
    """What did not leave, why, and what to do about it."""
    whom = _RECEIVERS.get(failed.target, failed.target)
    message = f"{order_name}: {what(failed.kind)} did not reach {whom}"
    if failed.reason is None:
        return message
    return f"{message}: {failed.reason}. {_DO_AGAIN if failed.discarded else _TO_DO}"
