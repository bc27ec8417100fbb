"""The shop's words and what they mean here: carrier states, payments, holds, and what moves a return (Shopify's and the ERP's).

Closed tables; an unknown word means nothing.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum

from orders_wire.vocabulary import HoldReason, Issue

DEAD_FULFILLMENT = frozenset({"cancelled", "canceled", "failure", "error"})
"""Statuses of a fulfilment that is no parcel (any more)."""

CLOSED_FULFILLMENT_ORDER = frozenset({"closed", "cancelled"})
"""Statuses of a fulfilment order from which nothing is to be sent any more."""

ENDED_FULFILLMENT_ORDER = CLOSED_FULFILLMENT_ORDER | {"incomplete"}
"""Statuses of a fulfilment order that asks nobody for anything any more."""

CREATE_FULFILLMENT = "create_fulfillment"
"""Among a fulfilment order's supported actions: the shop lets it be fulfilled."""

DELIVERED = frozenset({"delivered", "picked_up"})
IN_TRANSIT = frozenset({"in_transit", "carrier_picked_up"})
LATE_PRONE = IN_TRANSIT | {"out_for_delivery", "delayed"}
"""States of a parcel that the carrier should keep reporting on: the tab `delayed` (contract §1)."""

MOVING = LATE_PRONE | {"label_purchased", "label_printed", "confirmed", "attempted_delivery", "ready_for_pickup"}
"""States under `in_transit` in contract §1, rule of `status`."""

CARRIER_TROUBLE = frozenset({"failure", "not_delivered", "attempted_delivery", "delayed"})
CARRIER_STATES = MOVING | DELIVERED | CARRIER_TROUBLE
"""Everything that a carrier reports; other words in that place (`fulfilled`, `submitted`) say nothing of the journey."""

CARRIER_EVENTS: Mapping[str, str] = {
    "in_transit": "fulfillment_in_transit",
    "carrier_picked_up": "fulfillment_in_transit",
    "out_for_delivery": "fulfillment_out_for_delivery",
    "delivered": "fulfillment_delivered",
    "picked_up": "fulfillment_delivered",
    "delayed": "fulfillment_delayed",
}

PAYMENT_OF_STATUS: Mapping[str, str] = {
    "authorized": "payment_authorized",
    "partially_paid": "payment_captured",
    "paid": "payment_captured",
    "partially_refunded": "payment_refunded",
    "refunded": "payment_refunded",
    "voided": "payment_voided",
    "expired": "payment_failed",
}

_AUTHORIZING = ("authorization", "emv_authorization")
_CAPTURING = ("capture", "sale", "eft_capture")
PAYMENT_OF_TRANSACTION: Mapping[tuple[str, str], str] = {
    **{(kind, "success"): "payment_authorized" for kind in _AUTHORIZING},
    **{(kind, "success"): "payment_captured" for kind in _CAPTURING},
    **{(kind, status): "payment_failed" for kind in _AUTHORIZING + _CAPTURING for status in ("failure", "error")},
    ("refund", "success"): "payment_refunded",
    ("void", "success"): "payment_voided",
}

SETTLED_DISPUTES = frozenset({"won", "lost", "accepted", "charge_refunded", "prevented"})
"""Statuses of a dispute that is over."""

REASON_IN_SHOPIFY: Mapping[HoldReason, str] = {
    HoldReason.ADDRESS: "INCORRECT_ADDRESS",
    HoldReason.INVENTORY: "INVENTORY_OUT_OF_STOCK",
    HoldReason.PAYMENT: "AWAITING_PAYMENT",
    HoldReason.FRAUD: "HIGH_RISK_OF_FRAUD",
    HoldReason.CUSTOMER: "OTHER",
    HoldReason.OTHER: "OTHER",
}
"""The FulfillmentHoldReason under which Shopify keeps a hold of ours."""

HELD_FOR: Mapping[str, HoldReason] = {
    REASON_IN_SHOPIFY[reason].lower(): reason for reason in HoldReason if reason is not HoldReason.CUSTOMER
}
"""What a hold's reason in Shopify means; every other one is `other`."""

MEANINGS: Mapping[HoldReason, Issue] = {
    HoldReason.PAYMENT: Issue.PAYMENT,
    HoldReason.ADDRESS: Issue.ADDRESS,
    HoldReason.INVENTORY: Issue.INVENTORY,
}
"""The words of `issue` for a hold's reason; every other one is `manual_check`."""


class Move(StrEnum):
    """What Shopify and the ERP report of a return, in the order in which moves of one instant are applied (contract §3)."""

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
