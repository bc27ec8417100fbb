"""What is on show, as plain values."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from orders_tui.views.pins import pin

if TYPE_CHECKING:
    from orders_tui.errors import ApiError
    from orders_tui.query import OrdersQuery
    from orders_tui.store import Mark
    from orders_wire.orders import Order


@dataclass(frozen=True, slots=True)
class Ghost:
    """A row that left the view, kept until the cursor leaves it. `reason` says where it went, in a word (`fulfilled`)."""

    reason: str


@dataclass(frozen=True, slots=True)
class RowView:
    """A row as it is shown. `changed` for a moment after somebody else changed it."""

    order: Order
    mark: Mark | None = None
    ghost: Ghost | None = None
    changed: bool = False


@dataclass(frozen=True, slots=True)
class PageSpan:
    """Where the rows stand: `37–72 of 312, page 2 of 9`. `first` is 0 when there are none."""

    first: int = 0
    last: int = 0
    total: int = 0
    page: int = 1
    pages: int = 1
    has_next: bool = False
    has_previous: bool = False


@dataclass(frozen=True, slots=True)
class TableView:
    """The table. `as_of` is the last time the server confirmed it; `new_count` orders wait behind the pill.

    `unread` orders of the page could not be read and are not among the rows. `loading` is true while rows that were asked for
    have not come; `problem` is why they did not. `pinned` is the name of the pinned view on show; empty for a tab.
    """

    query: OrdersQuery
    rows: tuple[RowView, ...] = ()
    cursor_id: str | None = None
    span: PageSpan = PageSpan()
    loading: bool = False
    problem: ApiError | None = None
    as_of: datetime | None = None
    new_count: int = 0
    unread: int = 0
    frozen: bool = False
    pinned: str = ""

    @property
    def place(self) -> str:
        """The tab, or what stands for the pinned view."""
        return pin(self.pinned) if self.pinned else self.query.tab
