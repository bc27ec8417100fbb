"""Small orders, pages and answers for the tests of the client's core."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from orders_wire.actions import ActionAnswer
from orders_wire.orders import Money, Order
from orders_wire.page import Desk, Metrics, OrdersPage, OrdersSlice, PageInfo, Period
from orders_wire.vocabulary import Priority, Status

NOON = datetime(2025, 11, 9, 12, 0, tzinfo=UTC)


def gid(number: int) -> str:
    return f"gid://shopify/Order/{number}"


def order(number: int = 1, **fields: Any) -> Order:
    given = {
        "id": gid(number),
        "order_number": f"#{1000 + number}",
        "placed_at": NOON - timedelta(hours=number),
        "status": Status.AWAITING_FULFILLMENT,
        "priority": Priority.STANDARD,
        "customer_name": f"Customer {number}",
        "total": Money(amount="12.50", currency="EUR"),
        "version": 1,
    }
    return Order.model_validate(given | fields)


def page(
    rows: Sequence[Order] = (), desk_version: int = 1, *, desk_id: str = "desk", total: int | None = None, **info: Any
) -> OrdersPage:
    return OrdersPage(
        period=Period(label="Last 7 days", start=NOON - timedelta(days=7), end=NOON),
        metrics=Metrics(total_orders=len(rows) if total is None else total),
        orders=OrdersSlice(items=list(rows), page_info=PageInfo(**info)),
        desk=Desk(id=desk_id, version=desk_version),
    )


def answer(versions: dict[str, int] | None = None, desk_version: int = 2, **fields: Any) -> ActionAnswer:
    versions = versions or {}
    return ActionAnswer(
        success=True,
        message="Assigned 1 order",
        updated_orders=[{"id": order_id} for order_id in versions],
        versions=versions,
        desk=Desk(id=fields.pop("desk_id", "desk"), version=desk_version),
        action_id=fields.pop("action_id", "act-1"),
        **fields,
    )
