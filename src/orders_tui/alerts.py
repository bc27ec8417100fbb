"""The alerts and data gaps that are open, one per `alert_id`, and what the operator did with them: contract §2.

The server's events are the truth about what is open; acknowledging and snoozing are the operator's own and hide an alert here
only, for as long as its cause stays open. Absorbing the same events again changes nothing.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
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
    """Open alerts and gaps, acknowledged and snoozed ones. `hidden` is what an earlier session had hidden; `page_desk_id` the
    desk of the pages beside which they are shown.
    """

    def __init__(self, hidden: Mapping[str, datetime | None] | None = None) -> None:
        self._open: dict[str, Alert] = {}
        self._hidden: dict[str, datetime | None] = dict(hidden or {})
        self._in_snapshot = True
        self._desk: str | None = None
        self.page_desk_id: str | None = None

    @property
    def desk_id(self) -> str | None:
        """The desk that the events are of."""
        return self._desk

    @property
    def _of_this_desk(self) -> bool:
        """False while the pages are of one desk and the events of another: what is open here is not shown beside those."""
        return self.page_desk_id is None or self._desk is None or self.page_desk_id == self._desk

    def absorb(self, event: Event) -> Absorbed:
        """Takes one event. Only a critical alert raised after the snapshot, for the first time, asks for a toast."""
        desk = event.id.rpartition("-")[0]
        if event.reset or desk != self._desk:
            return self._start_over(desk, event)
        return self._take(event)

    def open(self, now: datetime, types: Collection[EventType] = ()) -> list[Alert]:
        """Alerts to show, most severe first, then newest; without acknowledged and snoozed ones; of `types` if any are given."""
        shown = [
            alert
            for alert in self._open.values()
            if self._of_this_desk
            and alert.type is not EventType.DATA_GAP
            and (not types or alert.type in types)
            and not self._hides(alert.alert_id, now)
        ]
        return sorted(shown, key=lambda a: (_WORST_FIRST.index(a.severity), -a.created_at.timestamp()))

    def by_severity(self, now: datetime, types: Collection[EventType] = ()) -> dict[Severity, list[Alert]]:
        """`open`, grouped: critical, warning, info; empty groups left out."""
        shown = self.open(now, types)
        groups = {severity: [alert for alert in shown if alert.severity is severity] for severity in _WORST_FIRST}
        return {severity: alerts for severity, alerts in groups.items() if alerts}

    def gaps(self, now: datetime) -> list[Alert]:
        """Open data gaps, newest first."""
        known = self._open.values() if self._of_this_desk else ()
        shown = [a for a in known if a.type is EventType.DATA_GAP and not self._hides(a.alert_id, now)]
        return sorted(shown, key=lambda alert: alert.created_at, reverse=True)

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

    def _start_over(self, desk: str, event: Event) -> Absorbed:
        """Another desk, or an id that it no longer knows: what is open follows as a snapshot."""
        first = self._desk is None
        self._desk, self._in_snapshot = desk, True
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

    def _hides(self, alert_id: str, now: datetime) -> bool:
        if alert_id not in self._hidden:
            return False
        until = self._hidden[alert_id]
        return until is None or now < until


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
