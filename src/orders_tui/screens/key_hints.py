"""Which keys matter now: the order of the hints in the last line. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from orders_wire.vocabulary import UNASSIGNED, Issue, Status

if TYPE_CHECKING:
    from orders_wire.orders import Order


@dataclass(frozen=True, slots=True)
class Situation:
    """What the ranking depends on."""

    order: Order | None
    marked: int = 0
    filtered: bool = False
    waiting: int = 0
    undoable: bool = False
    failed: bool = False
    frozen: bool = False
    in_side_bar: bool = False
    on_alert: bool = False


def ranked(now: Situation) -> list[str]:
    """Command ids, most relevant first."""
    if now.in_side_bar:
        return _of_side_bar(now)
    first = [
        *(["action.undo"] if now.undoable else []),
        *(["action.retry"] if now.failed else []),
        *(["desk.refresh"] if now.waiting else []),
        *(["view.freeze"] if now.frozen else []),
    ]
    acts = _acts(now)
    rest = [
        *(["go.open"] if now.order is not None else []),
        "find.search",
        *(["find.clear"] if now.filtered else []),
        *(["mark.none"] if now.marked else ["mark.toggle"] if now.order is not None else []),
    ]
    usual = ["tab.next", "find.sort", "view.sidebar", "view.timeline", "take.copy", "desk.line"]
    return list(dict.fromkeys([*first, *acts, *rest, *usual]))


def _of_side_bar(now: Situation) -> list[str]:
    alert = ["alert.acknowledge", "alert.snooze"] if now.on_alert else []
    undo = ["action.undo"] if now.undoable else []
    return [*undo, "go.open", *alert, "find.narrow", "go.next_pane", *_acts(now), "view.sidebar", "desk.line"]


def _acts(now: Situation) -> list[str]:
    if now.marked:
        return ["order.assign", "order.fulfill", "order.support", "order.inventory"]
    if now.order is None:
        return []
    order, acts = now.order, ["order.assign", "order.support"]
    if order.assigned_to == UNASSIGNED:
        acts.insert(0, "order.mine")
    if order.status in {Status.AWAITING_FULFILLMENT, Status.AWAITING_TRACKING}:
        acts.insert(0, "order.fulfill")
    if order.return_ is not None and order.return_.allowed_actions:
        acts.insert(0, "order.return")
    if order.issue is Issue.INVENTORY and order.hold is None:
        acts.insert(0, "order.inventory")
    return acts
