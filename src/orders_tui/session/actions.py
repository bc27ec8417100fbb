"""The operator's actions as the action log shows them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING

from orders_wire.vocabulary import ActionName

if TYPE_CHECKING:
    from orders_tui.drafts import Draft
    from orders_wire.vocabulary import ErrorCode, ReturnAction


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
    allowed_actions: tuple[ReturnAction, ...] = ()


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
        if self.draft.verb is ActionName.UNDO:
            return False
        if self.state in {ActionState.SENDING, ActionState.UNCONFIRMED}:
            return True
        if self.action_id is None or self.state not in {ActionState.DONE, ActionState.PARTLY}:
            return False
        return self.undo_until is None or now < self.undo_until
