"""What comes while nobody is asked: outcomes, alerts, the connection. Kept as sentences until the next question."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from orders_tui import wording
from orders_tui.alerts import Alert
from orders_tui.context.outcome import orders, sentence
from orders_tui.feed import ConnectionState
from orders_tui.session import changes
from orders_tui.session.bulk import BulkRun, OutcomeKind
from orders_tui.session.log import ActionEntry
from orders_tui.session.protocols import SessionProtocol

MOST_ALERTS = 5
"""So many new alerts are told one by one."""
MOST_REASONS = 5


class News:
    """Listens to a session; `take` gives what is to be said, once."""

    def __init__(self, session: SessionProtocol, now: Callable[[], datetime]) -> None:
        self._session, self._now = session, now
        self._sentences: list[str] = []
        self._known: set[str] | None = None
        self._state = session.connection.state
        self._told: set[str] = set()
        session.subscribe(self.session_changed)

    def session_changed(self, change: changes.Change) -> None:
        """Notes what somebody should know."""
        match change:
            case changes.Notice(text=text):
                self._note(text)
            case changes.ActionSettled(entry=entry) if entry.batch is None or entry.draft.undoes is not None:
                self._settled(entry)
            case changes.BulkChanged(run=run) if run.finished and run.id not in self._told:
                self._told.add(run.id)
                self._note(outcome_of(run))
            case changes.ConnectionChanged(connection=connection) if connection.state is not self._state:
                before, self._state = self._state, connection.state
                if (before, connection.state) == (ConnectionState.CONNECTING, ConnectionState.LIVE):
                    return  # nothing has happened yet
                reason = f" ({connection.reason})" if connection.reason else ""
                self._note(f"connection: {wording.connection(connection, self._now()).word}{reason}")
            case changes.DeskLeft():
                self._note("this is another desk now: marks and numbers of the old one are gone")

    def take(self) -> list[str]:
        """What was noted since, and the alerts that are new."""
        told, self._sentences = [*self._sentences, *self._new_alerts()], []
        return told

    def _note(self, text: str) -> None:
        if text not in self._sentences:
            self._sentences.append(text)

    def _settled(self, entry: ActionEntry) -> None:
        """Its sentence stands for the notice that the session gives of the same failure."""
        order = self._session.table.order(entry.order_ids[0]) if len(entry.order_ids) == 1 else None
        if entry.message:
            self._sentences = [text for text in self._sentences if not text.endswith(f": {entry.message}")]
        self._note(sentence(entry, orders(entry.order_ids, order), self._now(), "undo")[0])

    def _new_alerts(self) -> list[str]:
        """One line for each; at the start only how many there are."""
        alerts = self._session.alerts.from_events(self._now())
        known, self._known = self._known, {alert.alert_id for alert in alerts}
        if known is None:
            count = len(alerts) + self._session.alerts.missing
            open_now = f"{count} alerts are open" if count > 1 else "one alert is open"
            return [f"{open_now}; the word alerts lists what is open"] if alerts else []
        new = [alert for alert in alerts if alert.alert_id not in known]
        more = [f"and {len(new) - MOST_ALERTS} more alerts"] if len(new) > MOST_ALERTS else []
        zone_name = self._session.me.time_zone if self._session.me is not None else "UTC"
        told = (alert_line(alert, self._now(), zone_name) for alert in new[:MOST_ALERTS])
        return [*(f"alert: {line}" for line in told), *more]


def alert_line(alert: Alert, now: datetime, zone_name: str) -> str:
    """How bad it is, what it is about, and of which order."""
    kind, told = wording.event_type(alert.type).word, wording.about(alert.message, alert.order_number, now, zone_name)
    return ", ".join(filter(None, (f"{alert.severity} {kind}", alert.order_number, told)))


def outcome_of(run: BulkRun) -> str:
    """What became of many orders, with the reasons of those that were not done."""
    counts = run.counts()
    said = [f"{counts[OutcomeKind.DONE]} of {len(run.outcomes)} {run.draft.done}"]
    for kind in (OutcomeKind.FAILED, OutcomeKind.SKIPPED, OutcomeKind.UNKNOWN):
        reasons = list(run.reasons(kind).items())[:MOST_REASONS]
        said += [f"{len(ids)} {kind}: {reason or 'no reason was given'}" for reason, ids in reasons]
    return "; ".join([*said, *(["retry-failed tries those again"] if run.retryable else [])])
