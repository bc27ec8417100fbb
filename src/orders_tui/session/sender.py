"""Sends the operator's actions and never loses one: rows change at once, an unknown outcome is asked for again with the same key
until it is known, and actions on one order arrive in the order in which they were made.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine, Iterable
from datetime import datetime
from typing import TYPE_CHECKING, Any

from orders_tui.actions.draft import Draft
from orders_tui.actions.undo import UndoDraft
from orders_tui.backoff import delay_s
from orders_tui.errors import ApiError, ReadOnly, Refused, SignInNeeded, TimedOut, Unreachable
from orders_tui.pace import Pace, wait_for
from orders_tui.session.changes import ActionChanged, ActionSettled, Change, RowsChanged
from orders_tui.session.log import ActionEntry, ActionLog, ActionState, OrderFailure
from orders_tui.store.store import Store

if TYPE_CHECKING:
    from orders_tui.api.client import SyncApi
    from orders_tui.feed import Connection
    from orders_wire.actions import ActionAnswer, Failure

_AT_ONCE = 4
_FIRST_RETRY_S = 1.0
_LONGEST_RETRY_S = 15.0
_ANSWERS_KEPT = 200


class Sender:
    """`begin` puts an action on the rows and on its way; the log shows where it stands."""

    def __init__(
        self,
        api: SyncApi,
        store: Store,
        pace: Pace,
        *,
        spawn: Callable[[Coroutine[Any, Any, None], str], None],
        tell: Callable[[Change], None],
        connection: Callable[[], Connection],
    ) -> None:
        self._api, self._store, self._pace = api, store, pace
        self._spawn, self._tell, self._connection = spawn, tell, connection
        self._slots = asyncio.Semaphore(_AT_ONCE)
        self._connection_changed = asyncio.Event()
        self._last_on: dict[str, str] = {}
        self._done: dict[str, asyncio.Event] = {}
        self._undo_wanted: set[str] = set()
        self._answered: dict[str, dict[str, int]] = {}
        self.log = ActionLog()

    def begin(self, draft: Draft, batch: str | None = None) -> ActionEntry:
        """One request: its patch lies on the rows when this returns."""
        key = self._pace.new_key()
        before = [self._last_on[o] for o in draft.order_ids if o in self._last_on]
        entry = self.log.add(ActionEntry(key, draft, draft.order_ids, self._pace.now(), batch=batch))
        self._done[key] = asyncio.Event()
        self._last_on.update(dict.fromkeys(draft.order_ids, key))
        rows = self._store.begin(key, draft)
        self._tell(RowsChanged(rows))
        self._tell(ActionChanged(entry))
        self._spawn(self._deliver(key, draft, list(dict.fromkeys(before))), f"send {draft.action}")
        return entry

    def refuse(self, draft: Draft, reason: str) -> ActionEntry:
        """Nothing is sent: the log says why."""
        key, now = self._pace.new_key(), self._pace.now()
        entry = self.log.add(ActionEntry(key, draft, draft.order_ids, now, ActionState.REFUSED, reason))
        self._tell(ActionSettled(entry))
        return entry

    def undo(self, entry: ActionEntry) -> ActionEntry:
        """Takes an action back; one that is still on its way as soon as it has arrived."""
        if not entry.settled:
            self._undo_wanted.add(entry.key)
            return entry
        assert entry.action_id is not None
        undone = self.log.update(entry.key, state=ActionState.UNDOING)
        self._tell(ActionChanged(undone))
        failed = {failure.order_id for failure in entry.failures}
        done = tuple(order_id for order_id in entry.order_ids if order_id not in failed)
        return self.begin(UndoDraft(done, entry.action_id), entry.batch)

    async def settled(self, key: str) -> ActionEntry:
        """Waits for the outcome of an action."""
        if (done := self._done.get(key)) is not None:
            await done.wait()
        return self.log[key]

    def connection_changed(self) -> None:
        """What waits for the connection looks again."""
        self._connection_changed.set()

    async def _deliver(self, key: str, draft: Draft, before: list[str]) -> None:
        try:
            for earlier in before:
                await self.settled(earlier)
            await self._until_known(key, draft, before)
        finally:
            self._arrived(key, draft)

    async def _until_known(self, key: str, draft: Draft, before: list[str]) -> None:
        versions = self._expected(draft, before)
        attempt = 0
        while True:
            attempt += 1
            self.log.update(key, attempts=attempt)
            try:
                async with self._slots:
                    answer = await draft.send(self._api, versions, key)
            except ApiError as error:
                if self._final(key, error):
                    self._failed(key, error)
                    return
                self._not_known(key, error)
                await self._pause(attempt, error)
            else:
                self._accepted(key, draft, answer)
                return

    def _expected(self, draft: Draft, before: list[str]) -> dict[str, int]:
        """The versions that the operator saw, moved on by the operator's own earlier actions on the same orders."""
        expected = {order_id: v for order_id, v in draft.versions.items() if order_id in draft.order_ids}
        for key in before:
            for order_id, version in self._answered.get(key, {}).items():
                if order_id in expected:
                    expected[order_id] = max(expected[order_id], version)
        return expected

    def _final(self, key: str, error: ApiError) -> bool:
        """True when this is the outcome. What may have been done is asked for until it is known."""
        maybe_done = self.log[key].state is ActionState.UNCONFIRMED
        if isinstance(error, Refused):
            return not error.passing
        if isinstance(error, TimedOut):
            return False
        if isinstance(error, Unreachable):
            return not maybe_done and not self._connection().acts
        if isinstance(error, SignInNeeded):
            return not maybe_done
        return True

    def _not_known(self, key: str, error: ApiError) -> None:
        if isinstance(error, Unreachable | SignInNeeded) or self.log[key].state is ActionState.UNCONFIRMED:
            return
        self._tell(RowsChanged(self._store.unconfirmed(key)))
        self._tell(ActionChanged(self.log.update(key, state=ActionState.UNCONFIRMED, message=str(error))))

    async def _pause(self, attempt: int, error: ApiError) -> None:
        """Waits before the next attempt, or until the connection changes."""
        wait_s = delay_s(attempt - 1, _FIRST_RETRY_S, _LONGEST_RETRY_S, self._pace.random())
        if isinstance(error, Refused) and error.retry_after_s:
            wait_s = max(wait_s, error.retry_after_s)
        self._connection_changed.clear()
        await wait_for(self._connection_changed, wait_s)

    def _accepted(self, key: str, draft: Draft, answer: ActionAnswer) -> None:
        """An action that names no order is for all that wait for a SKU: those are in the answer."""
        rows = self._store.accept(key, answer)
        self._answered[key] = dict(answer.versions or {})
        while len(self._answered) > _ANSWERS_KEPT:
            del self._answered[next(iter(self._answered))]
        failures = _failures(answer.failures or ())
        until = answer.undo_until - self._api.clock_offset if answer.undo_until else self._undo_until(draft)
        entry = self.log.update(
            key,
            order_ids=draft.order_ids or tuple(str(item["id"]) for item in answer.updated_orders if "id" in item),
            state=ActionState.PARTLY if failures else ActionState.DONE,
            message=answer.message,
            failures=failures,
            action_id=answer.action_id,
            undo_until=until,
            desk_id=answer.desk.id if answer.desk is not None else self._store.desk_id,
        )
        self._after_undo(entry.draft, ActionState.UNDONE)
        self._tell(RowsChanged(rows))
        self._tell(ActionSettled(entry))
        if key in self._undo_wanted and entry.action_id is not None:
            self.undo(entry)

    def _undo_until(self, draft: Draft) -> datetime | None:
        return self._pace.now() + draft.undo_for if draft.undo_for is not None else None

    def _failed(self, key: str, error: ApiError) -> None:
        failures = error.failures if isinstance(error, Refused) else ()
        not_sent = isinstance(error, Unreachable | SignInNeeded | ReadOnly)
        rows = self._store.withdraw(key) if not_sent else self._store.reject(key, str(error), failures)
        entry = self.log.update(
            key,
            state=ActionState.REFUSED if not_sent else ActionState.FAILED,
            message=str(error),
            failures=_failures(failures),
        )
        self._after_undo(entry.draft, None)
        self._tell(RowsChanged(rows))
        self._tell(ActionSettled(entry))

    def _after_undo(self, draft: Draft, outcome: ActionState | None) -> None:
        """An undo has its outcome: so has what it was about; refused, that stands as before."""
        undone = self.log.undone_by(draft.undoes) if draft.undoes is not None else None
        if undone is not None:
            state = outcome or (ActionState.PARTLY if undone.failures else ActionState.DONE)
            self._tell(ActionChanged(self.log.update(undone.key, state=state)))

    def _arrived(self, key: str, draft: Draft) -> None:
        for order_id in draft.order_ids:
            if self._last_on.get(order_id) == key:
                del self._last_on[order_id]
        self._undo_wanted.discard(key)
        self._done.pop(key).set()


def _failures(failures: Iterable[Failure]) -> tuple[OrderFailure, ...]:
    return tuple(OrderFailure(f.id, f.code, f.message) for f in failures)
