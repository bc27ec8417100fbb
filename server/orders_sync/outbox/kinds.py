"""What is written where: the closed sets of the outbox's `target` and `kind`."""

from __future__ import annotations

from enum import StrEnum


class Target(StrEnum):
    SHOPIFY = "shopify"
    ERP = "erp"
    SUPPORT = "support"


class Kind(StrEnum):
    """`OWNER` and `THREAD` are metafields of the order; each row carries one, so that the latest can stand for all."""

    OWNER = "owner"
    THREAD = "thread"
    FULFILLMENT = "fulfillment"
    TRACKING = "tracking"
    REFUND = "refund"
    RETURN_DENY = "return_deny"
    HOLD = "hold"
    RELEASE_HOLD = "release_hold"
    RETURN = "return"
    INVENTORY = "inventory"
    ESCALATION = "escalation"

    @property
    def target(self) -> Target:
        """Who is told."""
        return _TARGETS.get(self, Target.SHOPIFY)


_TARGETS = {Kind.RETURN: Target.ERP, Kind.INVENTORY: Target.ERP, Kind.ESCALATION: Target.SUPPORT}

METAFIELDS = frozenset({Kind.OWNER, Kind.THREAD})
