"""The actions of the session: drafts out, outcomes in, undo, bulk runs, and the log of it all."""

from __future__ import annotations

from collections.abc import Callable, Coroutine, Iterable
from typing import TYPE_CHECKING, Any

from orders_tui.drafts import Draft
from orders_tui.eligibility import Eligibility, preview
from orders_tui.pace import Pace
from orders_tui.session.actions import ActionEntry, ActionState
from orders_tui.session.bulk import BulkRun
from orders_tui.session.changes import ActionChanged, ActionSettled, Change, Level, Notice, RowsChanged
from orders_tui.session.requests import split
from orders_tui.session.runner import Runner
from orders_tui.session.sender import Sender
from orders_tui.store.store import Store

if TYPE_CHECKING:
    from orders_tui.api import SyncApi
    from orders_tui.feed import Connection
    from orders_tui.persistence import DraftBook


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
        self._store, self._pace, self._drafts = store, pace, drafts
        self._connection, self._tell = connection, tell
        self._sender = Sender(api, store, pace, spawn=spawn, tell=tell, line=connection)
        self._runner = Runner(api, store, pace, self._sender, spawn=spawn, tell=tell)

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
        if not self._connection().acts:
            return (self._refused(draft),)
        requests = split(draft)
        batch = self._pace.new_key() if len(requests) > 1 else None
        return tuple(self._sender.begin(request, batch) for request in requests)

    def undoable(self) -> ActionEntry | None:
        """What `undo()` would take back."""
        return self._sender.log.newest_undoable(self._pace.now())

    def undoables(self) -> tuple[ActionEntry, ...]:
        """Everything that `undo()` would take back: the newest action, with all of its batch that still can be."""
        newest, now = self.undoable(), self._pace.now()
        if newest is None:
            return ()
        return tuple(e for e in self._sender.log.of_batch(newest.batch or newest.key) if e.undoable(now))

    def undo(self, key: str | None = None) -> ActionEntry | None:
        """Takes back an action (a key, or all of a batch), or the newest that can be; the entry being undone, or None.

        What of the batch is not sent yet stays unsent.
        """
        newest = self.undoable()
        key = key or (newest.batch or newest.key if newest else None)
        now = self._pace.now()
        entries = [e for e in self._sender.log.of_batch(key) if e.undoable(now)] if key else []
        if entries and not self._connection().acts:
            self._tell(Notice(Level.WARNING, f"not undone: {self._down()}"))
            return None
        for run in self._runner.runs:
            if entries and run.id == entries[-1].batch:
                run.stop()
        for entry in reversed(entries):
            self._sender.undo(entry)
        return entries[-1] if entries else None

    def bulk(self, draft: Draft) -> BulkRun:
        """Sends a draft of any size in chunks. While the line is declared down: a finished run of failures, draft kept."""
        if not self._connection().acts:
            self._drafts.keep(draft)
            return self._runner.refuse(draft, self._down())
        return self._runner.start(draft)

    def retry_failed(self, run: BulkRun) -> BulkRun:
        """A new run over just the orders that failed, re-read first."""
        return self._runner.retry(run)

    def dismiss(self, order_ids: Iterable[str]) -> None:
        """Failure reasons on these rows have been read."""
        self._tell(RowsChanged(self._store.dismiss(tuple(order_ids))))

    def connection_changed(self) -> None:
        """What waits for the connection looks again."""
        self._sender.line_moved()

    def leave_other_desks(self, desk_id: str | None) -> None:
        """Nothing of another desk is offered to be taken back."""
        for entry in self._sender.log.leave_other_desks(desk_id) if desk_id is not None else ():
            self._tell(ActionChanged(entry))

    def follow(self, change: ActionChanged | ActionSettled) -> None:
        """An action moved on: so do its run and its draft. A failure outside of a bulk run is a notice."""
        entry = change.entry
        in_bulk = self._runner.moved(entry)
        if isinstance(change, ActionChanged):
            return
        if entry.state in {ActionState.DONE, ActionState.PARTLY}:
            self._drafts.drop(entry.draft)
        elif not in_bulk:
            self._drafts.keep(entry.draft)
        if not in_bulk and (entry.failures or entry.state in {ActionState.FAILED, ActionState.REFUSED}):
            not_done = "not done" if entry.state is not ActionState.PARTLY else "partly done"
            self._tell(Notice(Level.ERROR, f"{entry.draft.verb} {not_done}: {entry.message}"))

    def _refused(self, draft: Draft) -> ActionEntry:
        return self._sender.refuse(draft, f"{self._down()}; the draft is kept")

    def _down(self) -> str:
        connection = self._connection()
        return f"{connection.state.replace('_', ' ')}: {connection.reason}"
