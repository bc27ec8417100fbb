"""Which orders a page is taken from, and in which order: a tab, filters, a sort (contract §1). Plain values."""

from __future__ import annotations

from dataclasses import dataclass

from orders_sync.instants import Ms
from orders_wire.vocabulary import Channel, Priority, SortField, StatusFilter, Tab


@dataclass(frozen=True, slots=True)
class Between:
    """Instants from `start` up to but not including `end`; null: no bound."""

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
class Filters:
    """What rows must match besides the tab's rule. `words`: of `q`, case-folded, each of which must match.

    `assigned_to`: an owner, or `unassigned`; `tag`: case-blind.
    """

    placed: Between = ANY_TIME
    status: StatusFilter | None = None
    priority: Priority | None = None
    assigned_to: str | None = None
    channel: Channel | None = None
    tag: str | None = None
    words: tuple[str, ...] = ()

    @property
    def only_placed(self) -> bool:
        """True when nothing but `placed` restricts the rows."""
        return self == Filters(placed=self.placed)


UNFILTERED = Filters()


@dataclass(frozen=True, slots=True)
class Selection:
    """`sort` null: the tab's own order."""

    tab: Tab = Tab.ALL
    sort: Sort | None = None
    filters: Filters = UNFILTERED

    @property
    def sort_name(self) -> str:
        """What a `shopifyCursor` names as its sort: empty for the tab's own order."""
        return "" if self.sort is None else str(self.sort)


EVERYTHING = Selection()
