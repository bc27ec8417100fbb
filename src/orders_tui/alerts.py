"""The alerts and data gaps that are open, one per `alert_id`, and what the operator did with them: contract §2.

The server's events are the truth about what is open; acknowledging and snoozing are the operator's own and hide an alert here
only, for as long as its cause stays open. Absorbing the same events again changes nothing.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from typing import TYPE_CHECKING

from orders_wire.vocabulary import EventType, Gap, OpenClosed, Severity

if TYPE_CHECKING:
    from orders_wire.alerts import Event

_WORST_FIRST = (Severity.CRITICAL, Severity.WARNING, Severity.INFO)


@dataclass(frozen=True, slots=True)
class Alert:
    """An open alert or data gap."""

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
    """What an event changed: whether anything open changed, the alert to pop up if a person is needed for it, and whether
    everything known before is void.
    """

    changed: bool = False
    toast: Alert | None = None
    reset: bool = False


class AlertBook:
    """Open alerts and gaps, acknowledged and snoozed ones. `hidden` is what an earlier session had hidden; `desk_id` is the
    desk that the events are of, `page_desk_id` that of the pages beside which they are shown.
    """

    def __init__(self, hidden: Mapping[str, datetime | None] | None = None) -> None:
        self._open: dict[str, Alert] = {}
        self._hidden: dict[str, datetime | None] = dict(hidden or {})
        self._in_snapshot = True
        self.desk_id: str | None = None
        self.page_desk_id: str | None = None

    def absorb(self, event: Event) -> Absorbed:
        """Takes one event. Only a critical alert raised after the snapshot, for the first time, asks for a toast."""
        desk_id = event.id.rpartition("-")[0]
        return self._start_over(desk_id, event) if event.reset or desk_id != self.desk_id else self._take(event)

    def open(self, now: datetime, types: Collection[EventType] = ()) -> list[Alert]:
        """Alerts to show, most severe first, then newest; without acknowledged and snoozed ones; of `types` if any are given."""
        shown = (a for a in self._shown(now) if a.type is not EventType.DATA_GAP and (not types or a.type in types))
        return sorted(shown, key=lambda a: (_WORST_FIRST.index(a.severity), -a.created_at.timestamp()))

    def by_severity(self, now: datetime) -> dict[Severity, list[Alert]]:
        """`open`, grouped: critical, warning, info; empty groups left out."""
        return {
            severity: list(alerts) for severity, alerts in groupby(self.open(now), key=lambda alert: alert.severity)
        }

    def gaps(self, now: datetime) -> list[Alert]:
        """Open data gaps, newest first."""
        gaps = (alert for alert in self._shown(now) if alert.type is EventType.DATA_GAP)
        return sorted(gaps, key=lambda alert: alert.created_at, reverse=True)

    def acknowledge(self, alert_id: str) -> None:
        """Hides an alert for as long as its cause stays open."""
        self._hidden[alert_id] = None

    def snooze(self, alert_id: str, until: datetime) -> None:
        """Hides an alert until then."""
        self._hidden[alert_id] = until

    def show_again(self) -> None:
        """Takes back every acknowledgement and snooze."""
        self._hidden.clear()

    def hidden(self) -> dict[str, datetime | None]:
        """Acknowledged (None) and snoozed (until when) alerts that are still open, for keeping over a restart."""
        return {alert_id: until for alert_id, until in self._hidden.items() if alert_id in self._open}

    def _start_over(self, desk_id: str, event: Event) -> Absorbed:
        """Another desk, or an id that it no longer knows: what is open follows as a snapshot."""
        first = self.desk_id is None
        self.desk_id, self._in_snapshot = desk_id, True
        had_any = bool(self._open)
        self._open.clear()
        taken = self._take(event) if not event.reset else Absorbed()
        return Absorbed(changed=had_any or taken.changed, reset=not first or bool(event.reset))

    def _take(self, event: Event) -> Absorbed:
        if event.type is EventType.REFRESH:
            self._in_snapshot = False
            return Absorbed()
        alert = _alert(event)
        if event.status is OpenClosed.CLEARED:
            self._hidden.pop(alert.alert_id, None)
            return Absorbed(changed=self._open.pop(alert.alert_id, None) is not None)
        known = self._open.get(alert.alert_id)
        self._open[alert.alert_id] = alert
        urgent = alert.severity is Severity.CRITICAL and known is None and not self._in_snapshot
        toast = alert if urgent and alert.alert_id not in self._hidden else None
        return Absorbed(changed=alert != known, toast=toast)

    def _shown(self, now: datetime) -> Iterator[Alert]:
        """What is open and not hidden; nothing while the pages are of one desk and the events of another."""
        if None in (self.page_desk_id, self.desk_id) or self.page_desk_id == self.desk_id:
            for alert_id, alert in self._open.items():
                until = self._hidden.get(alert_id, now)
                if until is not None and until <= now:
                    yield alert


def _alert(event: Event) -> Alert:
    """Where the server names no cause, the type and what it is about stand for it."""
    about = event.order_number or event.gap or event.message or ""
    return Alert(
        alert_id=event.alert_id or f"{event.type}/{about}",
        type=event.type,
        severity=event.severity or Severity.WARNING,
        message=event.message or "",
        created_at=event.created_at,
        order_id=event.order_id,
        order_number=event.order_number,
        gap=event.gap,
    )
