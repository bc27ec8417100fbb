"""The shop's words and what they mean here: carrier states, payments, holds. Closed tables; an unknown word means nothing."""

from __future__ import annotations

from collections.abc import Mapping

from orders_wire.vocabulary import Issue

DEAD_FULFILLMENT = frozenset({"cancelled", "canceled", "failure", "error"})
"""Statuses of a fulfilment that is no parcel (any more)."""

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

HOLD_REASONS: Mapping[str, Issue] = {
    "awaiting_payment": Issue.PAYMENT,
    "incorrect_address": Issue.ADDRESS,
    "inventory_out_of_stock": Issue.INVENTORY,
}
"""What a hold's reason means for the desk; every other reason is `manual_check`."""
