"""An order as an action finds it, locked for the transaction: what is known, and the picture it makes under any decisions."""

from __future__ import annotations

from collections.abc import Callable, Mapping
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
from orders_sync.rules.order_state import Picture
from orders_sync.rules.stock_coverage import StockLevel
from orders_sync.rules.thresholds import Thresholds


@dataclass(frozen=True)
class View:
    """`draw` gives the order under other decisions; `outbound` its rows of a kind in the outbox, held meanwhile."""

    known: Known
    draw: Callable[[OperatorState], Picture]
    outbound: Callable[[Kind], list[OutboxRow]]

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
    def picture(self) -> Picture:
        """The order as it is now."""
        return self.draw(self.operator)

    @property
    def name(self) -> str:
        """The order's number, as people say it."""
        return str((self.facts.fields("order") or {}).get("name"))


@dataclass(frozen=True)
class Views:
    """The orders of one action. Stock is read once for all of them, when the first picture is drawn."""

    tx: Tx
    thresholds: Thresholds
    known: Mapping[int, Known]

    @lazy
    def _stock(self) -> Mapping[str, StockLevel]:
        skus = {sku for order in self.known.values() for sku in order_state.skus(order.facts)}
        return stock.levels(self.tx.conn, self.tx.shop_id, skus)

    def of(self, order_id: int) -> View:
        """One of the orders, which is no stub."""
        known = self.known[order_id]
        return View(
            known,
            draw=lambda operator: self._draw(known, operator),
            outbound=lambda kind: outbox.of_order_kind(self.tx, order_id, kind.target, kind),
        )

    def _draw(self, known: Known, operator: OperatorState) -> Picture:
        drawn = order_state.draw(known.order_id, known.facts, operator, self._stock, self.thresholds)
        assert drawn is not None, "an order with a version has a picture"
        return drawn


def with_entry(operator: OperatorState, key: str, entry: Entry, **decided: object) -> OperatorState:
    """The decisions with one more timeline entry, and with what else was decided; a key that is there keeps its entry."""
    return operator.model_copy(update={**decided, "entries": {key: entry, **operator.entries}})
