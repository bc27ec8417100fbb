"""Fetches pages into the store: never the same page twice at once, and never an answer older than what was asked for."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import TYPE_CHECKING

from orders_tui.errors import ApiError, Refused
from orders_tui.pace import Pace
from orders_tui.store import PageEntry
from orders_tui.store.store import Store

if TYPE_CHECKING:
    from orders_tui.api.client import SyncApi
    from orders_tui.query import OrdersQuery
    from orders_wire.page import OrdersPage

OnPage = Callable[[PageEntry, frozenset[str]], None]
OnProblem = Callable[["OrdersQuery", ApiError], None]


class Loader:
    """`on_page` gets the page and the ids of the orders that look different; `on_problem` why there is none."""

    def __init__(self, api: SyncApi, store: Store, pace: Pace, on_page: OnPage, on_problem: OnProblem) -> None:
        self._api = api
        self._store = store
        self._pace = pace
        self._on_page = on_page
        self._on_problem = on_problem
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
