"""Which of the open alerts are on show, and how far they have been read: pages of `GET /sync/alerts` behind what events told of.

Nothing is asked for while events told of everything. What was read is kept true by events; whose orders alerts are about no event
tells, so a list of one owner's is read again when the desk moves on.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING

from orders_tui.errors import ApiError, is_unknown_endpoint
from orders_tui.pace import Pace
from orders_tui.query.alerts import ALL_ALERTS, AlertFilter
from orders_tui.session.all_alerts import MOST_PAGES
from orders_tui.session.changes import AlertsChanged, Change
from orders_tui.session.tasks import Spawn
from orders_wire.vocabulary import Severity

if TYPE_CHECKING:
    from orders_tui.alerts import Alert, AlertBook
    from orders_tui.api.client import SyncApi
    from orders_wire.alerts import Event

AGAIN_S = 1.0
"""Between two readings of one owner's alerts."""


@dataclass(frozen=True, slots=True)
class Coverage:
    """How much of what is wanted is known. `missing`: how many are not, 0 where that cannot be told; `reached`: of which severity
    the last one is that was read. `older`: the server tells no more than an event stream does.
    """

    whole: bool = True
    missing: int = 0
    reached: Severity | None = None
    loading: bool = False
    problem: ApiError | None = None
    older: bool = False


WHOLE = Coverage()


@dataclass(slots=True)
class _Reading:
    """How far a list has been read: which alerts are in it, what to ask for next, and how many pages that were."""

    ids: set[str] = field(default_factory=set)
    cursor: str | None = None
    pages: int = 0
    done: bool = False
    reached: Severity | None = None

    def take(self, events: Iterable[Event], following: str | None) -> None:
        """The next page; one that leads nowhere is the last."""
        before = len(self.ids)
        for event in events:
            self.ids.add(event.alert_id or event.id)
            self.reached = event.severity or self.reached
        self.pages += 1
        leads_on = following not in {None, self.cursor} and len(self.ids) > before and self.pages < MOST_PAGES
        self.cursor, self.done = following, not leads_on


class OpenAlerts:
    """`filter` is what the operator chose. Alerts are in the book; what can be had of the rest comes as `AlertsChanged`."""

    def __init__(
        self, api: SyncApi, book: AlertBook, pace: Pace, *, spawn: Spawn, tell: Callable[[Change], None]
    ) -> None:
        self._api, self._book, self._pace, self._spawn, self._tell = api, book, pace, spawn, tell
        self._readings: dict[AlertFilter, _Reading] = {}
        self._loading = self._older = self._stale = False
        self._problem: ApiError | None = None
        self.filter = ALL_ALERTS

    def shown(self, now: datetime) -> list[Alert]:
        """The wanted alerts that are known, most severe and newest first, without those that were read or snoozed."""
        found = (alert for alert in self._book.open(now) if self.filter.takes(alert))
        if not self.filter.owner:
            return list(found)
        return [alert for alert in found if alert.alert_id in self._reading.ids]

    @property
    def coverage(self) -> Coverage:
        """How much of what is wanted is known."""
        if self._whole:
            return Coverage(loading=self._loading, problem=self._problem)
        missing = self._book.missing if not self.filter else 0
        return Coverage(False, missing, self._reading.reached, self._loading, self._problem, self._older)

    def choose(self, wanted: AlertFilter) -> None:
        """Shows these alerts from now on."""
        self.filter, self._problem = wanted, None
        self._tell(AlertsChanged())
        self.look()

    def look(self) -> None:
        """Somebody looks at the list: what is not known of it is begun to be read."""
        if not self._reading.pages:
            self.more()

    def more(self) -> None:
        """The end of what is known is near."""
        if not (self._whole or self._stopped or self._loading):
            self._loading = True
            self._spawn(self._read(self.filter, self._reading), "alerts")

    def again(self) -> None:
        """The operator asks, or the connection is back."""
        if self._problem is not None or self._older:
            self._problem, self._older = None, False
            self.look()
        self.moved()

    def start_over(self) -> None:
        """What is known of the desk is void."""
        self._readings.clear()
        self._problem, self._older = None, False

    def moved(self) -> None:
        """The desk moved on: orders may have changed hands."""
        if self.filter.owner and self._reading.pages and not self._stale:
            self._stale = True
            self._spawn(self._read_again(), "alerts of one owner")

    async def everything(self) -> None:
        """Reads what is wanted to its end, or to what stands in the way (`coverage`)."""
        self.again()
        while not (self._whole or self._stopped):
            self._loading = True
            await self._read(self.filter, self._reading)

    @property
    def _reading(self) -> _Reading:
        return self._readings.setdefault(self.filter, _Reading())

    @property
    def _stopped(self) -> bool:
        """Nothing more can be had now: what would come is not known to be of the desk that events tell of, or does not come."""
        return self._book.desk_id is None or self._older or self._problem is not None

    @property
    def _whole(self) -> bool:
        if self.filter.owner:
            return self._reading.done
        return self._reading.done or not self._book.missing

    async def _read(self, wanted: AlertFilter, reading: _Reading) -> None:
        """The next page."""
        try:
            page = await self._api.open_alerts(wanted, reading.cursor)
        except ApiError as error:
            self._older = is_unknown_endpoint(error)
            self._problem = None if self._older else error
        else:
            if self._readings.get(wanted) is reading:
                reading.take(page.alerts, page.next)
                self._book.learn(page.alerts)
                self._book.all_read |= reading.done and not wanted
        finally:
            self._loading = False
        self._tell(AlertsChanged())

    async def _read_again(self) -> None:
        """As many pages as were read before, then in their place; where one cannot be had, those before stay."""
        await self._pace.sleep(AGAIN_S)
        self._stale = False
        wanted, before, anew = self.filter, self._reading, _Reading()
        if not wanted.owner:
            return
        with suppress(ApiError):
            while not anew.done and anew.pages < before.pages:
                page = await self._api.open_alerts(wanted, anew.cursor)
                anew.take(page.alerts, page.next)
                self._book.learn(page.alerts)
            if self._readings.get(wanted) is before:
                self._readings[wanted] = anew
                self._tell(AlertsChanged())
