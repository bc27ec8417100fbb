"""The half of the session that acts: drafts out, outcomes in, undo, bulk runs, and the log of it all."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from orders_tui.drafts import Draft
from orders_tui.eligibility import Eligibility, preview
from orders_tui.pace import Pace
from orders_tui.session.bulk import BulkRun
from orders_tui.session.changes import Change, Level, Notice, RowsChanged
from orders_tui.session.live import Live
from orders_tui.session.requests import split
from orders_tui.session.runner import Runner
from orders_tui.session.sender import Sender
from orders_tui.store.store import Store

if TYPE_CHECKING:
    from orders_tui.persistence import DraftBook
    from orders_tui.session.actions import ActionEntry


class Acting:
    """Rows change when a method returns; what became of it follows as changes."""

    _store: Store
    _pace: Pace
    _live: Live
    _sender: Sender
    _runner: Runner
    drafts: DraftBook

    def _tell(self, change: Change) -> None:
        raise NotImplementedError

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
        if not self._live.connection.acts:
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
        if entries and not self._live.connection.acts:
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
        if not self._live.connection.acts:
            self.drafts.keep(draft)
            return self._runner.refuse(draft, self._down())
        return self._runner.start(draft)

    def retry_failed(self, run: BulkRun) -> BulkRun:
        """A new run over just the orders that failed, re-read first."""
        return self._runner.retry(run)

    def dismiss(self, order_ids: Iterable[str]) -> None:
        """Failure reasons on these rows have been read."""
        self._tell(RowsChanged(self._store.dismiss(tuple(order_ids))))

    def _refused(self, draft: Draft) -> ActionEntry:
        return self._sender.refuse(draft, f"{self._down()}; the draft is kept")

    def _down(self) -> str:
        return f"{self._live.connection.state.replace('_', ' ')}: {self._live.connection.reason}"
