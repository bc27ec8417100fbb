"""All orders that match a query, collected by walking its pages."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from orders_tui import wording
from orders_tui.query import OrdersQuery
from orders_tui.query.filters import MAX_PAGE_SIZE, Filters
from orders_wire.vocabulary import Tab

if TYPE_CHECKING:
    from orders_tui.api.client import SyncApi
    from orders_wire.detail import OrderDetail
    from orders_wire.orders import Order

_WALKS = 3
_CUSTOMER = "gid://shopify/Customer/"


@dataclass(frozen=True, slots=True)
class Matching:
    """`complete` is false when the list kept changing while it was walked, so that some may be missing; `unread` could not be
    read.
    """

    orders: tuple[Order, ...]
    complete: bool
    unread: int = 0

    @property
    def doubt(self) -> str:
        """What may be missing, as a sentence; empty when nothing is."""
        changed = "" if self.complete else "the list kept changing while it was read: an order may be missing"
        return "; ".join(part for part in (changed, wording.unread(self.unread)) if part)


def orders_of(detail: OrderDetail, page_size: int, tab: Tab = Tab.ALL) -> OrdersQuery | None:
    """All orders of this order's customer; None where the shop names none."""
    customer = (detail.customer.id if detail.customer is not None else None) or ""
    number = customer.removeprefix(_CUSTOMER)
    if not (number.isascii() and number.isdecimal()):
        return None
    return OrdersQuery(tab, Filters(customer=number), page_size=page_size)


async def collect(api: SyncApi, query: OrdersQuery, on_progress: Callable[[int, int], None] | None = None) -> Matching:
    """Walks the list from its top in pages of 250. A desk that moved on meanwhile is walked again, three times at most.

    `on_progress` gets how many were found, and of how many. Raises ApiError.
    """
    found: dict[str, Order] = {}
    for _ in range(_WALKS):
        walked, still, unread = await _walk(api, replace(query.at(None), page_size=MAX_PAGE_SIZE), on_progress)
        found = walked if still else {**found, **walked}
        if still:
            break
    return Matching(tuple(found.values()), still, unread)


async def _walk(
    api: SyncApi, query: OrdersQuery, on_progress: Callable[[int, int], None] | None
) -> tuple[dict[str, Order], bool, int]:
    """What was found, whether the list stood still meanwhile, and how many orders could not be read."""
    found: dict[str, Order] = {}
    versions, unread = set(), 0
    cursor: str | None = None
    followed: set[str] = set()
    while True:
        page = await api.orders(query.at(cursor))
        found.update((order.id, order) for order in page.orders.items)
        unread += page.orders.unread
        versions.add((page.desk.id, page.desk.version) if page.desk else None)
        total = page.metrics.total_orders
        if on_progress is not None:
            on_progress(min(len(found), total), total)
        info = page.orders.page_info
        if not info.has_next_page or info.next_cursor is None:
            return found, len(versions) == 1 or len(found) + unread == total, unread
        cursor = info.next_cursor
        if cursor in followed or not page.orders.items:
            return found, False, unread
        followed.add(cursor)
