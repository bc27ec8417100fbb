"""The session object: the one thing that the screens and the headless watch talk to.

Methods that only steer are synchronous, return at once and never raise for the network's sake: what they lead to arrives as
changes. `run()` owns every task.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from orders_tui.drafts import DraftBook
from orders_tui.pace import Pace
from orders_tui.query import OrdersQuery
from orders_tui.session.actions import Actions
from orders_tui.session.changes import (
    ActionChanged,
    ActionSettled,
    AlertsChanged,
    Change,
    DeskLeft,
    PeopleChanged,
    RowsChanged,
    SummaryChanged,
)
from orders_tui.session.details import read_many
from orders_tui.session.feed_listener import FeedListener
from orders_tui.session.log import ActionState
from orders_tui.session.matching import Matching, collect
from orders_tui.session.mentions import Mentions
from orders_tui.session.open_alerts import OpenAlerts
from orders_tui.session.people import People
from orders_tui.session.presence import People as Present
from orders_tui.session.presence import Presence
from orders_tui.session.slips import Slips
from orders_tui.session.table import Table
from orders_tui.session.tasks import Tasks
from orders_tui.session.whereabouts import Whereabouts
from orders_tui.state_file import TabMemory
from orders_tui.store import MarkKind
from orders_tui.store.store import Store

if TYPE_CHECKING:
    from orders_tui.alerts import Alert, AlertBook
    from orders_tui.api.client import SyncApi
    from orders_tui.errors import ApiError
    from orders_tui.feed import Connection, Feed
    from orders_wire.detail import OrderDetail
    from orders_wire.lines import LinesAnswer
    from orders_wire.people import Me, Owner

Observer = Callable[[Change], None]


class Session:
    """`table` is what is shown, `actions` what is done. All state is read through properties here; observers get `Change`s."""

    def __init__(
        self,
        api: SyncApi,
        feed: Feed,
        *,
        query: OrdersQuery | None = None,
        memories: Mapping[str, TabMemory] | None = None,
        hidden_alerts: Mapping[str, datetime | None] | None = None,
        drafts: DraftBook | None = None,
        pace: Pace | None = None,
    ) -> None:
        """Starts on `query`; without one on the tab `unfulfilled`. `memories` say how tabs were left."""
        self._api = api
        self._pace = pace = pace or Pace()
        self._observers: list[Observer] = []
        self._tasks = Tasks(self._tell, pace)
        self._store = store = Store()
        self.drafts = drafts or DraftBook()
        spawn, tell = self._tasks.spawn, self._tell
        self.table = Table(
            api,
            store,
            pace,
            query=query or OrdersQuery(),
            memories=memories or {},
            spawn=spawn,
            tell=tell,
            page_came=self._same_desk,
            met=lambda error: self._feed.met("page", error),
        )
        self.actions = Actions(
            api, store, pace, self.drafts, connection=lambda: self.connection, spawn=spawn, tell=tell
        )
        self.slips = Slips(api, self._absorb, spawn=spawn, tell=tell)
        self.mentions = Mentions(api, pace, tell)
        self._presence = Presence(pace, tell)
        self._whereabouts = Whereabouts(api, lambda: self.connection.up)
        self._feed = FeedListener(
            feed,
            pace,
            hidden_alerts,
            tell=tell,
            desk_moved=self._moved,
            state_changed=self.actions.connection_changed,
            connected=self._connected,
            reset=self._reset,
            mentions=self.mentions,
            presence=self._presence,
        )
        self.open_alerts = OpenAlerts(api, self.alerts, pace, spawn=spawn, tell=tell)
        self._people = People(api, tell, lambda error: self._feed.met("me", error))
        works = (
            (self._feed.run, "feed"),
            (self._people.run, "people"),
            (self.mentions.run, "mentions"),
            (self._presence.run, "presence"),
            (self._whereabouts.run, "whereabouts"),
        )
        for work, name in (*self.table.works, *works):
            self._tasks.keep(work, name)

    async def run(self) -> None:
        """Runs until cancelled: listens, fetches, sends, retries."""
        await self._tasks.run()

    def subscribe(self, observer: Observer) -> Callable[[], None]:
        """Calls `observer` in the session's loop with every change; the answer unsubscribes."""
        self._observers.append(observer)
        return lambda: self._observers.remove(observer)

    @property
    def connection(self) -> Connection:
        """The state of the connection, as it is to be shown."""
        return self._feed.connection

    @property
    def alerts(self) -> AlertBook:
        """Open alerts and data gaps."""
        return self._feed.alerts

    @property
    def me(self) -> Me | None:
        """Who the server takes us for; None until it said so."""
        return self._people.me

    @property
    def owners(self) -> tuple[Owner, ...]:
        """Everybody who owns open orders, as of the last time it was asked."""
        return self._people.owners

    @property
    def present(self) -> Present:
        """Who else has which order open, by its id."""
        return self._presence.others

    def be_at(self, order_id: str | None, doing: str | None = None) -> None:
        """This order is open here now, and this action begun on it; None: no order is."""
        self._whereabouts.be_at(order_id, doing)

    def refresh(self) -> None:
        """Fetches now, takes in what waits behind the pill, and tries to connect at once where the connection is down."""
        self._feed.poke()
        self.open_alerts.again()
        self.actions.connection_changed()
        self._people.refresh()
        self.mentions.refresh()
        self.table.accept()

    def refresh_owners(self) -> None:
        """Asks who owns how much (a dialog opens)."""
        self._people.refresh()

    async def collect_matching(
        self, query: OrdersQuery | None = None, on_progress: Callable[[int, int], None] | None = None
    ) -> Matching:
        """Every order that matches (the view's query by default), by walking its pages. Raises ApiError."""
        return await collect(self._api, query or self.table.query, on_progress)

    async def read_details(
        self, order_ids: Collection[str], came: Callable[[str, OrderDetail | ApiError], None]
    ) -> None:
        """Reads these orders whole, a few at a time; `came` gets each, or why it could not be had."""

        def absorb(order_id: str, detail: OrderDetail | ApiError) -> None:
            if not isinstance(detail, Exception):
                self._absorb(detail)
            came(order_id, detail)

        await read_many(self._api, order_ids, absorb)

    async def read_lines(self, order_ids: Sequence[str]) -> LinesAnswer:
        """What is to be picked and packed of these orders, 250 at most, as one read. Raises ApiError."""
        return await self._api.lines(order_ids)

    async def sign_in(self, token: str) -> ApiError | None:
        """Tries a token. Taken (None): it connects at once and what waited is sent. Else why not; the old one stays."""
        refused = await self._api.try_token(token)
        if refused is None:
            self._whereabouts.say_again()
            self.refresh()
        return refused

    def acknowledge(self, alert_ids: Collection[str]) -> None:
        """Hides alerts while their causes stay open."""
        for alert_id in alert_ids:
            self.alerts.acknowledge(alert_id)
        self._tell(AlertsChanged())

    def snooze(self, alert_ids: Collection[str], seconds: float) -> None:
        """Hides alerts for a while."""
        until = self._pace.now() + timedelta(seconds=seconds)
        for alert_id in alert_ids:
            self.alerts.snooze(alert_id, until)
        self._tell(AlertsChanged())

    def _tell(self, change: Change) -> None:
        if isinstance(change, ActionChanged | ActionSettled):
            self._followed(change)
        if isinstance(change, SummaryChanged) and self.table.summary is not None:
            self.alerts.total = self.table.summary.alerts_total
        if isinstance(change, PeopleChanged) and self.me is not None:
            self._presence.known_as(self.me.name)
        if isinstance(change, AlertsChanged) and self._is_own(change.toast):
            change = replace(change, toast=None)
        for observer in tuple(self._observers):
            observer(change)

    def _is_own(self, alert: Alert | None) -> bool:
        """An alert that the operator's own action has just raised is no news to them. One that failed raised none."""
        mark = None if alert is None or alert.order_id is None else self._store.mark(alert.order_id)
        return mark is not None and mark.kind is not MarkKind.FAILED

    def _followed(self, change: ActionChanged | ActionSettled) -> None:
        """An action moved on: so do its run, its draft, its marks, and the page it may have left."""
        self.actions.follow(change)
        if isinstance(change, ActionSettled):
            self.table.marked(change.entry.order_ids)
            if change.entry.state in {ActionState.DONE, ActionState.PARTLY}:
                self.table.desk_moved(self._store.desk_version)

    def _absorb(self, detail: OrderDetail) -> None:
        self._tell(RowsChanged(self._store.absorb_detail(detail)))

    def _moved(self, version: int, order_ids: frozenset[str]) -> None:
        self.table.desk_moved(version, order_ids)
        self.slips.moved(order_ids)
        self.open_alerts.moved()

    def _connected(self) -> None:
        self.open_alerts.again()
        self._people.refresh()
        self.mentions.refresh()
        self._whereabouts.say_again()
        self.slips.again()
        self.table.look_again()

    def _reset(self, desk_id: str | None) -> None:
        self.actions.leave_other_desks(desk_id)
        self.table.reset(desk_id)
        self.open_alerts.start_over()
        self.slips.again()
        self._people.refresh()
        self.mentions.refresh()

    def _same_desk(self, desk_id: str | None) -> None:
        """Pages and alerts are of one desk, or the alerts are not shown; who works there is asked again."""
        before = self.alerts.page_desk_id
        self.actions.leave_other_desks(desk_id)
        if desk_id is None or desk_id == before:
            return
        self.alerts.page_desk_id = desk_id
        if before is not None:
            self._people.refresh()
            self.mentions.forget()
            self.mentions.refresh()
            self._tell(AlertsChanged())
            self._tell(DeskLeft())
