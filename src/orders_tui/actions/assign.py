"""`assign`: orders get an owner, or are given back to nobody."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from orders_tui.actions.draft import Draft
from orders_tui.actions.field_changes import Changes, Earlier, FieldChange
from orders_wire.vocabulary import UNASSIGNED, ActionName

if TYPE_CHECKING:
    from orders_wire.actions import AssignBody
    from orders_wire.orders import Order


@dataclass(frozen=True, slots=True)
class AssignDraft(Draft):
    """Make `assignee` the owner of the orders; `unassigned` clears."""

    action = ActionName.ASSIGN
    word = "assign"
    doing = "assigning"
    assignee: str

    @property
    def done(self) -> str:
        return "given back to nobody" if self.assignee == UNASSIGNED else f"assigned to {self.assignee}"

    @property
    def repeated(self) -> str:
        return self.assignee

    def effect(self, order_id: str, row: Order | None, earlier: Earlier) -> Changes:
        return {"assigned_to": FieldChange(row.assigned_to if row else None, self.assignee, firm=True)}

    def body(self, expected: dict[str, int] | None) -> AssignBody:
        from orders_wire.actions import AssignBody

        return AssignBody(order_ids=list(self.order_ids), assignee=self.assignee, expected_versions=expected)
