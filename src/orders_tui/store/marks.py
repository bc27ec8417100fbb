"""What is said about a row beside its facts: an action on its way, one that failed and why, one just undone."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from orders_wire.vocabulary import ActionName


class MarkKind(StrEnum):
    """In the order in which one hides another: a failure is shown before anything on its way."""

    FAILED = "failed"
    UNCONFIRMED = "unconfirmed"
    PENDING = "pending"
    UNDONE = "undone"
    CONFIRMED = "confirmed"


@dataclass(frozen=True, slots=True)
class Mark:
    """`key` is the action's idempotency key; `reason` the server's words for a failure, else empty."""

    kind: MarkKind
    action: ActionName
    key: str
    reason: str = ""
