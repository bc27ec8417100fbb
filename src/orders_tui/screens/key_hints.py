"""Which keys matter now: the order of the hints in the last line. Pure."""

from __future__ import annotations

from orders_wire.orders import Order
from orders_wire.vocabulary import UNASSIGNED, Issue, Status


def ranked(
    order: Order | None,
    *,
    marked: int = 0,
    filtered: bool = False,
    waiting: int = 0,
    undoable: bool = False,
    failed: bool = False,
    frozen: bool = False,
    in_side_bar: bool = False,
    on_alert: bool = False,
) -> list[str]:
    """Command ids, most relevant first. `order`: under the cursor; `waiting`: new orders that are not on show yet."""
    if in_side_bar:
        return [
            *_those(("action.undo", undoable)),
            "go.open",
            *_those(("alert.acknowledge", on_alert), ("alert.snooze", on_alert)),
            *("find.narrow", "go.next_pane", *_acts(order, marked), "view.sidebar", "desk.line"),
        ]
    return [
        *_those(
            ("action.undo", undoable),
            ("action.retry", failed),
            ("desk.refresh", waiting),
            ("view.freeze", frozen),
        ),
        *_acts(order, marked),
        *_those(
            ("go.open", order),
            ("find.search", True),
            ("find.clear", filtered),
            ("mark.none", marked),
            ("mark.toggle", order and not marked),
        ),
        *("tab.next", "find.sort", "view.sidebar", "view.timeline", "take.copy", "desk.line"),
    ]


def _acts(order: Order | None, marked: int) -> list[str]:
    if marked:
        return ["order.assign", "order.fulfill", "order.support", "order.inventory"]
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
