"""The alerts and data gaps that are open, one per `alert_id`, and what the operator did with them: contract §2.

The server's events are the truth about what is open, and what was read of the rest is kept beside them; acknowledging and
snoozing are the operator's own and hide an alert here only, for as long as its cause stays open. Absorbing the same events
again changes nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from typing import TYPE_CHECKING

from orders_wire.vocabulary import EventType, Gap, OpenClosed, Severity

if TYPE_CHECKING:
    from orders_wire.alerts import Event

_WORST_FIRST = (Severity.CRITICAL, Severity.WARNING, Severity.INFO)
REPORTED = 50
"""The server reports the most severe alerts only, so many, when a stream opens (contract §2)."""
ENDS_KEPT, HIDDEN_KEPT = 10_000, 1_000
"""Alerts that are known to have ended, and hidden ones that outlive the client: the newest."""


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
    desk that the events are of, `page_desk_id` that of the pages beside which they are shown. `total`: how many alerts are open
    by the last page; `all_read`: whether those that no event told of were read to their end.
    """

    def __init__(self, hidden: Mapping[str, datetime | None] | None = None) -> None:
        self._open: dict[str, Alert] = {}
        self._read: dict[str, Alert] = {}
        self._ended: dict[str, None] = {}
        self.total = 0
        self.all_read = False
        self._hidden: dict[str, datetime | None] = dict(hidden or {})
        self._in_snapshot = True
        self.desk_id: str | None = None
        self.page_desk_id: str | None = None

    def absorb(self, event: Event) -> Absorbed:
        """Takes one event. Only a critical alert raised after the snapshot, for the first time, asks for a toast."""
        desk_id = event.id.rpartition("-")[0]
        return self._start_over(desk_id, event) if event.reset or desk_id != self.desk_id else self._take(event)

    def learn(self, events: Iterable[Event]) -> None:
        """Takes alerts that were read of this desk, whatever events told of before or since."""
        for event in events:
            alert = alert_of(event)
            of_here = event.status is OpenClosed.OPEN and event.id.rpartition("-")[0] == self.desk_id
            if of_here and alert.alert_id not in self._ended and alert.type is not EventType.DATA_GAP:
                self._read[alert.alert_id] = alert

    @property
    def missing(self) -> int:
        """How many alerts are open that are not known here; small differences are only a matter of moments."""
        if self.all_read or self.total <= REPORTED:
            return 0
        known = sum(alert.type is not EventType.DATA_GAP for alert in self._known.values())
        return max(0, self.total - known)

    def find(self, alert_id: str) -> Alert | None:
        """An open alert or gap, hidden or not."""
        return self._open.get(alert_id) or self._read.get(alert_id)

    def from_events(self, now: datetime) -> list[Alert]:
        """As `open`, without those that were only read."""
        return [alert for alert in self.open(now) if alert.alert_id in self._open]

    def open(self, now: datetime) -> list[Alert]:
        """Alerts to show, most severe first, then newest; without acknowledged and snoozed ones."""
        shown = (alert for alert in self._shown(now) if alert.type is not EventType.DATA_GAP)
        return sorted(shown, key=lambda a: (_WORST_FIRST.index(a.severity), -a.created_at.timestamp(), a.alert_id))

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
        """Acknowledged (None) and snoozed (until when) alerts that are still open, for keeping over a restart; the newest of them
        where it is not known of all whether they are.
        """
        unsure = self._in_snapshot or self.missing > 0
        kept = {name: until for name, until in self._hidden.items() if unsure or name in self._known}
        return dict(list(kept.items())[-HIDDEN_KEPT:])

    def _start_over(self, desk_id: str, event: Event) -> Absorbed:
        """Another desk, or an id that it no longer knows: what is open follows as a snapshot."""
        first = self.desk_id is None
        self.desk_id, self._in_snapshot = desk_id, True
        had_any = bool(self._known)
        self._open.clear()
        self._read.clear()
        self.all_read = False
        taken = self._take(event) if not event.reset else Absorbed()
        return Absorbed(changed=had_any or taken.changed, reset=not first or bool(event.reset))

    def _take(self, event: Event) -> Absorbed:
        if event.type is EventType.REFRESH:
            self._in_snapshot = False
            return Absorbed()
        if event.type is EventType.MENTION:
            return Absorbed()
        alert = alert_of(event)
        if event.status is OpenClosed.CLEARED:
            return Absorbed(changed=self._end(alert.alert_id))
        known = self._open.get(alert.alert_id)
        self._open[alert.alert_id] = alert
        self._ended.pop(alert.alert_id, None)
        urgent = alert.severity is Severity.CRITICAL and known is None and not self._in_snapshot
        toast = alert if urgent and alert.alert_id not in self._hidden else None
        return Absorbed(changed=alert != known, toast=toast)

    def _end(self, alert_id: str) -> bool:
        """Its cause is over; what is read from now on may be older than that. Whether it was known."""
        self._hidden.pop(alert_id, None)
        self._ended[alert_id] = None
        if len(self._ended) > ENDS_KEPT:
            del self._ended[next(iter(self._ended))]
        known = [each.pop(alert_id, None) for each in (self._open, self._read)]
        return any(known)

    @property
    def _known(self) -> Mapping[str, Alert]:
        return {**self._read, **self._open} if self._read else self._open

    def _shown(self, now: datetime) -> Iterator[Alert]:
        """What is open and not hidden; nothing while the pages are of one desk and the events of another."""
        if None in (self.page_desk_id, self.desk_id) or self.page_desk_id == self.desk_id:
            for alert_id, alert in self._known.items():
                until = self._hidden.get(alert_id, now)
                if until is not None and until <= now:
                    yield alert


def alert_of(event: Event) -> Alert:
    """An event as it is kept. Where the server names no cause, the type and what it is about stand for it."""
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
