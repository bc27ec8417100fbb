"""What travels on the alerts channel, by stream or by poll: contract §2."""

from __future__ import annotations

from orders_wire.scalars import Instant, Wire
from orders_wire.vocabulary import EventType, Gap, OpenClosed, Severity


class Event(Wire):
    """One event. `id` is `<desk id>-<n>`; `message` stands only on `open` events; a `refresh` never has one.

    `note_id` and `by` are a mention's, which only its addressee is sent.
    `version` is the desk's version that this event belongs to: a client that refetches with `minVersion` sees its effect.
    """

    id: str
    type: EventType
    message: str | None = None
    status: OpenClosed | None = None
    order_number: str | None = None
    created_at: Instant
    alert_id: str | None = None
    order_id: str | None = None
    version: int | None = None
    severity: Severity | None = None
    order_ids: list[str] | None = None
    gap: Gap | None = None
    reset: bool | None = None
    note_id: str | None = None
    by: str | None = None


class OpenAlerts(Wire):
    """`GET /sync/alerts`: the `open` events of alerts that stand, most severe and newest first; `next` is what to ask for the
    ones after, null where there are none.
    """

    alerts: list[Event]
    next: str | None = None


class AlertsAnswer(Wire):
    """The polling fallback: events in the stream's order, at most 500, and the cursor to ask after next."""

    alerts: list[Event]
    cursor: str
    more: bool = False
