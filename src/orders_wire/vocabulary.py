"""The closed sets of the contract: every word that may stand in a field, a parameter or an error code."""

from __future__ import annotations

from enum import StrEnum


class Tab(StrEnum):
    """A queue of orders; its rule and order of rows are in contract §1, table of tabs."""

    ALL = "all"
    UNFULFILLED = "unfulfilled"
    OVERDUE = "overdue"
    AWAITING_TRACKING = "awaiting_tracking"
    TRACKING_PENDING = "tracking_pending"
    DELAYED = "delayed"
    HOLDS = "holds"
    RETURNS = "returns"
    REFUNDED = "refunded"


class Status(StrEnum):
    """An order's status, first match in this order of rules: contract §1."""

    CANCELLED = "cancelled"
    REFUNDED = "refunded"
    AWAITING_FULFILLMENT = "awaiting_fulfillment"
    AWAITING_TRACKING = "awaiting_tracking"
    IN_TRANSIT = "in_transit"
    FULFILLED = "fulfilled"


class StatusFilter(StrEnum):
    """What the `status` parameter takes: a status, or the rule of a tab."""

    CANCELLED = "cancelled"
    REFUNDED = "refunded"
    AWAITING_FULFILLMENT = "awaiting_fulfillment"
    AWAITING_TRACKING = "awaiting_tracking"
    IN_TRANSIT = "in_transit"
    FULFILLED = "fulfilled"
    OVERDUE = "overdue"
    HOLDS = "holds"


class Priority(StrEnum):
    VIP = "vip"
    RUSH = "rush"
    STANDARD = "standard"


class Channel(StrEnum):
    ONLINE = "online"
    POS = "pos"
    DRAFT = "draft"


class Delivery(StrEnum):
    """How an order gets to its buyer: contract §1. `local`: the shop brings it; `none`: nothing has to get there."""

    SHIPPING = "shipping"
    LOCAL = "local"
    PICKUP = "pickup"
    NONE = "none"


class Issue(StrEnum):
    """What keeps an order from going well, first match in this order: contract §1."""

    PAYMENT = "payment"
    ADDRESS = "address"
    INVENTORY = "inventory"
    CARRIER = "carrier"
    MANUAL_CHECK = "manual_check"


class HoldReason(StrEnum):
    """Why an operator holds an order: contract §3a, `hold`. The last three show as `manual_check` in `hold.reason` of ORDER."""

    ADDRESS = "address"
    INVENTORY = "inventory"
    PAYMENT = "payment"
    FRAUD = "fraud"
    CUSTOMER = "customer"
    OTHER = "other"


class HoldFilter(StrEnum):
    """What the `hold` parameter takes: a reason, whichever, or no hold at all."""

    ADDRESS = "address"
    INVENTORY = "inventory"
    PAYMENT = "payment"
    FRAUD = "fraud"
    CUSTOMER = "customer"
    OTHER = "other"
    ANY = "any"
    NONE = "none"


class IssueFilter(StrEnum):
    """What the `issue` parameter takes: an issue, or none."""

    PAYMENT = "payment"
    ADDRESS = "address"
    INVENTORY = "inventory"
    CARRIER = "carrier"
    MANUAL_CHECK = "manual_check"
    NONE = "none"


class Ready(StrEnum):
    """How much of what an order owes can be sent now: contract §3a, `ready`."""

    YES = "yes"
    PART = "part"
    NO = "no"


class HasFilter(StrEnum):
    """What the `has` parameter takes."""

    NOTE = "note"


EXCLUDING = ("ready", "hold", "issue", "delivery", "has", "country", "sku")
"""The list parameters in which a leading `-` asks for the rows with another value or none (contract §3a)."""


class HoldThen(StrEnum):
    """What happens when the time of a hold has come."""

    REMIND = "remind"
    RELEASE = "release"


class CancelReason(StrEnum):
    """Why an order is cancelled: contract §3a, `cancel`. Shopify's `OrderCancelReason`, in lower case."""

    CUSTOMER = "customer"
    INVENTORY = "inventory"
    FRAUD = "fraud"
    DECLINED = "declined"
    STAFF = "staff"
    OTHER = "other"


class CancelRefund(StrEnum):
    """What becomes of the money of a cancelled order: back the way it came, or it stays. Authorisations are voided either way."""

    ORIGINAL = "original"
    NONE = "none"


class ParcelSent(StrEnum):
    """How far a parcel is known to Shopify: it is there as it is shown; a row waits; a row is dead; nothing is to be sent."""

    SENT = "sent"
    WAITING = "waiting"
    FAILED = "failed"
    LOCAL = "local"


class SortField(StrEnum):
    PLACED_AT = "placed_at"
    SHIP_BY = "ship_by"
    ORDER_NUMBER = "order_number"
    STATUS = "status"
    PRIORITY = "priority"
    VALUE_USD = "value_usd"
    ASSIGNED_TO = "assigned_to"
    CUSTOMER_NAME = "customer_name"


class Direction(StrEnum):
    AFTER = "after"
    BEFORE = "before"


class ReturnState(StrEnum):
    """The states of a return: contract §3. The last three are terminal."""

    AWAITING_LABEL = "awaiting_label"
    LABEL_GENERATED = "label_generated"
    IN_TRANSIT = "in_transit"
    INSPECTION = "inspection"
    AWAITING_REFUND = "awaiting_refund"
    COMPLETED = "completed"
    DENIED = "denied"
    CANCELLED = "cancelled"

    @property
    def terminal(self) -> bool:
        """True for a state that never changes again, except by undo."""
        return self in _TERMINAL


_TERMINAL = frozenset({ReturnState.COMPLETED, ReturnState.DENIED, ReturnState.CANCELLED})


class ReturnAction(StrEnum):
    APPROVE_REQUEST = "approve_request"
    REQUEST_INSPECTION = "request_inspection"
    APPROVE_REFUND = "approve_refund"
    DENY = "deny"


class AlertType(StrEnum):
    """The alerts of contract §2; each names its rule."""

    SHIPMENT_DELAY = "shipment_delay"
    ORDER_OVERDUE = "order_overdue"
    INVENTORY_HOLD = "inventory_hold"
    RETURN_UPDATE = "return_update"
    SUPPORT_ESCALATED = "support_escalated"
    INTEGRATION_FAILED = "integration_failed"
    TRACKING_PENDING = "tracking_pending"
    HOLD_DUE = "hold_due"


class EventType(StrEnum):
    """`type` of an event on the alerts channel: an alert, a data gap, a mention of the caller, or a ping. The last two carry no
    message."""

    SHIPMENT_DELAY = "shipment_delay"
    ORDER_OVERDUE = "order_overdue"
    INVENTORY_HOLD = "inventory_hold"
    RETURN_UPDATE = "return_update"
    SUPPORT_ESCALATED = "support_escalated"
    INTEGRATION_FAILED = "integration_failed"
    TRACKING_PENDING = "tracking_pending"
    HOLD_DUE = "hold_due"
    MENTION = "mention"
    DATA_GAP = "data_gap"
    REFRESH = "refresh"


class Gap(StrEnum):
    """What a data gap is about: contract §2."""

    WEBHOOKS_SILENT = "webhooks_silent"
    POLLER_FAILED = "poller_failed"
    POLLER_LATE = "poller_late"
    DEAD_LETTER = "dead_letter"
    ORDER_PARTIAL = "order_partial"
    HISTORY_LIMITED = "history_limited"
    NO_WEBHOOK_SECRET = "no_webhook_secret"  # noqa: S105
    DATABASE_LOST = "database_lost"
    APP_UNINSTALLED = "app_uninstalled"


class Severity(StrEnum):
    INFO = "info"
    WARNING = "warning"
    CRITICAL = "critical"


class OpenClosed(StrEnum):
    OPEN = "open"
    CLEARED = "cleared"


class ActionName(StrEnum):
    """The write actions of contract §3 and §3a, as their paths, the audit and undo name them."""

    ASSIGN = "assign"
    FULFILL = "fulfill"
    SUPPORT = "support"
    RETURNS = "returns"
    INVENTORY = "inventory"
    TRACKING = "tracking"
    HOLD = "hold"
    RELEASE = "release"
    TAGS = "tags"
    ADDRESS = "address"
    NOTE = "note"
    CANCEL = "cancel"
    UNDO = "undo"


class Role(StrEnum):
    """Who may do what: contract §5. Each role includes the one before it."""

    VIEWER = "viewer"
    OPERATOR = "operator"
    LEAD = "lead"

    def includes(self, needed: Role) -> bool:
        """True when somebody with this role may do what `needed` allows."""
        ranks = list(Role)
        return ranks.index(self) >= ranks.index(needed)


class ErrorCode(StrEnum):
    """The closed list of refusal codes: contract §3."""

    INVALID_REQUEST = "invalid_request"
    UNAUTHORIZED = "unauthorized"
    FORBIDDEN = "forbidden"
    UNKNOWN_SHOP = "unknown_shop"
    NOT_FOUND = "not_found"
    AMBIGUOUS = "ambiguous"
    ILLEGAL_TRANSITION = "illegal_transition"
    VERSION_CONFLICT = "version_conflict"
    ON_HOLD = "on_hold"
    ORDER_CLOSED = "order_closed"
    ALREADY_SENT = "already_sent"
    TOO_LARGE = "too_large"
    IDEMPOTENCY_MISMATCH = "idempotency_mismatch"
    RATE_LIMITED = "rate_limited"
    UNAVAILABLE = "unavailable"

    @property
    def http_status(self) -> int:
        """The HTTP status that goes with this code."""
        return _HTTP_STATUS[self]


_HTTP_STATUS = {
    ErrorCode.INVALID_REQUEST: 400,
    ErrorCode.UNAUTHORIZED: 401,
    ErrorCode.FORBIDDEN: 403,
    ErrorCode.UNKNOWN_SHOP: 403,
    ErrorCode.NOT_FOUND: 404,
    ErrorCode.AMBIGUOUS: 409,
    ErrorCode.ILLEGAL_TRANSITION: 409,
    ErrorCode.VERSION_CONFLICT: 409,
    ErrorCode.ON_HOLD: 409,
    ErrorCode.ORDER_CLOSED: 409,
    ErrorCode.ALREADY_SENT: 409,
    ErrorCode.TOO_LARGE: 413,
    ErrorCode.IDEMPOTENCY_MISMATCH: 422,
    ErrorCode.RATE_LIMITED: 429,
    ErrorCode.UNAVAILABLE: 503,
}


class OutboundState(StrEnum):
    """The life of a queued outbound write. `queued` can be undone; `claimed` no longer."""

    QUEUED = "queued"
    NEEDS_REVIEW = "needs_review"
    CLAIMED = "claimed"
    UNKNOWN = "unknown"
    DONE = "done"
    UNDONE = "undone"
    DEAD = "dead"
    DISCARDED = "discarded"


class DeskState(StrEnum):
    """How far the desk has come: no shop is connected, its history is being read, or what is shown is all there is."""

    NO_SHOP = "no_shop"
    BACKFILL = "backfill"
    LIVE = "live"


class DeadLetterState(StrEnum):
    DEAD = "dead"
    RETRIED = "retried"
    DISCARDED = "discarded"


UNASSIGNED = "unassigned"
"""The owner of an order that nobody owns."""

OWNERS_NAMED = 50
"""The owners whom a page names, at most: those with the most to send."""

PLACEHOLDER_NUMBERS = r"TRK-[A-Za-z0-9]{4}"
"""Tracking numbers that a deployed page invents: shown, and never sent to Shopify (contract §3a, Placeholders)."""

ASSISTANT = "assistant"
"""The owner that an escalation sets."""
