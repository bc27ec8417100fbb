"""Details of single orders: the one under the cursor after a short rest, any other when asked for, again when its row changed."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable, Iterator
from typing import TYPE_CHECKING

from orders_tui.errors import ApiError
from orders_tui.pace import wait_for
from orders_tui.store.store import Store

if TYPE_CHECKING:
    from orders_tui.api.client import SyncApi
    from orders_wire.detail import OrderDetail

REST_S = 0.12
_AT_ONCE = 4


class Details:
    """`changed` is called with an order's id and the ids of rows that look different when its detail came or failed."""

    def __init__(self, api: SyncApi, store: Store, changed: Callable[[str, frozenset[str]], None]) -> None:
        self._api, self._store, self._changed = api, store, changed
        self._wake = asyncio.Event()
        self._now: set[str] = set()
        self._resting: str | None = None
        self._problems: dict[str, ApiError] = {}
        self.watched: str | None = None

    def get(self, order_id: str) -> OrderDetail | None:
        """The detail if it is here; fetched when it is not, or older than its row."""
        self.watched = order_id
        if self.stale(order_id) and order_id not in self._problems:
            self.want(order_id)
        return self._store.detail(order_id)

    def problem(self, order_id: str) -> ApiError | None:
        """Why the last attempt brought nothing."""
        return self._problems.get(order_id)

    def stale(self, order_id: str) -> bool:
        """True when nothing is held, or the row is newer."""
        held, row = self._store.detail_version(order_id), self._store.base(order_id)
        return held is None or (row is not None and row.version > held)

    def want(self, order_id: str) -> None:
        """Fetches now."""
        self._problems.pop(order_id, None)
        self._now.add(order_id)
        self._wake.set()

    def rest_on(self, order_id: str | None) -> None:
        """The cursor stands on this order: its detail is fetched if it stays there."""
        self._resting = self.watched = order_id
        self._wake.set()

    def look_again(self) -> None:
        """Rows changed, or the connection is back: the watched detail may be old."""
        if self.watched is not None and self.stale(self.watched):
            self.want(self.watched)

    async def run(self) -> None:
        """Serves what is wanted, one at a time."""
        while True:
            await self._wake.wait()
            self._wake.clear()
            while self._now:
                await self._fetch(self._now.pop())
            order_id = self._resting
            if order_id is None or await wait_for(self._wake, REST_S) or order_id != self._resting:
                continue
            self._resting = None
            if self.stale(order_id):
                await self._fetch(order_id)

    async def _fetch(self, order_id: str) -> None:
        desk_id = self._store.desk_id
        try:
            detail = await self._api.order(order_id)
        except ApiError as error:
            self._problems[order_id] = error
            self._changed(order_id, frozenset())
            return
        self._problems.pop(order_id, None)
        if self._store.desk_id != desk_id and desk_id is not None:
            self.want(order_id)
            return
        self._changed(order_id, self._store.absorb_detail(detail))


async def read_many(
    api: SyncApi,
    order_ids: Iterable[str],
    came: Callable[[str, OrderDetail | ApiError], None],
) -> None:
    """Reads the details of these orders, a few at a time; `came` gets each, or why it could not be had."""

    async def read(left: Iterator[str]) -> None:
        for order_id in left:
            try:
                came(order_id, await api.order(order_id))
            except ApiError as error:
                came(order_id, error)

    queue = iter(tuple(order_ids))
    async with asyncio.TaskGroup() as group:
        for _ in range(_AT_ONCE):
            group.create_task(read(queue))
