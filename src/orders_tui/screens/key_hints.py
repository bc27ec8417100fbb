"""Which keys matter now: the order of the hints in the last line. Pure."""

from __future__ import annotations

from dataclasses import dataclass

from orders_wire.orders import Order
from orders_wire.vocabulary import UNASSIGNED, Issue, Status


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
        return [
            *_those(("action.undo", now.undoable)),
            "go.open",
            *_those(("alert.acknowledge", now.on_alert), ("alert.snooze", now.on_alert)),
            *("find.narrow", "go.next_pane", *_acts(now), "view.sidebar", "desk.line"),
        ]
    return [
        *_those(
            ("action.undo", now.undoable),
            ("action.retry", now.failed),
            ("desk.refresh", now.waiting),
            ("view.freeze", now.frozen),
        ),
        *_acts(now),
        *_those(
            ("go.open", now.order),
            ("find.search", True),
            ("find.clear", now.filtered),
            ("mark.none", now.marked),
            ("mark.toggle", now.order and not now.marked),
        ),
        *("tab.next", "find.sort", "view.sidebar", "view.timeline", "take.copy", "desk.line"),
    ]


def _acts(now: Situation) -> list[str]:
    if now.marked:
        return ["order.assign", "order.fulfill", "order.support", "order.inventory"]
    order = now.order
    if order is None:
        return []
    return _those(
        ("order.inventory", order.issue is Issue.INVENTORY and order.hold is None),
        ("order.return", order.return_ is not None and order.return_.allowed_actions),
        ("order.fulfill", order.status in {Status.AWAITING_FULFILLMENT, Status.AWAITING_TRACKING}),
        ("order.mine", order.assigned_to == UNASSIGNED),
        ("order.assign", True),
        ("order.support", True),
    )


def _those(*commands: tuple[str, object]) -> list[str]:
    return [command_id for command_id, wanted in commands if wanted]
