"""Which orders a page is taken from, and in which order: a tab, filters, a sort (contract §1). Plain values.

An order is total: the id breaks ties in the sort's direction. Rows without a value come last, whichever the direction.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any

from orders_sync.db.texts import clean
from orders_sync.instants import Ms
from orders_wire.vocabulary import Channel, Priority, SortField, StatusFilter, Tab


class Dimension(StrEnum):
    """What a mark is about (`db.marks`). All but `VALUE` are parameters of the list."""

    HOLD = "hold"
    ISSUE = "issue"
    DELIVERY = "delivery"
    HAS = "has"
    COUNTRY = "country"
    SKU = "sku"
    VALUE = "value"


MARKED = tuple(dimension for dimension in Dimension if dimension is not Dimension.VALUE)

ANY = "any"
"""Of `HOLD` and `ISSUE`: whichever."""

NOTE = "note"
"""Of `HAS`."""


@dataclass(frozen=True, slots=True)
class Between:
    """Instants from `start` up to but not including `end`; None: no bound."""

    start: Ms | None = None
    end: Ms | None = None

    @property
    def bounded(self) -> bool:
        return self.start is not None or self.end is not None


ANY_TIME = Between()


@dataclass(frozen=True, slots=True)
class Sort:
    field: SortField
    descending: bool

    def __str__(self) -> str:
        return f"-{self.field}" if self.descending else self.field.value


@dataclass(frozen=True, slots=True)
class Amounts:
    """Cents from `least` to `most`, both included; None: no bound."""

    least: int | None = None
    most: int | None = None


@dataclass(frozen=True, slots=True)
class Wanted:
    """A value that rows must have, or, `excluded`, must not have."""

    value: str
    excluded: bool = False


@dataclass(frozen=True, slots=True)
class Filters:
    """What rows must match besides the tab's rule. `words`: of `q`, case-folded, each of which must match.

    `assigned_to`: an owner, or `unassigned`; `tag` and `sku`: case-blind; `hold` and `issue`: a word, or `ANY`.
    """

    placed: Between = ANY_TIME
    status: StatusFilter | None = None
    priority: Priority | None = None
    assigned_to: str | None = None
    channel: Channel | None = None
    tag: str | None = None
    words: tuple[str, ...] = ()
    hold: Wanted | None = None
    issue: Wanted | None = None
    delivery: Wanted | None = None
    has: Wanted | None = None
    country: Wanted | None = None
    sku: Wanted | None = None
    customer: int | None = None
    value: Amounts | None = None
    ready: Wanted | None = None

    @property
    def marks(self) -> dict[Dimension, Wanted]:
        """What is asked of an order's marks."""
        found = ((dimension, getattr(self, dimension)) for dimension in MARKED)
        return {dimension: wanted for dimension, wanted in found if wanted is not None}

    def with_mark(self, dimension: Dimension, wanted: Wanted | None) -> Filters:
        """The same, but for what is asked of this mark."""
        changed: dict[str, Any] = {dimension.value: wanted}
        return replace(self, **changed)

    @property
    def only_placed(self) -> bool:
        """True when nothing but `placed` restricts the rows."""
        return self == Filters(placed=self.placed)


UNFILTERED = Filters()


@dataclass(frozen=True, slots=True)
class Selection:
    """`sort` None: the tab's own order."""

    tab: Tab = Tab.ALL
    sort: Sort | None = None
    filters: Filters = UNFILTERED

    @property
    def sort_name(self) -> str:
        """What a `shopifyCursor` names as its sort: empty for the tab's own order."""
        return "" if self.sort is None else str(self.sort)


EVERYTHING = Selection()


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
    SortField.PLACED_AT: Ordering("placed_at"),
    SortField.SHIP_BY: Ordering("ship_by", gaps=True),
    SortField.ORDER_NUMBER: Ordering("number", gaps=True),
    SortField.STATUS: Ordering("status", text=True),
    SortField.PRIORITY: Ordering("priority"),
    SortField.VALUE_USD: Ordering("value_usd_minor", gaps=True),
    SortField.ASSIGNED_TO: Ordering("assigned_to", text=True, gaps=True),
    SortField.CUSTOMER_NAME: Ordering("customer_folded", text=True, gaps=True),
}


def ordering(selection: Selection) -> Ordering:
    """The order that a selection's rows come in."""
    if selection.sort is None:
        return _OF_TAB[selection.tab]
    return replace(_BY_FIELD[selection.sort.field], descending=selection.sort.descending)
