"""The action log: every request of this session, oldest first, kept as frozen entries that are replaced as they move on."""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from orders_tui.session.actions import ActionEntry, ActionState

_KEPT = 1000
PAST = datetime.min.replace(tzinfo=UTC)
"""The end of an action that cannot be taken back any more."""


class ActionLog:
    """Entries by key."""

    def __init__(self) -> None:
        self._entries: OrderedDict[str, ActionEntry] = OrderedDict()

    def __iter__(self) -> Any:
        return iter(self._entries.values())

    def get(self, key: str) -> ActionEntry | None:
        """The entry of an action."""
        return self._entries.get(key)

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

    def of_batch(self, key: str) -> list[ActionEntry]:
        """The action of this key, or all of this batch."""
        return [e for e in self._entries.values() if key in {e.key, e.batch}]

    def unsettled(self) -> tuple[ActionEntry, ...]:
        """Actions whose outcome is not known yet."""
        return tuple(entry for entry in self._entries.values() if not entry.settled)

    def newest_undoable(self, now: datetime) -> ActionEntry | None:
        """What an undo would take back."""
        return next((entry for entry in reversed(self._entries.values()) if entry.undoable(now)), None)

    def undone_by(self, action_id: str) -> ActionEntry | None:
        """The action that an undo of this id is about."""
        return next((e for e in self._entries.values() if e.action_id == action_id), None)

    def leave_other_desks(self, desk_id: str) -> list[ActionEntry]:
        """What was done on another desk cannot be taken back on this one; the entries that could until now."""
        done = [e for e in self._entries.values() if e.desk_id not in {None, desk_id} and e.undo_until != PAST]
        return [self.update(entry.key, undo_until=PAST) for entry in done]

    def undoing(self) -> bool:
        """True while an undo is on its way."""
        return any(entry.state is ActionState.UNDOING for entry in self._entries.values())
