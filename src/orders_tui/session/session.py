"""The session object: the one thing that the screens and the headless watch talk to.

Methods that only steer are synchronous, return at once and never raise for the network's sake: what they lead to arrives as
changes. `run()` owns every task.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from datetime import datetime, timedelta
from functools import partial
from typing import TYPE_CHECKING

from orders_tui.pace import Pace
from orders_tui.persistence import DraftBook
from orders_tui.query import OrdersQuery
from orders_tui.session import changes as told
from orders_tui.session.acting import Acting
from orders_tui.session.actions import ActionState
from orders_tui.session.crew import Crew
from orders_tui.session.details import Details
from orders_tui.session.fading import Fade, Fading
from orders_tui.session.live import Live
from orders_tui.session.matching import Matching, collect
from orders_tui.session.pager import Pager
from orders_tui.session.people import People
from orders_tui.session.runner import Runner
from orders_tui.session.sender import Sender
from orders_tui.session.showing import Showing
from orders_tui.session.view import TabMemory
from orders_tui.store import MarkKind, PageEntry
from orders_tui.store.store import Store
from orders_wire.vocabulary import Tab

if TYPE_CHECKING:
    from orders_tui.alerts import Alert, AlertBook
    from orders_tui.api import SyncApi
    from orders_tui.errors import ApiError
    from orders_tui.feed import Connection, Feed
    from orders_wire.people import Me, Owner

Observer = Callable[[told.Change], None]
_PASSING_MARKS = (MarkKind.CONFIRMED, MarkKind.UNDONE)
_GHOSTS_READ = 5


class Session(Showing, Acting):
    """All state is read through properties and methods here; observers get `Change`s."""

    def __init__(
        self,
        api: SyncApi,
        feed: Feed,
        *,
        query: OrdersQuery | None = None,
        memories: Mapping[Tab, TabMemory] | None = None,
        hidden_alerts: Mapping[str, datetime | None] | None = None,
        drafts: DraftBook | None = None,
        pace: Pace | None = None,
    ) -> None:
        """Starts on `query`; without one on the tab `unfulfilled`. `memories` say how tabs were left."""
        self._api = api
        self._pace = pace = pace or Pace()
        self._observers: list[Observer] = []
        self._crew = Crew(self._tell, pace)
        self._store = store = Store()
        self.drafts = drafts or DraftBook()
        spawn, tell = self._crew.spawn, self._tell
        self._live = Live(
            feed,
            pace,
            tell=tell,
            ping=self._pinged,
            moved=self._moved,
            back=self._back,
            reset=self._reset,
            hidden=hidden_alerts,
        )
        self._pager = Pager(
            api,
            store,
            pace,
            query=query or OrdersQuery(),
            memories=memories or {},
            spawn=spawn,
            tell=tell,
            seen=self._seen,
            met=partial(self._live.met, "page"),
        )
        self._details = Details(api, store, self._detailed)
        self._people = People(api, tell, partial(self._live.met, "me"))
        self._fading = Fading(pace, self._faded)
        self._sender = Sender(api, store, pace, spawn=spawn, tell=tell, line=lambda: self.connection)
        self._runner = Runner(api, store, pace, self._sender, spawn=spawn, tell=tell)
        self._missed: set[str] = set()
        for work, name in (
            (self._pager.run, "pages"),
            (self._live.run, "feed"),
            (self._details.run, "details"),
            (self._people.run, "people"),
            (self._fading.run, "fading"),
        ):
            self._crew.keep(work, name)

    async def run(self) -> None:
        """Runs until cancelled: listens, fetches, sends, retries."""
        await self._crew.run()

    def subscribe(self, observer: Observer) -> Callable[[], None]:
        """Calls `observer` in the session's loop with every change; the answer unsubscribes."""
        self._observers.append(observer)
        return lambda: self._observers.remove(observer)

    @property
    def connection(self) -> Connection:
        """The state of the line, as it is to be shown."""
        return self._live.connection

    @property
    def alerts(self) -> AlertBook:
        """Open alerts and data gaps."""
        return self._live.alerts

    @property
    def me(self) -> Me | None:
        """Who the server takes us for; None until it said so."""
        return self._people.me

    @property
    def owners(self) -> tuple[Owner, ...]:
        """Everybody who owns open orders, as of the last time it was asked."""
        return self._people.owners

    def refresh(self) -> None:
        """Fetches now, takes in what waits behind the pill, and tries the line at once if it is down."""
        self._missed.clear()
        self._live.poke()
        self._sender.line_moved()
        self._people.refresh()
        self._pager.accept()

    def refresh_owners(self) -> None:
        """Asks who owns how much (a dialog opens)."""
        self._people.refresh()

    async def collect_matching(
        self, query: OrdersQuery | None = None, on_progress: Callable[[int, int], None] | None = None
    ) -> Matching:
        """Every order that matches (the view's query by default), by walking its pages. Raises ApiError."""
        return await collect(self._api, query or self._pager.table.query, on_progress)

    async def sign_in(self, token: str) -> ApiError | None:
        """Tries a token. Taken (None): the line is tried at once and what waited is sent. Else why not; the old one stays."""
        refused = await self._api.try_token(token)
        if refused is None:
            self.refresh()
        return refused

    def acknowledge(self, alert_ids: Collection[str]) -> None:
        """Hides alerts while their causes stay open."""
        for alert_id in alert_ids:
            self.alerts.acknowledge(alert_id)
        self._tell(told.AlertsChanged())

    def snooze(self, alert_ids: Collection[str], seconds: float) -> None:
        """Hides alerts for a while."""
        until = self._pace.now() + timedelta(seconds=seconds)
        for alert_id in alert_ids:
            self.alerts.snooze(alert_id, until)
        self._tell(told.AlertsChanged())

    def _tell(self, change: told.Change) -> None:
        if isinstance(change, told.ActionChanged | told.ActionSettled):
            self._followed(change)
        if isinstance(change, told.AlertsChanged) and self._is_own(change.toast):
            change = told.AlertsChanged()
        for observer in tuple(self._observers):
            observer(change)

    def _is_own(self, alert: Alert | None) -> bool:
        """An alert that the operator's own action has just raised is no news to them. One that failed raised none."""
        mark = None if alert is None or alert.order_id is None else self._store.mark(alert.order_id)
        return mark is not None and mark.kind is not MarkKind.FAILED

    def _followed(self, change: told.ActionChanged | told.ActionSettled) -> None:
        """An action moved on: so do its run, its marks, its draft, and the page it may have left."""
        entry = change.entry
        in_bulk = self._runner.moved(entry)
        if isinstance(change, told.ActionChanged):
            return
        self._fading.start(Fade.MARK, entry.order_ids)
        if entry.state in {ActionState.DONE, ActionState.PARTLY}:
            self.drafts.drop(entry.draft)
            self._pager.freshness.ping(self._store.desk_version)
        elif not in_bulk:
            self.drafts.keep(entry.draft)
        if entry.failures or entry.state in {ActionState.FAILED, ActionState.REFUSED}:
            not_done = "not done" if entry.state is not ActionState.PARTLY else "partly done"
            if not in_bulk:
                self._tell(told.Notice(told.Level.ERROR, f"{entry.draft.verb} {not_done}: {entry.message}"))

    def _pinged(self, version: int, order_ids: frozenset[str]) -> None:
        if self._pager.table.frozen:
            self._missed |= order_ids
            self._tell(told.ViewChanged())
        self._pager.freshness.ping(version)

    def _moved(self) -> None:
        self._sender.line_moved()

    def _reset(self, desk_id: str | None) -> None:
        self._leave_other_desks(desk_id)
        self._pager.reset(desk_id)
        self._people.refresh()

    def _back(self) -> None:
        self._people.refresh()
        self._pager.freshness.now()
        self._details.look_again()

    def _seen(self, entry: PageEntry, changed: frozenset[str]) -> None:
        """A page came: rows that somebody else changed are marked, ghosts are asked where they went."""
        table = self._pager.table
        self._same_desk(entry.desk_id)
        others = {order_id for order_id in changed.intersection(table.ids) if self._store.mark(order_id) is None}
        if entry.query != table.query:
            self._fading.start(Fade.CHANGED, others)
        fresh_ghosts = [order_id for order_id in table.ghosts if not self._fading.shows(Fade.GHOST, order_id)]
        if fresh_ghosts:
            self._fading.start(Fade.GHOST, fresh_ghosts)
        for order_id in fresh_ghosts[:_GHOSTS_READ]:
            self._details.want(order_id)
        self._drop_moved(fresh_ghosts[_GHOSTS_READ:])
        self._details.look_again()

    def _same_desk(self, desk_id: str | None) -> None:
        """Pages and alerts are of one desk, or the alerts are not shown; who works there is asked again."""
        before = self.alerts.page_desk_id
        self._leave_other_desks(desk_id)
        if desk_id is None or desk_id == before:
            return
        self.alerts.page_desk_id = desk_id
        if before is not None:
            self._people.refresh()
            self._tell(told.AlertsChanged())
            self._tell(told.DeskLeft())

    def _leave_other_desks(self, desk_id: str | None) -> None:
        """Nothing of another desk is offered to be taken back."""
        for entry in self._sender.log.leave_other_desks(desk_id) if desk_id is not None else ():
            self._tell(told.ActionChanged(entry))

    def _drop_moved(self, order_ids: Collection[str]) -> None:
        """Rows that are missing from the page but, as far as is known, still in the list stand on another page now: no ghosts."""
        moved = [o for o in order_ids if o in self._pager.table.ghosts and not self._where_to(o)]
        if moved and self._pager.table.forget(moved):
            self._tell(told.PageShown())

    def _detailed(self, order_id: str, rows: frozenset[str]) -> None:
        if rows:
            self._tell(told.RowsChanged(rows))
        self._drop_moved([order_id])
        self._tell(told.DetailChanged(order_id))

    def _faded(self, fade: Fade, order_ids: set[str]) -> None:
        table = self._pager.table
        if fade is Fade.GHOST:
            if table.forget(order_ids):
                self._tell(told.PageShown())
            return
        rows = self._store.dismiss(order_ids, _PASSING_MARKS) if fade is Fade.MARK else frozenset(order_ids)
        if rows:
            self._tell(told.RowsChanged(rows))
