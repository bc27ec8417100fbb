"""The filters, the sort and the page that are asked for, and the request parameters they become: contract §1."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from orders_tui.query.dates import AgeBound
from orders_tui.query.ranges import amount
from orders_wire.vocabulary import EXCLUDING, Channel, Direction, Priority, SortField, StatusFilter, Tab

DEFAULT_PAGE_SIZE = 50
MAX_PAGE_SIZE = 250


@dataclass(frozen=True, slots=True)
class Sort:
    """A column to sort by, on the server."""

    by: SortField
    descending: bool = False

    def __str__(self) -> str:
        """The parameter's spelling: `-value_usd` is descending."""
        return f"-{self.by}" if self.descending else str(self.by)

    @classmethod
    def parse(cls, text: str) -> Sort:
        """The inverse of `str`. Raises ValueError for a column that cannot be sorted by."""
        return cls(SortField(text.removeprefix("-")), text.startswith("-"))


@dataclass(frozen=True, slots=True)
class Filters:
    """What narrows a tab. `owner` is a name or `unassigned`; `placed_from`/`placed_to` are as typed (a day of the desk
    zone, or an instant); ages are relative and resolved when sent; `words` is the free text `q`. `ready` to `has` are as the
    server takes them: a `-` first excludes. `customer` is Shopify's number. `value_min`, `value_max`: cents, both included.
    """

    status: StatusFilter | None = None
    priority: Priority | None = None
    owner: str | None = None
    channel: Channel | None = None
    tag: str | None = None
    placed_from: str | None = None
    placed_to: str | None = None
    older_than: AgeBound | None = None
    younger_than: AgeBound | None = None
    ready: str | None = None
    hold: str | None = None
    issue: str | None = None
    delivery: str | None = None
    country: str | None = None
    sku: str | None = None
    has: str | None = None
    customer: str | None = None
    value_min: int | None = None
    value_max: int | None = None
    words: str = ""

    def __bool__(self) -> bool:
        """True when anything is narrowed."""
        return self != NO_FILTERS

    def params(self, now: datetime) -> dict[str, str]:
        """As request parameters. Relative ages are resolved to the whole minute, so that repeated requests agree."""
        given = {
            "status": self.status,
            "priority": self.priority,
            "assigned_to": self.owner,
            "channel": self.channel,
            "tag": self.tag,
            "date_start": self.younger_than.start_param(now) if self.younger_than else self.placed_from,
            "date_end": self.older_than.end_param(now) if self.older_than else self.placed_to,
            **{name: getattr(self, name) for name in EXCLUDING},
            "customer": self.customer,
            "value_min": None if self.value_min is None else amount(self.value_min),
            "value_max": None if self.value_max is None else amount(self.value_max),
            "q": self.words,
        }
        return {name: str(value) for name, value in given.items() if value}


NO_FILTERS = Filters()


@dataclass(frozen=True, slots=True)
class OrdersQuery:
    """One page of orders. Without `cursor` it is the first; `sort` None is the tab's own order."""

    tab: Tab = Tab.UNFULFILLED
    filters: Filters = NO_FILTERS
    sort: Sort | None = None
    page_size: int = DEFAULT_PAGE_SIZE
    cursor: str | None = None
    direction: Direction = Direction.AFTER

    def params(self, now: datetime) -> dict[str, str]:
        """The query string of `GET /sync/orders`."""
        params = {"tab": str(self.tab), "pageSize": str(self.page_size), **self.filters.params(now)}
        if self.sort is not None:
            params["sort"] = str(self.sort)
        if self.cursor is not None:
            params |= {"cursor": self.cursor, "direction": str(self.direction)}
        return params

    def at(self, cursor: str | None, direction: Direction = Direction.AFTER) -> OrdersQuery:
        """The same rows from another place."""
        return replace(self, cursor=cursor, direction=direction)

    @property
    def only_owner(self) -> str:
        """Whose orders to fulfil are the whole list; empty where it is another list."""
        owner = self.filters.owner or ""
        return owner if self.tab is Tab.UNFULFILLED and self.filters == Filters(owner=self.filters.owner) else ""

    @property
    def listing(self) -> OrdersQuery:
        """The query without its place: what two pages of one list have in common."""
        return self.at(None)
