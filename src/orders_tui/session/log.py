"""The action log: every request of this session, oldest first, kept as frozen entries that are replaced as they move on."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime
from enum import StrEnum
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from orders_tui.actions.draft import Draft
    from orders_wire.vocabulary import ErrorCode

_KEPT = 1000
PAST = datetime.min.replace(tzinfo=UTC)
"""The end of an action that cannot be taken back any more."""


class ActionState(StrEnum):
    """`refused` is the client's own no (offline, signed out): nothing was sent and the draft is kept."""

    SENDING = "sending"
    UNCONFIRMED = "unconfirmed"
    DONE = "done"
    PARTLY = "partly"
    FAILED = "failed"
    REFUSED = "refused"
    UNDOING = "undoing"
    UNDONE = "undone"


SETTLED = frozenset({ActionState.DONE, ActionState.PARTLY, ActionState.FAILED, ActionState.REFUSED, ActionState.UNDONE})


@dataclass(frozen=True, slots=True)
class OrderFailure:
    """Why one order of an action was not changed."""

    order_id: str
    code: ErrorCode | None
    message: str


@dataclass(frozen=True, slots=True)
class ActionEntry:
    """One request as the log shows it. `key` is its idempotency key; `action_id` the server's, once answered.

    `undo_until` is in our own clock (None: no limit known); `batch` groups the requests of one bulk run or one draft; `desk_id`
    is the desk that answered.
    """

    key: str
    draft: Draft
    order_ids: tuple[str, ...]
    started_at: datetime
    state: ActionState = ActionState.SENDING
    message: str = ""
    failures: tuple[OrderFailure, ...] = ()
    attempts: int = 0
    action_id: str | None = None
    undo_until: datetime | None = None
    batch: str | None = None
    desk_id: str | None = None

    @property
    def settled(self) -> bool:
        """True once the outcome is known."""
        return self.state in SETTLED

    def undoable(self, now: datetime) -> bool:
        """True while `undo` makes sense: it is on its way, or done and not yet past its time."""
        if self.draft.undoes is not None:
            return False
        if self.state in {ActionState.SENDING, ActionState.UNCONFIRMED}:
            return True
        if self.action_id is None or self.state not in {ActionState.DONE, ActionState.PARTLY}:
            return False
        return self.undo_until is None or now < self.undo_until


class ActionLog:
    """Entries by key."""

    def __init__(self) -> None:
        self._entries: dict[str, ActionEntry] = {}

    def __getitem__(self, key: str) -> ActionEntry:
        return self._entries[key]

    def add(self, entry: ActionEntry) -> ActionEntry:
        """A new action. The oldest settled ones are forgotten beyond a thousand."""
        self._entries[entry.key] = entry
        if len(self._entries) > _KEPT:
            oldest = next((e for e in self._entries.values() if e.settled), None)
            if oldest is not None:
                del self._entries[oldest.key]
        return entry

    def update(self, key: str, **fields: Any) -> ActionEntry:
        """The entry with these fields changed."""
        self._entries[key] = entry = replace(self._entries[key], **fields)
        return entry

    def all(self) -> tuple[ActionEntry, ...]:
        """Oldest first."""
        return tuple(self._entries.values())

    def batch_of(self, entry: ActionEntry) -> list[ActionEntry]:
        """The action, with all of its batch."""
        return [e for e in self._entries.values() if e.batch == entry.batch] if entry.batch is not None else [entry]

    def unsettled(self) -> tuple[ActionEntry, ...]:
        """Actions whose outcome is not known yet."""
        return tuple(entry for entry in self._entries.values() if not entry.settled)

    def newest_undoable(self, now: datetime) -> ActionEntry | None:
        """What an undo would take back. What could be for longer than others is passed over once something else was done:
        whoever is too late for that does not mean what lies behind it.
        """
        newer = False
        for entry in reversed(self._entries.values()):
            if entry.undoable(now) and not (newer and entry.draft.undo_for is not None):
                return entry
            newer |= entry.draft.undoes is None and entry.state in {ActionState.DONE, ActionState.PARTLY}
        return None

    def undone_by(self, action_id: str) -> ActionEntry | None:
        """The action that an undo of this id is about."""
        return next((e for e in self._entries.values() if e.action_id == action_id), None)

    def leave_other_desks(self, desk_id: str) -> list[ActionEntry]:
        """What was done on another desk cannot be taken back on this one; the entries that could until now."""
        done = [e for e in self._entries.values() if e.desk_id not in {None, desk_id} and e.undo_until != PAST]
        return [self.update(entry.key, undo_until=PAST) for entry in done]
