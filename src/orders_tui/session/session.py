"""The session object: the one thing that the screens and the headless watch talk to.

Methods that only steer are synchronous, return at once and never raise for the network's sake: what they lead to arrives as
changes. `run()` owns every task.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from datetime import datetime, timedelta
from functools import partial
from typing import TYPE_CHECKING

from orders_tui.drafts import Draft
from orders_tui.eligibility import Eligibility, preview
from orders_tui.pace import Pace
from orders_tui.persistence import DraftBook
from orders_tui.query import Filters, OrdersQuery, Sort
from orders_tui.session import changes as told
from orders_tui.session.actions import ActionState
from orders_tui.session.crew import Crew
from orders_tui.session.details import Details
from orders_tui.session.fading import Fade, Fading
from orders_tui.session.live import Live
from orders_tui.session.matching import Matching, collect
from orders_tui.session.merging import ghost_reason
from orders_tui.session.pager import Pager
from orders_tui.session.people import People
from orders_tui.session.requests import split
from orders_tui.session.runner import Runner
from orders_tui.session.sender import Sender
from orders_tui.session.table import Goal
from orders_tui.session.view import Ghost, RowView, TabMemory, View
from orders_tui.store import MarkKind, PageEntry, Store
from orders_wire.vocabulary import Tab

if TYPE_CHECKING:
    from orders_tui.alerts import AlertBook
    from orders_tui.api import SyncApi
    from orders_tui.errors import ApiError
    from orders_tui.feed import Connection, Feed
    from orders_tui.session.actions import ActionEntry
    from orders_tui.session.bulk import BulkRun
    from orders_wire.detail import OrderDetail
    from orders_wire.orders import Order
    from orders_wire.page import OrdersPage
    from orders_wire.people import Me, Owner

Observer = Callable[[told.Change], None]
_PASSING_MARKS = (MarkKind.CONFIRMED, MarkKind.UNDONE)
_GHOSTS_READ = 5


class Session:
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
        self._crew = Crew(self._tell)
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
            (self._pager.run(), "pages"),
            (self._live.run(), "feed"),
            (self._details.run(), "details"),
            (self._people.run(), "people"),
            (self._fading.run(), "fading"),
        ):
            spawn(work, name)

    async def run(self) -> None:
        """Runs until cancelled: listens, fetches, sends, retries."""
        await self._crew.run()

    def subscribe(self, observer: Observer) -> Callable[[], None]:
        """Calls `observer` in the session's loop with every change; the answer unsubscribes."""
        self._observers.append(observer)
        return lambda: self._observers.remove(observer)

    @property
    def view(self) -> View:
        """The table as it is to be shown."""
        table = self._pager.table
        rows = tuple(row for order_id in table.ids if (row := self.row(order_id)) is not None)
        return View(
            query=table.query,
            rows=rows,
            cursor_id=table.cursor_id,
            span=table.span(),
            loading=table.loading,
            problem=table.problem,
            as_of=self._pager.as_of,
            new_count=table.new_count + len(self._missed),
            frozen=table.frozen,
        )

    @property
    def summary(self) -> OrdersPage | None:
        """The newest page of any query: metrics but `total_orders`, panels and tab counts are the same in all."""
        return self._pager.summary

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

    def order(self, order_id: str) -> Order | None:
        """An order as it is shown, on the page or not."""
        return self._store.view(order_id)

    def row(self, order_id: str) -> RowView | None:
        """A row on show (with its mark, ghost and change), else one made from what is known of the order; None when unknown."""
        order = self._store.view(order_id)
        if order is None:
            return None
        table = self._pager.table
        ghost = Ghost(ghost_reason(table.query, order)) if order_id in table.ghosts else None
        changed = self._fading.shows(Fade.CHANGED, order_id)
        return RowView(order, self._store.mark(order_id), ghost, changed)

    def memory(self, tab: Tab) -> TabMemory:
        """How a tab was left, for `persistence`."""
        return self._pager.table.memory(tab)

    def open_tab(self, tab: Tab) -> None:
        """Shows a tab as it was left; the one on show stays as it is."""
        if tab is not self._pager.table.query.tab or self._pager.table.entry is None:
            self._pager.show(*self._pager.table.resume(tab, self._pager.page_size))

    def show(self, query: OrdersQuery, order_id: str | None = None) -> None:
        """Shows a query from its cursor, with the cursor on an order if it is there."""
        self._pager.page_size = query.page_size
        self._pager.show(query, Goal(order_id))

    def set_filters(self, filters: Filters, sort: Sort | None = None) -> None:
        """Narrows the present tab, from its first page; a sort of None keeps the tab's own order."""
        query = OrdersQuery(self._pager.table.query.tab, filters, sort, self._pager.page_size)
        self._pager.show(query, Goal(self._pager.table.cursor_id))

    def set_sort(self, sort: Sort | None) -> None:
        """Sorts the present tab, from its first page."""
        self.set_filters(self._pager.table.query.filters, sort)

    def set_page_size(self, size: int) -> None:
        """So many rows a page from now on; the rows on show stay where they are."""
        if size != self._pager.page_size:
            table = self._pager.table
            self._pager.page_size = size
            place = OrdersQuery(table.query.tab, table.query.filters, table.query.sort, size, table.anchor.cursor)
            self._pager.show(place, Goal(table.cursor_id))

    def move_cursor(self, order_id: str | None) -> None:
        """The operator stands on this order now. A ghost left behind goes; the order's detail is loaded after a short rest."""
        table = self._pager.table
        rows = table.ids
        if not table.move(order_id):
            return
        self._details.rest_on(order_id)
        if table.ids != rows:
            self._tell(told.PageShown())
        self._tell(told.CursorMoved(order_id))

    def next_page(self) -> bool:
        """Turns the page, at once where it was prefetched, with the cursor on its first row. False when there is none."""
        return self._turn_to("next_cursor", Goal())

    def previous_page(self) -> bool:
        """As `next_page`, with the cursor on the last row."""
        return self._turn_to("previous_cursor", Goal(at_end=True))

    def _turn_to(self, name: str, goal: Goal) -> bool:
        table = self._pager.table
        if table.entry is None or table.turning:
            return table.turning
        cursor = getattr(table.entry.page.orders.page_info, name)
        if cursor is None:
            return False
        self._pager.turn(cursor, goal)
        return True

    def first_page(self) -> None:
        """Goes to the top of the list, with the cursor on its first row."""
        self._pager.turn(None, Goal())

    def last_page(self) -> None:
        """Goes to the end of the list, with the cursor on its last row."""
        self._pager.turn_last()

    def step(self, offset: int) -> str | None:
        """The order `offset` rows further (−1, 1 …), turning the page where the rows end; moves the cursor there.

        None when there is none, or its page is still on its way (`CursorMoved` follows).
        """
        table = self._pager.table
        order_id = table.neighbour(offset)
        if order_id is not None:
            self.move_cursor(order_id)
            return order_id
        turned = self.next_page() if offset > 0 else self.previous_page()
        return table.cursor_id if turned and not table.turning else None

    def refresh(self) -> None:
        """Fetches now, takes in what waits behind the pill, and tries the line at once if it is down."""
        self._missed.clear()
        self._live.poke()
        self._sender.line_moved()
        self._people.refresh()
        self._pager.accept()

    def freeze(self, frozen: bool) -> None:
        """Frozen, nothing on show moves or changes but by the operator's own actions; what was missed is counted."""
        self._pager.table.frozen = frozen
        if not frozen:
            self._missed.clear()
            self._pager.freshness.now()
        self._tell(told.ViewChanged())

    def detail(self, order_id: str) -> OrderDetail | None:
        """The detail if it is here; where it is not, or is older than its row, it is fetched and `DetailChanged` follows."""
        return self._details.get(order_id)

    def detail_problem(self, order_id: str) -> ApiError | None:
        """Why the detail of an order could not be had."""
        return self._details.problem(order_id)

    def refresh_owners(self) -> None:
        """Asks who owns how much (a dialog opens)."""
        self._people.refresh()

    @property
    def log(self) -> tuple[ActionEntry, ...]:
        """Every action of this session, oldest first."""
        return self._sender.log.all()

    @property
    def unsettled(self) -> tuple[ActionEntry, ...]:
        """Actions without an outcome: what quitting now would leave behind."""
        return self._sender.log.unsettled()

    @property
    def runs(self) -> tuple[BulkRun, ...]:
        """Every bulk run of this session, oldest first."""
        return tuple(self._runner.runs)

    def eligibility(self, draft: Draft) -> Eligibility:
        """Which orders of a draft it could work on, as far as is known here."""
        return preview(draft, ((order_id, self._store.view(order_id)) for order_id in draft.order_ids))

    def act(self, draft: Draft) -> tuple[ActionEntry, ...]:
        """Sends a draft: rows change at once, the answer follows as `ActionSettled`. One entry per request it takes.

        Refused (state `refused`, draft kept) while the line is declared down.
        """
        if not self.connection.acts:
            return (self._refused(draft),)
        requests = split(draft)
        batch = self._pace.new_key() if len(requests) > 1 else None
        return tuple(self._sender.begin(request, batch) for request in requests)

    def undoable(self) -> ActionEntry | None:
        """What `undo()` would take back."""
        return self._sender.log.newest_undoable(self._pace.now())

    def undo(self, key: str | None = None) -> ActionEntry | None:
        """Takes back an action (a key, or all of a batch), or the newest that can be; the entry being undone, or None."""
        newest = self.undoable()
        key = key or (newest.batch or newest.key if newest else None)
        now = self._pace.now()
        entries = [e for e in self._sender.log.of_batch(key) if e.undoable(now)] if key else []
        if entries and not self.connection.acts:
            self._tell(told.Notice(told.Level.WARNING, f"not undone: {self._down()}"))
            return None
        for entry in reversed(entries):
            self._sender.undo(entry)
        return entries[-1] if entries else None

    def bulk(self, draft: Draft) -> BulkRun:
        """Sends a draft of any size in chunks. While the line is declared down: a finished run of failures, draft kept."""
        if not self.connection.acts:
            self.drafts.keep(draft)
            return self._runner.refuse(draft, self._down())
        return self._runner.start(draft)

    def retry_failed(self, run: BulkRun) -> BulkRun:
        """A new run over just the orders that failed, re-read first."""
        return self._runner.retry(run)

    async def collect_matching(
        self, query: OrdersQuery | None = None, on_progress: Callable[[int, int], None] | None = None
    ) -> Matching:
        """Every order that matches (the view's query by default), by walking its pages. Raises ApiError."""
        return await collect(self._api, query or self._pager.table.query, on_progress)

    def dismiss(self, order_ids: Iterable[str]) -> None:
        """Failure reasons on these rows have been read."""
        self._tell(told.RowsChanged(self._store.dismiss(tuple(order_ids))))

    def sign_in(self, token: str) -> None:
        """A new token: the line is tried at once and what waited is sent."""
        self._api.sign_in(token)
        self.refresh()

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
        for observer in tuple(self._observers):
            observer(change)

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

    def _refused(self, draft: Draft) -> ActionEntry:
        return self._sender.refuse(draft, f"{self._down()}; the draft is kept")

    def _down(self) -> str:
        return f"{self.connection.state.replace('_', ' ')}: {self.connection.reason}"

    def _pinged(self, version: int, order_ids: frozenset[str]) -> None:
        if self._pager.table.frozen:
            self._missed |= order_ids
            self._tell(told.ViewChanged())
        self._pager.freshness.ping(version)

    def _moved(self) -> None:
        self._sender.line_moved()

    def _reset(self) -> None:
        self._pager.reset()

    def _back(self) -> None:
        self._people.refresh()
        self._pager.freshness.now()
        self._details.look_again()

    def _seen(self, entry: PageEntry, changed: frozenset[str]) -> None:
        """A page came: rows that somebody else changed are marked, ghosts are asked where they went."""
        table = self._pager.table
        others = {order_id for order_id in changed.intersection(table.ids) if self._store.mark(order_id) is None}
        if entry.query != table.query:
            self._fading.start(Fade.CHANGED, others)
        fresh_ghosts = [order_id for order_id in table.ghosts if not self._fading.shows(Fade.GHOST, order_id)]
        if fresh_ghosts:
            self._fading.start(Fade.GHOST, fresh_ghosts)
        for order_id in fresh_ghosts[:_GHOSTS_READ]:
            self._details.want(order_id)
        self._details.look_again()

    def _detailed(self, order_id: str, rows: frozenset[str]) -> None:
        if rows:
            self._tell(told.RowsChanged(rows))
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
