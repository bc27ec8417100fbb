"""Each closed set of the contract as signs: no word of it is without one."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from orders_tui.commands import TAB_HOLDS
from orders_wire.vocabulary import (
    AlertType,
    CancelReason,
    Delivery,
    EventType,
    HoldReason,
    Issue,
    ParcelSent,
    Priority,
    Ready,
    ReturnState,
    Severity,
    SortField,
    Status,
    Tab,
)

if TYPE_CHECKING:
    from orders_wire.detail import Return
    from orders_wire.orders import Order, ReturnSummary


class Tone(StrEnum):
    """What a colour is chosen by."""

    PLAIN = "plain"
    DIM = "dim"
    GOOD = "good"
    ACTIVE = "active"
    WARN = "warn"
    BAD = "bad"
    DIRE = "dire"


@dataclass(frozen=True, slots=True)
class Sign:
    """`glyph` (one cell), its `ascii` twin, the `word`, a `short` word (at most 9 cells), the tone."""

    glyph: str
    ascii: str
    word: str
    short: str
    tone: Tone = Tone.PLAIN

    def mark(self, ascii_only: bool = False) -> str:
        """The glyph to use."""
        return self.ascii if ascii_only else self.glyph


_STATUS = {
    Status.AWAITING_FULFILLMENT: Sign("○", "o", "unfulfilled", "unfulf.", Tone.ACTIVE),
    Status.AWAITING_TRACKING: Sign("◔", "%", "awaiting tracking", "no number", Tone.WARN),
    Status.IN_TRANSIT: Sign("→", ">", "in transit", "transit"),
    Status.FULFILLED: Sign("●", "*", "fulfilled", "fulfilled", Tone.GOOD),
    Status.CANCELLED: Sign("⊘", "x", "cancelled", "cancelled", Tone.DIM),
    Status.REFUNDED: Sign("↺", "<", "refunded", "refunded", Tone.DIM),
}
_PARTIAL = Sign("◐", "&", "partial", "partial", Tone.ACTIVE)
_CANCELLING = Sign("⊖", "X", "cancelling", "cancels", Tone.WARN)
_ISSUE = {
    Issue.PAYMENT: Sign("$", "$", "payment", "payment", Tone.BAD),
    Issue.ADDRESS: Sign("@", "@", "address", "address", Tone.WARN),
    Issue.INVENTORY: Sign("▤", "#", "inventory", "stock", Tone.WARN),
    Issue.CARRIER: Sign("»", "}", "carrier", "carrier", Tone.WARN),
    Issue.MANUAL_CHECK: Sign("?", "?", "manual check", "check", Tone.WARN),
}
_HOLD = {
    HoldReason.ADDRESS: _ISSUE[Issue.ADDRESS],
    HoldReason.INVENTORY: _ISSUE[Issue.INVENTORY],
    HoldReason.PAYMENT: _ISSUE[Issue.PAYMENT],
    HoldReason.FRAUD: Sign("⚑", "!", "fraud", "fraud", Tone.BAD),
    HoldReason.CUSTOMER: Sign("☺", "c", "customer", "customer", Tone.WARN),
    HoldReason.OTHER: Sign("?", "?", "other", "other", Tone.WARN),
}
_PRIORITY = {
    Priority.VIP: Sign("★", "^", "VIP", "VIP", Tone.ACTIVE),
    Priority.RUSH: Sign("▲", "+", "rush", "rush", Tone.WARN),
    Priority.STANDARD: Sign("·", ".", "standard", "std", Tone.DIM),
}
_RETURN = {
    ReturnState.AWAITING_LABEL: Sign("○", "o", "awaiting label", "label", Tone.WARN),
    ReturnState.LABEL_GENERATED: Sign("◔", "%", "label generated", "labelled"),
    ReturnState.IN_TRANSIT: Sign("←", "<", "on its way back", "on way"),
    ReturnState.INSPECTION: Sign("◐", "&", "inspection", "inspect", Tone.ACTIVE),
    ReturnState.AWAITING_REFUND: Sign("$", "$", "awaiting refund", "refund", Tone.WARN),
    ReturnState.COMPLETED: Sign("✓", "v", "completed", "done", Tone.GOOD),
    ReturnState.DENIED: Sign("✗", "x", "denied", "denied", Tone.DIM),
    ReturnState.CANCELLED: Sign("⊘", "0", "cancelled", "cancelled", Tone.DIM),
}
_REQUESTED = Sign("◇", "r", "requested", "requested", Tone.ACTIVE)
_CANCEL = {
    CancelReason.CUSTOMER: _HOLD[HoldReason.CUSTOMER],
    CancelReason.INVENTORY: _HOLD[HoldReason.INVENTORY],
    CancelReason.FRAUD: _HOLD[HoldReason.FRAUD],
    CancelReason.DECLINED: Sign("$", "$", "declined", "declined", Tone.BAD),
    CancelReason.STAFF: Sign("±", "~", "staff", "staff", Tone.WARN),
    CancelReason.OTHER: _HOLD[HoldReason.OTHER],
}
_DELIVERY = {
    Delivery.SHIPPING: Sign("→", ">", "shipping", "shipping", Tone.DIM),
    Delivery.LOCAL: Sign("⌂", "l", "local delivery", "local", Tone.ACTIVE),
    Delivery.PICKUP: Sign("⌂", "p", "pick-up", "pick-up", Tone.ACTIVE),
    Delivery.NONE: Sign("·", ".", "no delivery", "none", Tone.DIM),
}
_SENT = {
    ParcelSent.SENT: Sign("✓", "v", "sent", "sent", Tone.GOOD),
    ParcelSent.WAITING: Sign("◌", ".", "waiting", "waiting", Tone.ACTIVE),
    ParcelSent.FAILED: Sign("✗", "x", "failed", "failed", Tone.BAD),
    ParcelSent.LOCAL: Sign("·", "-", "local", "local", Tone.DIM),
}
READY = {
    Ready.YES: Sign("✓", "v", "ready", "ready", Tone.GOOD),
    Ready.PART: Sign("½", "/", "ready in part", "part", Tone.ACTIVE),
    Ready.NO: Sign("·", ".", "not ready", "waits", Tone.DIM),
}
_SEVERITY = {
    Severity.CRITICAL: Sign("!", "!", "critical", "critical", Tone.BAD),
    Severity.WARNING: Sign("▲", "^", "warning", "warning", Tone.WARN),
    Severity.INFO: Sign("i", "i", "info", "info", Tone.DIM),
}
_EVENT = {
    EventType.SHIPMENT_DELAY: Sign("»", "}", "shipment delayed", "delay", Tone.WARN),
    EventType.ORDER_OVERDUE: Sign("!", "!", "overdue", "overdue", Tone.BAD),
    EventType.INVENTORY_HOLD: Sign("▤", "#", "inventory hold", "hold", Tone.WARN),
    EventType.RETURN_UPDATE: Sign("←", "<", "return", "return"),
    EventType.SUPPORT_ESCALATED: Sign("☎", "s", "escalated to support", "support", Tone.ACTIVE),
    EventType.INTEGRATION_FAILED: Sign("✗", "x", "integration failed", "failed", Tone.BAD),
    EventType.TRACKING_PENDING: Sign("◔", "%", "tracking pending", "tracking", Tone.WARN),
    EventType.HOLD_DUE: Sign("◷", "d", "hold due", "hold due", Tone.WARN),
    EventType.MENTION: Sign("@", "@", "mention", "mention", Tone.ACTIVE),
    EventType.DATA_GAP: Sign("∅", "0", "data gap", "gap", Tone.WARN),
    EventType.REFRESH: Sign("·", ".", "refresh", "refresh", Tone.DIM),
}
_SORT = {
    SortField.PLACED_AT: "placed",
    SortField.VALUE_USD: "value",
    SortField.ASSIGNED_TO: "owner",
    SortField.CUSTOMER_NAME: "customer",
}
_TAB = {
    Tab.ALL: ("All", "All"),
    Tab.UNFULFILLED: ("Unfulfilled", "Unfulfilled"),
    Tab.OVERDUE: ("Overdue", "Overdue"),
    Tab.AWAITING_TRACKING: ("Awaiting tracking", "No tracking"),
    Tab.TRACKING_PENDING: ("Tracking pending", "Pending"),
    Tab.DELAYED: ("Delayed", "Delayed"),
    Tab.HOLDS: ("Holds", "Holds"),
    Tab.RETURNS: ("Returns", "Returns"),
    Tab.REFUNDED: ("Refunded", "Refunded"),
}
_TIMELINE = {
    "order_placed": Sign("+", "+", "order placed", "placed"),
    "order_cancelled": Sign("⊘", "x", "order cancelled", "cancelled", Tone.DIM),
    "order_edited": Sign("±", "~", "order edited", "edited"),
    "payment_authorized": Sign("$", "$", "payment authorized", "auth."),
    "payment_captured": Sign("$", "$", "payment captured", "captured", Tone.GOOD),
    "payment_failed": Sign("$", "$", "payment failed", "pay fail", Tone.BAD),
    "payment_refunded": Sign("↺", "<", "payment refunded", "refund"),
    "payment_voided": Sign("$", "$", "payment voided", "voided", Tone.DIM),
    "payment_disputed": Sign("!", "!", "payment disputed", "dispute", Tone.BAD),
    "inventory_hold": Sign("‖", "=", "held for stock", "hold", Tone.WARN),
    "inventory_release": Sign("▷", ">", "hold released", "released", Tone.GOOD),
    "fulfillment_submitted": Sign("◐", "&", "fulfilment submitted", "fulfil"),
    "fulfillment_in_transit": Sign("→", ">", "in transit", "transit"),
    "fulfillment_out_for_delivery": Sign("→", ">", "out for delivery", "delivery"),
    "fulfillment_delivered": Sign("●", "*", "delivered", "delivered", Tone.GOOD),
    "fulfillment_delayed": Sign("»", "}", "delayed", "delayed", Tone.WARN),
    "fulfillment_cancelled": Sign("⊘", "x", "fulfilment cancelled", "cancelled", Tone.DIM),
    "support_escalated": Sign("☎", "s", "escalated to support", "support", Tone.ACTIVE),
    "assigned": Sign("@", "@", "assigned", "assigned"),
    "note": Sign("·", ".", "desk", "desk", Tone.DIM),
}
_NOTE = Sign("✎", '"', "note", "note")


def order_status(order: Order) -> Sign:
    """An order's status; one that is being cancelled, and one of which a part is on its way, have signs of their own."""
    if order.cancelling is not None and order.status is not Status.CANCELLED:
        return _CANCELLING
    partial = order.status is Status.AWAITING_FULFILLMENT and order.tracking
    return _PARTIAL if partial else _STATUS[order.status]


def issue(value: Issue) -> Sign:
    """What keeps an order from going well."""
    return _ISSUE[value]


def hold_reason(value: HoldReason) -> Sign:
    """Why an order is held."""
    return _HOLD[value]


def priority(value: Priority) -> Sign:
    """`vip`, `rush`, `standard`."""
    return _PRIORITY[value]


def cancel_reason(value: CancelReason) -> Sign:
    """Why an order is cancelled."""
    return _CANCEL[value]


def return_state(value: ReturnState, *, requested: bool = False) -> Sign:
    """Where a return stands; `requested`: a customer asks for it, and nobody has answered."""
    return _REQUESTED if requested and not value.terminal else _RETURN[value]


def return_sign(value: ReturnSummary | Return) -> Sign:
    """Where this return stands."""
    return return_state(value.state, requested=value.requested)


def delivery(value: Delivery) -> Sign:
    """How an order gets to its buyer."""
    return _DELIVERY[value]


def parcel_sent(value: ParcelSent) -> Sign:
    """How far a parcel is known to Shopify."""
    return _SENT[value]


def severity(value: Severity) -> Sign:
    """How bad an alert is."""
    return _SEVERITY[value]


def event_type(value: EventType | AlertType) -> Sign:
    """What an alert is about."""
    return _EVENT[EventType(value)]


def tab(value: Tab) -> tuple[str, str]:
    """A tab's title and its short title (at most 11 cells)."""
    return _TAB[value]


def tab_holds(value: Tab, pending_hours: float = 2, delayed_hours: float = 24) -> str:
    """What stands in a tab, in a sentence that goes on from its title."""
    return TAB_HOLDS[value].format(pending=f"{pending_hours:g} h", delayed=f"{delayed_hours:g} h")


def sort_field(value: SortField) -> str:
    """What rows are sorted by."""
    return _SORT.get(value, value.replace("_", " "))


def note() -> Sign:
    """What somebody wrote to the others."""
    return _NOTE


def timeline_event(value: str, *, requested: bool = False) -> Sign:
    """A timeline entry's `event`; an unknown one reads as its name with spaces. `requested`: of a return that is no more yet.
    A `note` is what the desk itself says of what was done here; of what somebody wrote, `note()` is the sign.
    """
    known = _TIMELINE.get(value)
    if known is not None:
        return known
    if value.startswith("return_") and value.removeprefix("return_") in list(ReturnState):
        state = return_state(ReturnState(value.removeprefix("return_")), requested=requested)
        return Sign(state.glyph, state.ascii, f"return: {state.word}", "return", state.tone)
    return Sign("·", ".", value.replace("_", " "), value.replace("_", " ")[:9], Tone.DIM)
