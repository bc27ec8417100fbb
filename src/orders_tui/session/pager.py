"""Keeps the table on show true: fetches what is wanted, again after pings, and neighbouring pages before they are asked for."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import TYPE_CHECKING

from orders_tui import wording
from orders_tui.errors import ApiError, Refused
from orders_tui.pace import Pace
from orders_tui.query import OrdersQuery
from orders_tui.session import changes
from orders_tui.session.loader import Loader, RefetchTimer
from orders_tui.session.table_state import Goal, TableState
from orders_tui.session.tasks import Spawn
from orders_tui.state_file import TabMemory
from orders_tui.store import PageEntry
from orders_tui.store.store import Store
from orders_wire.vocabulary import ErrorCode

if TYPE_CHECKING:
    from orders_tui.api.client import SyncApi
    from orders_wire.page import OrdersPage

_STALE_NEIGHBOUR_S = 3.0


class Pager:
    """`seen` is called with every page that came and the orders that look different; `met` with what a request ran into."""

    def __init__(
        self,
        api: SyncApi,
        store: Store,
        pace: Pace,
        *,
        query: OrdersQuery,
        memories: Mapping[str, TabMemory],
        spawn: Spawn,
        tell: Callable[[changes.Change], None],
        seen: Callable[[PageEntry, frozenset[str]], None],
        met: Callable[[ApiError | None], None],
    ) -> None:
        self._store, self._pace = store, pace
        self._spawn, self._tell, self._seen, self._met = spawn, tell, seen, met
        self._loader = Loader(api, store, pace, self._came, self._failed)
        self.timer = RefetchTimer(pace)
        self.state = TableState(query, memories)
        self.summary: OrdersPage | None = None
        self.as_of: datetime | None = None
        self._desk_id: str | None = None
        self._unread_noticed = False

    async def run(self) -> None:
        """Fetches what is wanted, whenever it is due, until cancelled."""
        await self._loader.load(self.state.wanted)
        while True:
            pinged_only = await self.timer.due()
            state, version = self.state, self.timer.wanted_version
            if state.frozen and state.turning is None and state.accepting is None:
                continue
            if pinged_only and state.entry is not None and state.entry.holds(self._desk_id, version):
                continue
            await self._load(state.wanted)

    def show(self, query: OrdersQuery, goal: Goal) -> None:
        """Shows a place of a list: at once where it was fetched before, and fetched anew in any case."""
        cursor = self.state.cursor_id
        self.state.show(query, goal)
        held = self._store.page(query)
        if held is not None:
            self.state.arrived(held)
        self._shown(cursor)
        if self.state.turning is not None:
            self._load_soon()
        else:
            self.timer.now()

    def reset(self, desk_id: str | None = None) -> None:
        """What was known of the desk is void; it may be another one now."""
        self._desk_id = desk_id or self._desk_id
        self.timer.start_over()
        self._store.forget_pages()
        self.timer.now()

    async def _load(self, query: OrdersQuery) -> None:
        if await self._loader.load(query, self.timer.wanted_version):
            self._prefetch()

    def _load_soon(self) -> None:
        self._spawn(self._load(self.state.wanted), "page")

    def _came(self, entry: PageEntry, changed: frozenset[str]) -> None:
        self._met(None)
        cursor, summary, wanted = self.state.cursor_id, self.summary, entry.query == self.state.wanted
        another = self._is_another_desk(entry)
        if another:
            self.timer.start_over()
            self.state.start_over()
            self._unread_noticed = False
            self.timer.now()
        if wanted:
            self.as_of = self._pace.now()
            self.timer.succeeded()
        shown = self.state.arrived(entry)
        if (wanted or another) and not _newer_is_known(summary, entry):  # a neighbour's news come with the page itself
            self.summary = entry.page
        self._store.hold(self.state.ids)
        if shown:
            self._shown(cursor)
        else:
            if wanted:
                self._tell(changes.ViewChanged())
            if rows := changed.intersection(self.state.ids):
                self._tell(changes.RowsChanged(rows))
        if self.summary is not summary:
            self._tell(changes.SummaryChanged())
        self._say_unread()
        self._seen(entry, changed)
        self._follow_up(entry)

    def _say_unread(self) -> None:
        """Once for a desk: from then on it stands in the line above the table."""
        if self.state.unread and not self._unread_noticed:
            self._unread_noticed = True
            text = f"{wording.unread(self.state.unread)}: left out of the list"
            self._tell(changes.Notice(changes.Level.WARNING, text))

    def _is_another_desk(self, entry: PageEntry) -> bool:
        """True when the figures on show are of another desk than this page."""
        if entry.desk_id is None:
            return False
        self._desk_id = entry.desk_id
        known = self.summary.desk if self.summary is not None else None
        return known is not None and known.id != entry.desk_id

    def _follow_up(self, entry: PageEntry) -> None:
        """A page that turns out to be the wrong one leads to the right one."""
        if self.state.turning is not None and not self._loader.flying(self.state.wanted):
            self._load_soon()
        elif entry.query == self.state.query and not self.state.ids:
            cursor = entry.page.orders.page_info.previous_cursor
            if cursor:
                self.show(self.state.query.at(cursor), Goal(at_end=True))

    def _failed(self, query: OrdersQuery, error: ApiError) -> None:
        unknown_place = isinstance(error, Refused) and error.code is ErrorCode.INVALID_REQUEST
        if query == self.state.wanted and unknown_place and query.cursor is not None:
            self.state.restart()
            self._load_soon()
            return
        self._met(error)
        if self.state.failed(query, error):
            self.timer.failed()
            self._tell(changes.ViewChanged())

    def _shown(self, cursor: str | None) -> None:
        self._tell(changes.PageShown())
        if self.state.cursor_id != cursor:
            self._tell(changes.CursorMoved(self.state.cursor_id))

    def _prefetch(self) -> None:
        """The pages before and after, so that a page turn is immediate."""
        entry = self.state.entry
        if entry is None or self.state.frozen or self.state.turning is not None:
            return
        info = entry.page.orders.page_info
        for cursor in (info.next_cursor if info.has_next_page else None, info.previous_cursor):
            if cursor is not None and self._worth_fetching(entry.query.at(cursor)):
                self._spawn(self._loader.load(entry.query.at(cursor)), "neighbouring page")

    def _worth_fetching(self, query: OrdersQuery) -> bool:
        if self._loader.flying(query):
            return False
        held = self._store.page(query)
        old = held is None or self._pace.monotonic() - held.fetched_at > _STALE_NEIGHBOUR_S
        return old and (held is None or held.desk_version < self._store.desk_version)


def _newer_is_known(summary: OrdersPage | None, entry: PageEntry) -> bool:
    """True when the figures on show are of the same desk, later on."""
    known = summary.desk if summary is not None else None
    return known is not None and known.id == entry.desk_id and known.version > entry.desk_version
