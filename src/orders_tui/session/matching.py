"""All orders that match a query, collected by walking its pages."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from orders_tui.query import OrdersQuery
from orders_tui.query.filters import MAX_PAGE_SIZE

if TYPE_CHECKING:
    from orders_tui.api import SyncApi
    from orders_wire.orders import Order

_WALKS = 3


@dataclass(frozen=True, slots=True)
class Matching:
    """`complete` is false when the list kept changing while it was walked, so that some may be missing."""

    orders: tuple[Order, ...]
    complete: bool


async def collect(api: SyncApi, query: OrdersQuery, on_progress: Callable[[int, int], None] | None = None) -> Matching:
    """Walks the list from its top in pages of 250. A desk that moved on meanwhile is walked again, three times at most.

    `on_progress` is told how many were found, and of how many. Raises ApiError.
    """
    found: dict[str, Order] = {}
    for _ in range(_WALKS):
        walked, still = await _walk(api, replace(query.at(None), page_size=MAX_PAGE_SIZE), on_progress)
        found = walked if still else {**found, **walked}
        if still:
            return Matching(tuple(found.values()), complete=True)
    return Matching(tuple(found.values()), complete=False)


async def _walk(
    api: SyncApi, query: OrdersQuery, on_progress: Callable[[int, int], None] | None
) -> tuple[dict[str, Order], bool]:
    found: dict[str, Order] = {}
    versions = set()
    cursor: str | None = None
    followed: set[str] = set()
    while True:
        page = await api.orders(query.at(cursor))
        found.update((order.id, order) for order in page.orders.items)
        versions.add((page.desk.id, page.desk.version) if page.desk else None)
        total = page.metrics.total_orders
        if on_progress is not None:
            on_progress(min(len(found), total), total)
        info = page.orders.page_info
        if not info.has_next_page or info.next_cursor is None:
            return found, len(versions) == 1 or len(found) == total
        cursor = info.next_cursor
        if cursor in followed or not page.orders.items:
            return found, False
        followed.add(cursor)
