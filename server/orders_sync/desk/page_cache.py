"""Answers that still hold: a body is computed once per state of the desk, however many ask for it.

Invariant: an answer holds every change that this process committed before it was asked for, and those of others that it has
read of. A body is dropped with the next change, with the next instant that changes a state by itself, and after a minute.
"""

from __future__ import annotations

import asyncio
import hashlib
import time
from dataclasses import dataclass, replace
from functools import partial

from orders_sync.db.engine import Database
from orders_sync.db.tx import Reading
from orders_sync.desk.page import Answer, DeskSummary, View, answer
from orders_sync.desk.query import PageQuery
from orders_sync.desk.state import ShopConnection
from orders_sync.instants import Ms
from orders_sync.rules.thresholds import Thresholds

MOST_HELD = 200
SHORT_S = 0.005
"""How long a page may keep the loop from everything else."""

WAIT_FOR_VERSION_S = 2.0
"""How long `minVersion` is waited for: contract §1, `desk`."""


def entity_tag(body: bytes) -> str:
    """The strong tag of just these bytes."""
    return f'"{hashlib.sha256(body).hexdigest()[:32]}"'


class VersionNotReached(Exception):
    """The desk did not reach the wanted version in time."""


@dataclass(frozen=True, slots=True)
class CachedPage:
    """A body with its entity tag."""

    body: bytes
    etag: str
    until: Ms


class PageCache:
    """The page answers of one process. Holds what it computed for the newest generation of the database only."""

    def __init__(self, database: Database, thresholds: Thresholds, connected: ShopConnection) -> None:
        self._database = database
        self._connected = connected
        self._thresholds = thresholds
        self._generation = database.generation
        self._held: dict[PageQuery, CachedPage] = {}
        self._running: dict[PageQuery, asyncio.Task[CachedPage]] = {}
        self._tasks: set[asyncio.Task[CachedPage]] = set()
        self._summary: DeskSummary | None = None
        self._took_s = 0.0

    def cached(self, query: PageQuery) -> CachedPage | None:
        """The answer, if it still holds."""
        self._turn()
        held = self._held.get(query)
        if held is None or held.until <= self._database.clock() or query.min_version > self._database.version:
            return None
        return held

    async def get(self, query: PageQuery) -> CachedPage:
        """The answer. Raises VersionNotReached when `min_version` does not come in time."""
        if query.min_version:
            if not await self._database.reach(query.min_version, WAIT_FOR_VERSION_S):
                raise VersionNotReached
            query = replace(query, min_version=0)
        held = self.cached(query)
        if held is not None:
            return held
        if self._is_short(query):
            return await self._compute(query, self._generation)
        running = self._running.get(query)
        if running is None:
            running = asyncio.create_task(self._compute(query, self._generation), name="page")
            self._running[query] = running
            self._tasks.add(running)
            running.add_done_callback(self._tasks.discard)
        return await asyncio.shield(running)

    def _is_short(self, query: PageQuery) -> bool:
        """True where no history is searched or skipped, and the last such page took no longer than it may on the loop."""
        selection = query.selection
        plain = selection.sort is None and selection.filters.only_placed
        return plain and self._database.is_at_hand and self._took_s < SHORT_S

    async def close(self) -> None:
        """Ends what is being computed."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    def _turn(self) -> None:
        """Forgets what belongs to an older generation."""
        if self._generation != self._database.generation:
            self._generation = self._database.generation
            self._held.clear()
            self._running.clear()
            self._summary = None

    async def _compute(self, query: PageQuery, generation: int) -> CachedPage:
        try:
            view = View(self._database.shop_id, self._database.clock(), self._thresholds, self._connected)
            summary = self._summary if self._summary is not None and self._summary.until > view.now else None
            read = partial(self._timed, view=view, query=query, known=summary)
            found = await self._database.read(read, short=self._is_short(query))
            held = CachedPage(found.body, entity_tag(found.body), found.summary.until)
            if generation == self._database.generation == self._generation:
                self._summary = found.summary
                self._hold(query, held)
            return held
        finally:
            if self._running.get(query) is asyncio.current_task():
                del self._running[query]

    def _timed(self, conn: Reading, view: View, query: PageQuery, known: DeskSummary | None) -> Answer:
        began = time.perf_counter()
        found = answer(conn, view, query, known)
        if query.selection.filters.only_placed:
            self._took_s = time.perf_counter() - began
        return found

    def _hold(self, query: PageQuery, held: CachedPage) -> None:
        while len(self._held) >= MOST_HELD:
            del self._held[next(iter(self._held))]
        self._held[query] = held
