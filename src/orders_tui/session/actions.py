"""The actions of the session: drafts out, outcomes in, undo, bulk runs, and the log of it all."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine, Iterable, Iterator
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from orders_tui.actions.draft import Draft
from orders_tui.errors import ApiError
from orders_tui.pace import Pace
from orders_tui.session.bulk import BulkRun, OutcomeKind
from orders_tui.session.changes import (
    ActionChanged,
    ActionSettled,
    BulkChanged,
    Change,
    Level,
    Notice,
    RowsChanged,
)
from orders_tui.session.log import ActionEntry, ActionState
from orders_tui.session.sender import Sender
from orders_tui.store.store import Store

if TYPE_CHECKING:
    from orders_tui.api.client import SyncApi
    from orders_tui.drafts import DraftBook
    from orders_tui.feed import Connection

_SINGLES_AT_ONCE = 4
_READ_AGAIN = 100


class Actions:
    """Rows change when a method returns; what became of it follows as changes."""

    def __init__(
        self,
        api: SyncApi,
        store: Store,
        pace: Pace,
        drafts: DraftBook,
        *,
        connection: Callable[[], Connection],
        spawn: Callable[[Coroutine[Any, Any, None], str], None],
        tell: Callable[[Change], None],
    ) -> None:
        self._api, self._store, self._pace, self._drafts = api, store, pace, drafts
        self._connection, self._spawn, self._tell = connection, spawn, tell
        self._sender = Sender(api, store, pace, spawn=spawn, tell=tell, connection=connection)
        self._runs: list[BulkRun] = []

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
        return tuple(self._runs)

    def act(self, draft: Draft) -> tuple[ActionEntry, ...]:
        """Sends a draft: rows change at once, the answer follows as `ActionSettled`. One entry per request it takes.

        Refused (state `refused`, draft kept) while the connection is down.
        """
        if not self._connection().acts:
            return (self._sender.refuse(draft, f"{self._down()}; the draft is kept"),)
        requests = list(draft.requests())
        batch = self._pace.new_key() if len(requests) > 1 else None
        return tuple(self._sender.begin(request, batch) for request in requests)

    def undoable(self) -> ActionEntry | None:
        """What `undo()` would take back."""
        return self._sender.log.newest_undoable(self._pace.now())

    def undoables(self) -> tuple[ActionEntry, ...]:
        """Everything that `undo()` would take back: the newest action, with all of its batch that still can be."""
        newest, now = self.undoable(), self._pace.now()
        return tuple(e for e in self._sender.log.batch_of(newest) if e.undoable(now)) if newest is not None else ()

    def undo(self) -> ActionEntry | None:
        """Takes back the newest action that can be, with all of its batch; the entry being undone, or None.

        What of the batch is not sent yet stays unsent.
        """
        entries = self.undoables()
        if not entries:
            return None
        if not self._connection().acts:
            self._tell(Notice(Level.WARNING, f"not undone: {self._down()}"))
            return None
        for run in self._runs:
            if run.id == entries[-1].batch:
                run.stop()
        for entry in reversed(entries):
            self._sender.undo(entry)
        return entries[-1]

    def bulk(self, draft: Draft) -> BulkRun:
        """Sends a draft of any size in chunks; what is known to be impossible is skipped, with its reason.

        While the connection is down: a finished run of failures, draft kept.
        """
        if self._connection().acts:
            return self._start(draft)
        self._drafts.keep(draft)
        run = self._new_run(draft)
        run.settle(run.draft.order_ids, OutcomeKind.FAILED, self._down())
        run.end()
        self._tell(BulkChanged(run))
        return run

    def retry_failed(self, run: BulkRun) -> BulkRun:
        """A new run over just the orders that failed, as they are now: they are read again first."""
        run.retried = True
        return self._start(replace(run.draft, order_ids=run.of(OutcomeKind.FAILED), versions={}), read_again=True)

    def dismiss(self, order_ids: Iterable[str]) -> None:
        """Failure reasons on these rows have been read."""
        self._tell(RowsChanged(self._store.dismiss(tuple(order_ids))))

    def connection_changed(self) -> None:
        """What waits for the connection looks again."""
        self._sender.connection_changed()

    def leave_other_desks(self, desk_id: str | None) -> None:
        """Nothing of another desk is offered to be taken back."""
        for entry in self._sender.log.leave_other_desks(desk_id) if desk_id is not None else ():
            self._tell(ActionChanged(entry))

    def follow(self, change: ActionChanged | ActionSettled) -> None:
        """An action moved on: so do its run and its draft. A failure outside of a bulk run is a notice."""
        entry = change.entry
        run = next((run for run in reversed(self._runs) if run.id == entry.batch), None)
        if run is not None and entry.draft.undoes is None:
            run.follow(entry)
            self._tell(BulkChanged(run))
        if isinstance(change, ActionChanged):
            return
        if entry.state in {ActionState.DONE, ActionState.PARTLY}:
            self._drafts.drop(entry.draft)
        elif run is None:
            self._drafts.keep(entry.draft)
        if run is None and (entry.failures or entry.state in {ActionState.FAILED, ActionState.REFUSED}):
            not_done = "not done" if entry.state is not ActionState.PARTLY else "partly done"
            self._tell(Notice(Level.ERROR, f"{entry.draft.action} {not_done}: {entry.message}"))

    def _down(self) -> str:
        connection = self._connection()
        return f"{connection.state.replace('_', ' ')}: {connection.reason}"

    def _new_run(self, draft: Draft) -> BulkRun:
        unique = replace(draft, order_ids=tuple(dict.fromkeys(draft.order_ids)))
        run = BulkRun(f"b-{self._pace.new_key()[:6]}", unique, self._pace.monotonic(), self._pace.monotonic)
        self._runs.append(run)
        return run

    def _start(self, draft: Draft, *, read_again: bool = False) -> BulkRun:
        run = self._new_run(draft)
        self._spawn(self._run(run, read_again=read_again), "bulk run")
        return run

    async def _run(self, run: BulkRun, *, read_again: bool) -> None:
        """Sends a run, a few requests at a time where each is for one order, and ends it once all are answered."""
        if read_again:
            await self._read(run.draft.order_ids[:_READ_AGAIN])
        eligibility = run.draft.eligibility(self._store.view)
        for reason, order_ids in eligibility.skipped.items():
            run.settle(order_ids, OutcomeKind.SKIPPED, reason)
        sendable = eligibility.sendable
        requests = list(replace(run.draft, order_ids=sendable).requests()) if sendable else []
        self._tell(BulkChanged(run))
        queue = iter(requests)
        singles = all(len(request.order_ids) == 1 for request in requests)
        async with asyncio.TaskGroup() as group:
            for _ in range(_SINGLES_AT_ONCE if singles else 1):
                group.create_task(self._send(run, queue))
        run.end()
        self._tell(BulkChanged(run))

    async def _send(self, run: BulkRun, queue: Iterator[Draft]) -> None:
        for request in queue:
            if run.stopped:
                return
            await self._sender.settled(self._sender.begin(request, run.id).key)

    async def _read(self, order_ids: tuple[str, ...]) -> None:
        for order_id in order_ids:
            try:
                detail = await self._api.order(order_id)
            except ApiError:
                continue
            self._tell(RowsChanged(self._store.absorb_detail(detail)))
