"""Who owns orders, and who is asking: contract §3 (`/sync/owners`) and §5 (`/sync/me`)."""

from __future__ import annotations

from orders_wire.detail import OutboxEntry
from orders_wire.page import Desk
from orders_wire.scalars import Instant, Wire
from orders_wire.vocabulary import PLACEHOLDER_NUMBERS, DeadLetterState, Role


class Owner(Wire):
    name: str
    open_orders: int


class Me(Wire):
    """The caller as the server sees it, and what it needs to know about the desk to work on it."""

    name: str
    role: Role
    shop: str
    desk: Desk
    time_zone: str
    undo_seconds: int
    shopify_writes: bool
    placeholder_numbers: str = PLACEHOLDER_NUMBERS
    breach_hours: float = 24.0
    tracking_pending_hours: float = 2.0
    delayed_hours: float = 24.0
    server_version: str
    contract_version: str = "1.2"


class OutboxAnswer(Wire):
    """`GET /sync/outbox`: newest first."""

    items: list[OutboxEntry]
    counts: dict[str, int] = {}


class DeadLetter(Wire):
    """Something that came in and could not be read."""

    id: str
    topic: str
    reason: str
    state: DeadLetterState
    received_at: Instant
    size_bytes: int


class DeadLettersAnswer(Wire):
    items: list[DeadLetter]
    counts: dict[str, int] = {}
