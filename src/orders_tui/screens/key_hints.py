"""Which keys matter now: the order of the hints in the last line. Pure."""

from __future__ import annotations

from collections.abc import Sequence

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
    own: Sequence[str] = (),
    unsaved: bool = False,
) -> list[str]:
    """Command ids, most relevant first. `order`: under the cursor; `waiting`: new orders that are not on show yet;
    `own`: commands of the operator's own; `unsaved`: the pinned view on show was changed."""
    if in_side_bar:
        return [
            *_those(("action.undo", undoable)),
            "go.open",
            *_those(("alert.acknowledge", on_alert), ("alert.snooze", on_alert)),
            *("find.narrow", "go.next_pane", *_acts(order, marked, own), "view.sidebar", "desk.line"),
        ]
    return [
        *_those(
            ("action.undo", undoable),
            ("action.retry", failed),
            ("desk.refresh", waiting),
            ("view.freeze", frozen),
        ),
        *_acts(order, marked, own),
        *_those(
            ("go.open", order),
            ("find.search", True),
            ("view.save", unsaved),
            ("find.clear", filtered),
            ("mark.none", marked),
            ("mark.toggle", order and not marked),
        ),
        *("tab.next", "find.sort", "view.sidebar", "view.timeline", "take.copy", "desk.line"),
    ]


def held_label(order: Order | None) -> str:
    """What the key of a hold does to this order, where it is not to hold it."""
    return "release" if order is not None and order.hold is not None else ""


def _acts(order: Order | None, marked: int, own: Sequence[str]) -> list[str]:
    if marked:
        return ["order.assign", "order.fulfill", "order.hold", "order.support", "order.note", *own, "order.inventory"]
    if order is None:
        return []
    return [*_acts_on(order), *own]


def _acts_on(order: Order) -> list[str]:
    return _those(
        ("order.hold", order.hold is not None),
        ("order.inventory", order.issue is Issue.INVENTORY and order.hold is None),
        ("order.return", order.return_ is not None and order.return_.allowed_actions),
        ("order.fulfill", _has_next(order)),
        ("order.mine", order.assigned_to == UNASSIGNED),
        ("order.assign", True),
        ("order.support", True),
        ("order.note", True),
        ("order.hold", order.hold is None and _open(order)),
        ("order.fulfill", opens_parcels(order) and not _has_next(order)),
    )


def opens_parcels(order: Order | None) -> bool:
    """Whether fulfilling an order is about the parcels that were sent: it owes nothing."""
    owing = {Status.AWAITING_FULFILLMENT, Status.CANCELLED, Status.REFUNDED}
    return order is not None and bool(order.tracking) and order.status not in owing


def _has_next(order: Order) -> bool:
    return _open(order) or order.status is Status.AWAITING_TRACKING


def _open(order: Order) -> bool:
    """Whether something is to be sent of it."""
    return order.status is Status.AWAITING_FULFILLMENT and order.cancelling is None


def _those(*commands: tuple[str, object]) -> list[str]:
    return [command_id for command_id, wanted in commands if wanted]
