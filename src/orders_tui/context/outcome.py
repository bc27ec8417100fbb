"""What became of an action, as one sentence. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from orders_tui import wording
from orders_tui.session.log import ActionEntry, ActionState
from orders_tui.wording import Tone

if TYPE_CHECKING:
    from orders_wire.orders import Order


def changed(entries: Iterable[ActionEntry]) -> int:
    """How many orders these actions are about, without those on which they failed."""
    return sum(len(entry.order_ids) - len(entry.failures) for entry in entries)


def orders(order_ids: Sequence[str], only: Order | None) -> str:
    """Which orders an action is about: a number, how many, or just `orders` while only the server knows which."""
    if only is not None:
        return only.order_number
    return f"{len(order_ids)} orders" if order_ids else "orders"


def sentence(entry: ActionEntry, title: str, now: datetime, undo_key: str, limit: str = "for") -> tuple[str, str]:
    """The sentence and its tone. `limit`: how the time is said in which it can be taken back."""
    done = f"{title} {entry.draft.done}"
    match entry.state:
        case ActionState.DONE:
            if entry.draft.unsent and entry.undo_until is None and entry.action_id is not None:
                done = f"{done}; {entry.draft.unsent}"
            if not entry.undoable(now):
                return done, Tone.GOOD
            left = f" {limit} {wording.left((entry.undo_until - now).total_seconds())}" if entry.undo_until else ""
            return f"{done}; {undo_key} takes it back{left}", Tone.GOOD
        case ActionState.PARTLY:
            return f"{len(entry.order_ids) - len(entry.failures)} {entry.draft.done}, {_failed(entry)}", Tone.WARN
        case ActionState.FAILED:
            why = (entry.message or _failed(entry)).removeprefix(f"{title}: ")
            return f"{title} not {entry.draft.done}: {why}", Tone.BAD
        case ActionState.REFUSED:
            return f"not sent: {entry.message}; the draft is kept", Tone.WARN
        case ActionState.UNDONE:
            return f"{title}: undone", Tone.GOOD
        case ActionState.UNCONFIRMED:
            return f"{title}: no answer yet, asked again with the same key", Tone.WARN
    return f"{done}: on its way", Tone.ACTIVE


def _failed(entry: ActionEntry) -> str:
    first = entry.failures[0].message if entry.failures else entry.message
    return f"{len(entry.failures)} failed: {first}"
