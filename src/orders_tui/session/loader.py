"""Fetches pages into the store, and knows when to fetch again."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import TYPE_CHECKING

from orders_tui.backoff import delay_s
from orders_tui.errors import ApiError, Refused
from orders_tui.pace import Pace, wait_for
from orders_tui.store import PageEntry
from orders_tui.store.store import Store

if TYPE_CHECKING:
    from orders_tui.api.client import SyncApi
    from orders_tui.query import OrdersQuery
    from orders_wire.page import OrdersPage

QUIET_S = 0.03
LONGEST_QUIET_S = 0.25
SPACING_S = 0.25
IDLE_S = 60.0
_RETRY_S = 1.0
_LONGEST_RETRY_S = 10.0
_TICK_S = 1e-6

OnPage = Callable[[PageEntry, frozenset[str]], None]
OnProblem = Callable[["OrdersQuery", ApiError], None]


class Loader:
    """Never the same page twice at once, and never an answer older than what was asked for.

    `on_page` gets the page and the ids of the orders that look different; `on_problem` why there is none.
    """

    def __init__(self, api: SyncApi, store: Store, pace: Pace, on_page: OnPage, on_problem: OnProblem) -> None:
        self._api, self._store, self._pace = api, store, pace
        self._on_page, self._on_problem = on_page, on_problem
        self._flying: dict[OrdersQuery, asyncio.Event] = {}

    def flying(self, query: OrdersQuery) -> bool:
        """True while this very page is on its way."""
        return query in self._flying

    async def load(self, query: OrdersQuery, min_version: int = 0) -> bool:
        """Fetches a page at least that new. Joins a fetch on its way, unless what it brings is too old. False: a problem."""
        while (landed := self._flying.get(query)) is not None:
            await landed.wait()
            entry = self._store.page(query)
            if entry is not None and entry.holds(self._store.desk_id, min_version):
                return True
        self._flying[query] = landed = asyncio.Event()
        try:
            return await self._fetch(query, min_version)
        finally:
            del self._flying[query]
            landed.set()

    async def _fetch(self, query: OrdersQuery, min_version: int) -> bool:
        try:
            page = await self._page(query, min_version)
        except ApiError as error:
            self._on_problem(query, error)
            return False
        changed = self._store.absorb_page(query, page, self._pace.monotonic())
        entry = self._store.page(query)
        assert entry is not None
        self._on_page(entry, changed)
        return True

    async def _page(self, query: OrdersQuery, min_version: int) -> OrdersPage:
        """A server that is not that far within 2 s (`unavailable`) is taken as it is: old rows are better than none."""
        if min_version > 0:
            try:
                return await self._api.orders(query, min_version)
            except Refused as error:
                if not error.passing:
                    raise
        return await self._api.orders(query)


class RefetchTimer:
    """When to fetch again: soon after a ping, once for a burst of them, and once a minute whatever happens.

    Pings that come close together are one reason. While they keep coming there is at most one fetch per `SPACING_S`. `ping` and
    `now` say that there is something to fetch; `due` waits until it is time to.
    """

    def __init__(self, pace: Pace) -> None:
        self._pace = pace
        self._wake = asyncio.Event()
        self._first_ping_s: float | None = None
        self._last_ping_s = 0.0
        self._fetched_s = pace.monotonic()
        self._idle_until_s = self._fetched_s + IDLE_S
        self._failures = 0
        self._at_once = False
        self.wanted_version = 0

    def ping(self, version: int = 0) -> None:
        """The desk moved on, at least to this version."""
        self.wanted_version = max(self.wanted_version, version)
        self._last_ping_s = self._pace.monotonic()
        if self._first_ping_s is None:
            self._first_ping_s = self._last_ping_s
        self._wake.set()

    def now(self) -> None:
        """Fetch without waiting for quiet: the operator asked, or the connection is back."""
        self._at_once = True
        self._wake.set()

    def succeeded(self) -> None:
        """What was wanted came."""
        self._failures = 0
        self._idle_until_s = self._pace.monotonic() + IDLE_S

    def failed(self) -> None:
        """What was wanted did not come: it is tried again soon, then less soon."""
        self._idle_until_s = self._pace.monotonic() + delay_s(self._failures, _RETRY_S, _LONGEST_RETRY_S)
        self._failures += 1
        self._wake.set()

    def start_over(self) -> None:
        """Another desk: versions of the old one mean nothing."""
        self.wanted_version = 0

    async def due(self) -> bool:
        """Returns when it is time to fetch; pings until then are served by that fetch.

        True when nothing but pings is the reason.
        """
        while (wait_s := self._wait_s()) > _TICK_S:
            self._wake.clear()
            await wait_for(self._wake, wait_s)
        now_s = self._pace.monotonic()
        pinged_only = not self._at_once and now_s + _TICK_S < self._idle_until_s
        self._first_ping_s, self._at_once = None, False
        self._fetched_s, self._idle_until_s = now_s, max(self._idle_until_s, now_s + _RETRY_S)
        return pinged_only

    def _wait_s(self) -> float:
        if self._at_once:
            return 0.0
        at_s = self._idle_until_s
        if self._first_ping_s is not None:
            quiet_at_s = min(self._last_ping_s + QUIET_S, self._first_ping_s + LONGEST_QUIET_S)
            at_s = min(at_s, max(quiet_at_s, self._fetched_s + SPACING_S))
        return at_s - self._pace.monotonic()
