"""Whoever picks orders takes them, where that is wanted: they become their owner, of those that they do not own yet."""

from __future__ import annotations

from typing import TYPE_CHECKING

from orders_tui.actions.assign import AssignDraft
from orders_wire.operations import ACTIONS
from orders_wire.vocabulary import ActionName, Role

if TYPE_CHECKING:
    from orders_tui.picking.pick import Pick

SAID = "take them: you become the owner"


def may_take(role: Role, *, read_only: bool) -> bool:
    """Whether an operator of this role can."""
    return not read_only and role.includes(ACTIONS[ActionName.ASSIGN].role or Role.VIEWER)


def taking(pick: Pick, name: str) -> AssignDraft | None:
    """What makes this operator the owner of the picked orders, as they were read; None where they are theirs already."""
    versions = {each.order.id: each.order.version for each in pick.orders if each.order.assigned_to != name}
    return AssignDraft(tuple(versions), name, versions=versions) if versions and name else None
