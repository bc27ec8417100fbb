"""Runs bulk actions: eligible orders in chunks, a few requests at a time, each order with its outcome in the end."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine, Iterator
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from orders_tui.drafts import Draft
from orders_tui.eligibility import preview
from orders_tui.errors import ApiError
from orders_tui.pace import Pace
from orders_tui.session.actions import ActionEntry
from orders_tui.session.bulk import BulkRun, Outcome, OutcomeKind
from orders_tui.session.changes import BulkChanged, Change, RowsChanged
from orders_tui.session.requests import split
from orders_tui.session.sender import Sender
from orders_tui.store.store import Store
from orders_wire.vocabulary import ActionName

if TYPE_CHECKING:
    from orders_tui.api.client import SyncApi

_SINGLES_AT_ONCE = 4
_RE_READ = 100


class Runner:
    """Starts runs and keeps them."""

    def __init__(
        self,
        api: SyncApi,
        store: Store,
        pace: Pace,
        sender: Sender,
        *,
        spawn: Callable[[Coroutine[Any, Any, None], str], None],
        tell: Callable[[Change], None],
    ) -> None:
        self._api, self._store, self._pace, self._sender = api, store, pace, sender
        self._spawn, self._tell = spawn, tell
        self.runs: list[BulkRun] = []

    def start(self, draft: Draft) -> BulkRun:
        """A run over the draft's orders. What is known to be impossible is skipped, with its reason."""
        return self._begin(draft, re_read=False)

    def retry(self, run: BulkRun) -> BulkRun:
        """A run over just the orders that failed, as they are now: they are read again first."""
        run.retried = True
        return self._begin(replace(run.draft, order_ids=run.of(OutcomeKind.FAILED), versions={}), re_read=True)

    def refuse(self, draft: Draft, reason: str) -> BulkRun:
        """A run of which nothing is sent."""
        run = self._new(draft)
        run.outcomes.update(dict.fromkeys(draft.order_ids, Outcome(OutcomeKind.FAILED, reason)))
        run.end()
        self._tell(BulkChanged(run))
        return run

    def moved(self, entry: ActionEntry) -> bool:
        """A request moved on: so does the run that it belongs to. False when it belongs to none."""
        run = next((run for run in reversed(self.runs) if run.id == entry.batch), None)
        if run is None or entry.draft.verb is ActionName.UNDO:
            return run is not None
        run.moved(entry)
        self._tell(BulkChanged(run))
        return True

    def _begin(self, draft: Draft, *, re_read: bool) -> BulkRun:
        run = self._new(draft)
        self._spawn(self._run(run, re_read=re_read), "bulk run")
        return run

    def _new(self, draft: Draft) -> BulkRun:
        unique = replace(draft, order_ids=tuple(dict.fromkeys(draft.order_ids)))
        run = BulkRun(f"b-{self._pace.new_key()[:6]}", unique, self._pace.monotonic(), self._pace.monotonic)
        self.runs.append(run)
        return run

    async def _run(self, run: BulkRun, *, re_read: bool) -> None:
        if re_read:
            await self._read_again(run.draft.order_ids[:_RE_READ])
        eligibility = preview(run.draft, ((o, self._store.view(o)) for o in run.draft.order_ids))
        for reason, order_ids in eligibility.skipped.items():
            run.skip(order_ids, reason)
        requests = split(replace(run.draft, order_ids=eligibility.sendable)) if eligibility.sendable else []
        self._tell(BulkChanged(run))
        queue = iter(requests)
        singles = all(len(request.order_ids) == 1 for request in requests)
        async with asyncio.TaskGroup() as group:
            for _ in range(_SINGLES_AT_ONCE if singles else 1):
                group.create_task(self._work(run, queue))
        run.end()
        self._tell(BulkChanged(run))

    async def _work(self, run: BulkRun, queue: Iterator[Draft]) -> None:
        for request in queue:
            if run.stopped:
                return
            entry = self._sender.begin(request, run.id)
            run.keys.append(entry.key)
            await self._sender.settled(entry.key)

    async def _read_again(self, order_ids: tuple[str, ...]) -> None:
        for order_id in order_ids:
            try:
                detail = await self._api.order(order_id)
            except ApiError:
                continue
            self._tell(RowsChanged(self._store.absorb_detail(detail)))
