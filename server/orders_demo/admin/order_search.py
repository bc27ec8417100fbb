"""What orders can be searched by, and the orders in each sort order."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from orders_demo.admin.connections import Key
from orders_demo.admin.search import Filter, Query, instant, parse
from orders_demo.world.orders import Order
from orders_demo.world.shop import Shop

VISIBLE = timedelta(days=60)
"""How far back an app sees without `read_all_orders`."""

_STATUS: dict[str, Callable[[Order], bool]] = {
    "open": lambda order: order.closed_at is None and order.cancelled_at is None,
    "closed": lambda order: order.closed_at is not None and order.cancelled_at is None,
    "cancelled": lambda order: order.cancelled_at is not None,
    "not_closed": lambda order: order.closed_at is None,
}
_SHIPPED = {
    "FULFILLED": {"shipped", "fulfilled"},
    "PARTIALLY_FULFILLED": {"partial"},
    "ON_HOLD": {"on_hold", "unfulfilled"},
}


def _status(text: str) -> str:
    if text.casefold() not in _STATUS:
        raise ValueError(text)
    return text.casefold()


def _fold(values: list[str]) -> list[str]:
    return [value.casefold() for value in values]


FILTERS: dict[str, Filter[Order]] = {
    "id": Filter(lambda order: order.id, int, ordered=True),
    "name": Filter(lambda order: [order.name, order.name.lstrip("#")]),
    "email": Filter(lambda order: (order.email or "").casefold()),
    "tag": Filter(lambda order: _fold(order.tags)),
    "sku": Filter(lambda order: _fold([line.sku or "" for line in order.lines])),
    "created_at": Filter(lambda order: order.created_at, instant, ordered=True),
    "updated_at": Filter(lambda order: order.updated_at, instant, ordered=True),
    "processed_at": Filter(lambda order: order.processed_at, instant, ordered=True),
    "customer_id": Filter(lambda order: order.customer.id if order.customer else None, int, ordered=True),
    "financial_status": Filter(lambda order: (order.financial_status or "").casefold()),
    "fulfillment_status": Filter(lambda order: _SHIPPED.get(order.fulfillment_status, {"unfulfilled", "unshipped"})),
    "return_status": Filter(lambda order: order.return_status.casefold()),
    "source_name": Filter(lambda order: order.source_name),
    "status": Filter(lambda order: [name for name, test in _STATUS.items() if test(order)], _status),
    "test": Filter(lambda _: "false"),
}

_SORTS: dict[str, Callable[[Order], Any]] = {
    "CREATED_AT": lambda order: _ms(order.created_at),
    "UPDATED_AT": lambda order: _ms(order.updated_at),
    "PROCESSED_AT": lambda order: _ms(order.processed_at),
    "ORDER_NUMBER": lambda order: order.number,
    "TOTAL_PRICE": lambda order: order.total,
    "CURRENT_TOTAL_PRICE": lambda order: order.current_total,
    "CUSTOMER_NAME": lambda order: order.customer.name if order.customer else "",
    "FINANCIAL_STATUS": lambda order: order.financial_status or "",
    "FULFILLMENT_STATUS": lambda order: order.fulfillment_status,
    "ID": lambda order: order.id,
}


def query(text: str | None) -> Query[Order]:
    """A query for orders; a bare word is looked for in name, e-mail and customer."""
    return parse(text, FILTERS, _anywhere)


@dataclass(slots=True)
class Shelf:
    """The shop's orders sorted; a sort is kept until any order changes."""

    shop: Shop
    _revision: int = -1
    _sorted: dict[str, tuple[list[Order], list[Key]]] = field(default_factory=dict)

    def by(self, sort: str) -> tuple[list[Order], list[Key]]:
        """Orders and their keys, ascending."""
        if self._revision != self.shop.revision:
            self._sorted.clear()
            self._revision = self.shop.revision
        if sort not in self._sorted:
            read = _SORTS.get(sort, _SORTS["ID"])
            pairs = sorted(((read(order), order.id), order) for order in self.shop.orders.values())
            self._sorted[sort] = [order for _, order in pairs], [key for key, _ in pairs]
        return self._sorted[sort]


def visible(order: Order, now: datetime, *, all_orders: bool) -> bool:
    """Older orders are absent, not refused."""
    return all_orders or order.created_at >= now - VISIBLE


def _anywhere(order: Order, word: str) -> bool:
    wanted = word.casefold().lstrip("#")
    places = (order.name, order.email or "", order.customer.name if order.customer else "")
    return any(wanted in place.casefold() for place in places)


def _ms(at: datetime) -> int:
    return int(at.timestamp() * 1000)
