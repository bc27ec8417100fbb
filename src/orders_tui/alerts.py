"""The alerts and data gaps that are open, one per `alert_id`, and what the operator did with them: contract §2.

The server's events are the truth about what is open; acknowledging and snoozing are the operator's own and hide an alert here
only. Absorbing the same events again changes nothing.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from orders_wire.vocabulary import EventType, Gap, Severity

if TYPE_CHECKING:
    from orders_wire.alerts import Event


@dataclass(frozen=True, slots=True)
class Alert:
    """An open alert or data gap. `alert_id` falls back to the event's id where the server gives none."""

    alert_id: str
    type: EventType
    severity: Severity
    message: str
    created_at: datetime
    order_id: str | None = None
    order_number: str | None = None
    gap: Gap | None = None


@dataclass(frozen=True, slots=True)
class Absorbed:
    """What an event changed: whether anything open changed, and the alert to pop up, if a person is needed for it."""

    changed: bool = False
    toast: Alert | None = None
    reset: bool = False


class AlertBook:
    """Open alerts and gaps, acknowledged and snoozed ones."""

    def absorb(self, event: Event) -> Absorbed:
        """Takes one event. Only a critical alert raised after the first snapshot asks for a toast."""
        raise NotImplementedError

    def open(self, now: datetime, types: Collection[EventType] = ()) -> list[Alert]:
        """Alerts to show, most severe first, then newest; without acknowledged and snoozed ones; of `types` if any are given."""
        raise NotImplementedError

    def by_severity(self, now: datetime, types: Collection[EventType] = ()) -> dict[Severity, list[Alert]]:
        """`open`, grouped: critical, warning, info; empty groups left out."""
        raise NotImplementedError

    def gaps(self, now: datetime) -> list[Alert]:
        """Open data gaps, newest first."""
        raise NotImplementedError

    def acknowledge(self, alert_id: str) -> None:
        """Hides an alert for as long as its cause stays open."""
        raise NotImplementedError

    def snooze(self, alert_id: str, until: datetime) -> None:
        """Hides an alert until then."""
        raise NotImplementedError

    def hidden(self) -> dict[str, datetime | None]:
        """Acknowledged (None) and snoozed (until when) alerts, for keeping over a restart."""
        raise NotImplementedError
