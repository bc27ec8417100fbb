"""What the evidence of Shopify and of the ERP does to a return, beside the actions of `orders_wire.returns` (contract §3)."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum

from orders_wire.returns import PATH
from orders_wire.vocabulary import ReturnState

_S = ReturnState


class Move(StrEnum):
    """What Shopify's and the ERP's evidence tells, in the order in which moves of one instant are applied."""

    REQUESTED = "requested"
    OPEN = "open"
    LABELLED = "labelled"
    ERP_IN_TRANSIT = "erp_in_transit"
    ERP_RECEIVED = "erp_received"
    GOODS_CAME = "processing_required"
    ERP_INSPECTED = "erp_inspected"
    DISPOSED = "disposed"
    ERP_REFUNDED = "erp_refunded"
    REFUNDED = "refunded"
    CLOSED = "closed"
    DECLINED = "declined"
    CANCELED = "canceled"
    CANCELLED = "cancelled"
    REOPENED = "reopened"


EVIDENCE: Mapping[Move, ReturnState] = {
    Move.REQUESTED: _S.AWAITING_LABEL,
    Move.OPEN: _S.AWAITING_LABEL,
    Move.LABELLED: _S.LABEL_GENERATED,
    Move.ERP_IN_TRANSIT: _S.IN_TRANSIT,
    Move.ERP_RECEIVED: _S.INSPECTION,
    Move.GOODS_CAME: _S.INSPECTION,
    Move.ERP_INSPECTED: _S.AWAITING_REFUND,
    Move.DISPOSED: _S.AWAITING_REFUND,
    Move.ERP_REFUNDED: _S.COMPLETED,
    Move.REFUNDED: _S.COMPLETED,
    Move.CLOSED: _S.COMPLETED,
    Move.DECLINED: _S.DENIED,
    Move.CANCELED: _S.CANCELLED,
    Move.CANCELLED: _S.CANCELLED,
    Move.REOPENED: _S.INSPECTION,
}
"""The state that a piece of evidence carries a return to, from any state before it (contract §3, and §4 for the ERP)."""


def further(state: ReturnState | None, reached: ReturnState) -> ReturnState:
    """The state after evidence of `reached`: forward only; denial and cancellation from any that is not terminal."""
    if state is None:
        return reached
    if state.terminal:
        return state
    if reached.terminal:
        return reached
    return max(state, reached, key=PATH.index)
