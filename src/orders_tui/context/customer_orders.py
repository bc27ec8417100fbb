"""All orders of one customer in the table, and the way back to what was there before."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from orders_tui.context import pinned_views
from orders_tui.query import NO_FILTERS, Filters, OrdersQuery
from orders_tui.session.matching import orders_of
from orders_tui.views.pins import pin

if TYPE_CHECKING:
    from orders_tui.context.context import Context


@dataclass(frozen=True, slots=True)
class Left:
    """What was on show, with the order under the cursor, and whose orders are shown instead."""

    query: OrdersQuery
    pinned: str
    order_id: str | None
    shown: Filters = NO_FILTERS


def show(work: Context, order_id: str) -> str:
    """Shows all orders of this order's customer, with the cursor on it; else why not."""
    detail = work.session.table.detail(order_id)
    if detail is None:
        problem = work.session.table.detail_problem(order_id)
        return f"the customer is not known: {problem}" if problem is not None else "the order is being read; once more"
    view = work.session.table.view
    query = orders_of(detail, view.query.page_size)
    if query is None:
        return f"the shop names no customer for {detail.order_number}"
    before = work.left if view.query.filters.customer is not None else None
    work.left = replace(before or Left(view.query, view.pinned, order_id), shown=query.filters)
    work.session.table.show(query, order_id)
    return ""


def back(work: Context) -> bool:
    """Shows again what was there before one customer's orders; False where they are not on show."""
    left, work.left = work.left, None
    if left is None or work.session.table.view.query.filters != left.shown:
        return False
    if left.pinned:
        pinned_views.open_place(work, pin(left.pinned))
    else:
        work.session.table.show(left.query, left.order_id)
    return True
