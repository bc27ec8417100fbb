"""An order as the desk shows it, from what is known of it: the one pure function between evidence and rows."""

from __future__ import annotations

from collections.abc import Mapping

from orders_sync.ingest.facts import OrderFacts
from orders_sync.instants import Ms
from orders_sync.rules.figures import Figures
from orders_sync.rules.operator_state import OperatorState
from orders_sync.rules.projection import Projection
from orders_sync.rules.stock_level import StockLevel


def derive(
    order_id: int,
    facts: OrderFacts,
    operator: OperatorState,
    stock: Mapping[str, StockLevel],
    figures: Figures,
    now: Ms,
) -> Projection | None:
    """The projection at `now`; null for a stub (nothing but a fulfilment or refund is known) and for a deleted order.

    `stock`: what is known of the SKUs of the order's lines; a SKU that is missing is not short.
    """
    raise NotImplementedError
