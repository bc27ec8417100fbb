"""The order of rows: which column, which way, and what its values are (contract §1: table of tabs, and `sort`).

An order is total: the id breaks ties in the sort's direction. Rows without a value come last, whichever the direction.
"""

from __future__ import annotations

from dataclasses import dataclass

from orders_sync.db.selection import Selection
from orders_sync.db.texts import clean
from orders_wire.vocabulary import SortField, Tab


@dataclass(frozen=True, slots=True)
class Ordering:
    """`column` of `orders` (`late_at`: the tab `delayed`). `gaps`: some rows may lack a value."""

    column: str
    descending: bool = False
    text: bool = False
    gaps: bool = False

    def holds(self, value: int | str | None) -> bool:
        """True when a key of this order can have that value."""
        if value is None:
            return self.gaps
        return (isinstance(value, str) and clean(value) == value) if self.text else isinstance(value, int)


_OF_TAB = {
    Tab.ALL: Ordering("placed_at", descending=True),
    Tab.UNFULFILLED: Ordering("due_at"),
    Tab.OVERDUE: Ordering("due_at"),
    Tab.AWAITING_TRACKING: Ordering("untracked_at"),
    Tab.TRACKING_PENDING: Ordering("unnumbered_at"),
    Tab.DELAYED: Ordering("late_at"),
    Tab.HOLDS: Ordering("held_at"),
    Tab.RETURNS: Ordering("return_at"),
    Tab.REFUNDED: Ordering("refunded_at", descending=True),
}

_BY_FIELD = {
    SortField.PLACED_AT: ("placed_at", False, False),
    SortField.SHIP_BY: ("ship_by", False, True),
    SortField.ORDER_NUMBER: ("number", False, True),
    SortField.STATUS: ("status", True, False),
    SortField.PRIORITY: ("priority", False, False),
    SortField.VALUE_USD: ("value_usd_minor", False, True),
    SortField.ASSIGNED_TO: ("assigned_to", True, True),
    SortField.CUSTOMER_NAME: ("customer_folded", True, True),
}


def of(selection: Selection) -> Ordering:
    """The order that a selection's rows come in."""
    if selection.sort is None:
        return _OF_TAB[selection.tab]
    column, text, gaps = _BY_FIELD[selection.sort.field]
    return Ordering(column, selection.sort.descending, text, gaps)
