"""What `GET /sync/orders/{id}` adds to ORDER from the facts: contract §1."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from orders_sync.ingest.facts import OrderFacts
from orders_sync.rules.figures import Figures
from orders_sync.rules.operator_state import OperatorState
from orders_sync.rules.stock_level import StockLevel
from orders_wire.detail import Address, Customer, Fulfillment, LineItem, Return
from orders_wire.orders import TimelineEntry


@dataclass(frozen=True, slots=True)
class Detail:
    """The parts of `OrderDetail` that come from facts, under its field names; `timeline` is whole."""

    customer: Customer | None
    email: str | None
    note: str | None
    financial_status: str | None
    fulfillment_status: str | None
    shipping_address: Address | None
    billing_address: Address | None
    shipping_lines: list[str]
    line_items: list[LineItem]
    fulfillments: list[Fulfillment]
    returns: list[Return]
    timeline: list[TimelineEntry]


def describe(
    order_id: int, facts: OrderFacts, operator: OperatorState, stock: Mapping[str, StockLevel], figures: Figures
) -> Detail | None:
    """Everything that is known of an order; null where `derive` gives none."""
    raise NotImplementedError
