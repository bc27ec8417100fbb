"""`integration_failed`: a write of ours that died, or a fulfilment that was discarded while the goods are still owed.

One cause per outbox row and failure, so that a row that was retried and died again raises a new alert (contract §2).
"""

from __future__ import annotations

from orders_sync.rules.operator_state import OperatorState
from orders_sync.rules.projection import Cause
from orders_wire.vocabulary import AlertType, Severity

_RECEIVERS = {"shopify": "Shopify", "erp": "the ERP", "support": "the support queue"}
_WRITES = {
    "owner": "Owner",
    "thread": "Support thread",
    "fulfillment": "Fulfilment",
    "refund": "Refund",
    "return_deny": "Denied return",
    "hold": "Hold",
    "release_hold": "Release of the hold",
    "return": "Return update",
    "inventory": "Inventory escalation",
    "escalation": "Support request",
}


def causes(order_name: str, operator: OperatorState, *, owed: bool) -> tuple[Cause, ...]:
    """The failures that still stand. `owed`: the evidence, without our acknowledgement, leaves something to fulfil."""
    return tuple(
        Cause(
            AlertType.INTEGRATION_FAILED,
            f"outbox {row_id} {failed.at}",
            f"{order_name}: {_WRITES.get(failed.kind, failed.kind)} did not reach {_RECEIVERS.get(failed.target, failed.target)}",
            Severity.CRITICAL,
        )
        for row_id, failed in sorted(operator.failed.items())
        if owed or not failed.while_owed
    )
