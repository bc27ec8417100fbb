"""An order as an action finds it, locked for the transaction: what is known, and its state under any decisions."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from orders_sync.db import outbox, stock
from orders_sync.db.order_documents import Known
from orders_sync.db.outbox import OutboxRow
from orders_sync.db.tx import Tx
from orders_sync.evidence.facts import OrderFacts
from orders_sync.lazy import lazy
from orders_sync.outbox.kinds import Kind
from orders_sync.rules import order_state
from orders_sync.rules.operator_state import Entry, OperatorState
from orders_sync.rules.order_state import OrderState
from orders_sync.rules.stock_level import StockLevel
from orders_sync.rules.thresholds import Thresholds


@dataclass(frozen=True)
class LockedOrders:
    """The orders of one action. Stock and rows of the outbox are read once for all of them, when the first asks."""

    tx: Tx
    thresholds: Thresholds
    known: Mapping[int, Known]

    @lazy
    def stock(self) -> Mapping[str, StockLevel]:
        """What is known of every SKU in these orders."""
        skus = {sku for order in self.known.values() for sku in order_state.skus(order.facts)}
        return stock.levels(self.tx.conn, self.tx.shop_id, skus)

    def outbound(self, kind: Kind) -> Mapping[int, list[OutboxRow]]:
        """Each order's rows of a kind in the outbox, held from here on, as they are before anything is written."""
        if kind not in self._outbound:
            self._outbound[kind] = outbox.of_orders_kind(self.tx, self.known, kind.target, kind)
        return self._outbound[kind]

    @lazy
    def _outbound(self) -> dict[Kind, Mapping[int, list[OutboxRow]]]:
        return {}


@dataclass(frozen=True)
class LockedOrder:
    """One of the orders, which is no stub."""

    known: Known
    orders: LockedOrders

    @property
    def order_id(self) -> int:
        return self.known.order_id

    @property
    def operator(self) -> OperatorState:
        return self.known.operator

    @property
    def facts(self) -> OrderFacts:
        return self.known.facts

    @lazy
    def state(self) -> OrderState:
        """The order as it is now."""
        return self.state_under(self.operator)

    @property
    def name(self) -> str:
        """The order's number, as people say it."""
        return str((self.facts.fields("order") or {}).get("name"))

    def state_under(self, operator: OperatorState) -> OrderState:
        """The order under other decisions."""
        orders = self.orders
        state = order_state.build_order_state(self.order_id, self.facts, operator, orders.stock, orders.thresholds)
        assert state is not None, "an order with a version is no stub"
        return state

    def outbound(self, kind: Kind) -> list[OutboxRow]:
        """Its rows of a kind in the outbox, held meanwhile."""
        return self.orders.outbound(kind)[self.order_id]


def with_entry(operator: OperatorState, key: str, entry: Entry, **decided: object) -> OperatorState:
    """The decisions with one more timeline entry, and with what else was decided; a key that is there keeps its entry."""
    return operator.model_copy(update={**decided, "entries": {key: entry, **operator.entries}})
