"""`undo`: an action is taken back, as long as the server still can."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from orders_tui.actions.draft import Draft
from orders_tui.actions.field_changes import Changes, Earlier, unsaid
from orders_wire.vocabulary import ActionName

if TYPE_CHECKING:
    from orders_wire.actions import UndoBody
    from orders_wire.orders import Order


@dataclass(frozen=True, slots=True)
class UndoDraft(Draft):
    """Take back the action with the server's `action_id`; `order_ids` are the orders that it changed, if known."""

    action = ActionName.UNDO
    word = "undo"
    done = "taken back"
    in_book = False
    repeated = None
    action_id: str

    @property
    def undoes(self) -> str:
        return self.action_id

    @property
    def subject(self) -> str:
        return self.action_id

    def requests(self) -> Iterator[UndoDraft]:
        yield self

    def effect(self, order_id: str, row: Order | None, earlier: Earlier) -> Changes:
        """Only what stands as the action set it. An owner that was not known cannot be shown again."""
        done = earlier.get(self.action_id, {}).get(order_id, {})
        undone = {name: change.inverse() for name, change in done.items()}
        if row is not None and "ready" in done:
            undone |= unsaid(row)
        return {
            name: change
            for name, change in undone.items()
            if row is not None
            and change.applies_to(getattr(row, name))
            and not (name == "assigned_to" and change.after is None)
        }

    def body(self, expected: dict[str, int] | None) -> UndoBody:
        from orders_wire.actions import UndoBody

        return UndoBody(action_id=self.action_id)
