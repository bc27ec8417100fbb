"""What is written where: the closed sets of the outbox's `target` and `kind`, and what each kind of row is."""

from __future__ import annotations

from enum import Enum, StrEnum, auto


class Target(StrEnum):
    SHOPIFY = "shopify"
    ERP = "erp"
    SUPPORT = "support"


class Shown(Enum):
    """What an order shows by its action before the row has left: taken back when it will not leave."""

    NOTHING = auto()
    ACKNOWLEDGEMENT = auto()
    NUMBER = auto()
    RETURN_STATE = auto()
    APPROVAL = auto()
    HOLD = auto()
    RELEASE = auto()
    TAGS = auto()
    ADDRESS = auto()
    CANCELLING = auto()


class Kind(StrEnum):
    """One line per kind of row: its name, who it is sent to, what its order shows before it has left, and where its payload
    has the parcel, the return or the hold that it is about.

    `OWNER` and `THREAD` are metafields of the order; each row carries one, so that the latest can stand for all. What sends a
    kind to Shopify is in `external/shopify/sender.py`; the ERP and the support queue are posted every kind of theirs as it is.
    """

    OWNER = "owner", Target.SHOPIFY
    THREAD = "thread", Target.SHOPIFY
    FULFILLMENT = "fulfillment", Target.SHOPIFY, Shown.ACKNOWLEDGEMENT
    TRACKING = "tracking", Target.SHOPIFY, Shown.NUMBER, "fulfillment_id"
    REFUND = "refund", Target.SHOPIFY, Shown.RETURN_STATE, "return_id"
    RETURN_APPROVE = "return_approve", Target.SHOPIFY, Shown.APPROVAL, "return_id"
    RETURN_DENY = "return_deny", Target.SHOPIFY, Shown.RETURN_STATE, "return_id"
    HOLD = "hold", Target.SHOPIFY, Shown.HOLD, "handle"
    RELEASE_HOLD = "release_hold", Target.SHOPIFY, Shown.RELEASE, "handle"
    TAGS = "tags", Target.SHOPIFY, Shown.TAGS
    ADDRESS = "address", Target.SHOPIFY, Shown.ADDRESS
    CANCEL = "cancel", Target.SHOPIFY, Shown.CANCELLING
    RETURN = "return", Target.ERP
    INVENTORY = "inventory", Target.ERP
    ESCALATION = "escalation", Target.SUPPORT

    target: Target
    shown: Shown
    subject: str | None

    def __new__(
        cls, name: str, target: Target = Target.SHOPIFY, shown: Shown = Shown.NOTHING, subject: str | None = None
    ) -> Kind:
        kind = str.__new__(cls, name)
        kind._value_ = name
        kind.target, kind.shown, kind.subject = target, shown, subject
        return kind


METAFIELDS = frozenset({Kind.OWNER, Kind.THREAD})

UNREPEATED = frozenset({Kind.CANCEL})
"""What is never sent again by itself once it may have been done: it is read what became of it, and then somebody decides."""
