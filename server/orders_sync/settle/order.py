"""Settling: what is known of an order becomes its rows, its alerts and the news of them, in one transaction.

Invariant: after `settle` the order's document, row, lists and alerts all come from the same facts and decisions.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

from orders_sync.db.tx import Tx
from orders_sync.ingest.facts import OrderFacts
from orders_sync.rules.figures import Figures
from orders_sync.rules.operator_state import OperatorState
from orders_sync.rules.projection import Cause, Projection


@dataclass(frozen=True, slots=True)
class Known:
    """An order as it is stored, locked for this transaction. `version` 0: it is in no list (a stub, or deleted)."""

    order_id: int
    facts: OrderFacts
    operator: OperatorState
    version: int


@dataclass(frozen=True, slots=True)
class Settled:
    """`changed`: the version grew. `projection` is null for a stub and a deleted order."""

    version: int
    changed: bool
    projection: Projection | None


def load(tx: Tx, order_id: int) -> Known | None:
    """What is known of an order, locked until the transaction ends; null when nothing is."""
    raise NotImplementedError


def load_many(tx: Tx, order_ids: Iterable[int]) -> Mapping[int, Known]:
    """The same for several, locked in the order of their ids."""
    raise NotImplementedError


def settle(
    tx: Tx,
    order_id: int,
    facts: OrderFacts,
    operator: OperatorState,
    figures: Figures,
    *,
    reopen: Collection[Cause] = (),
) -> Settled:
    """Stores facts and decisions of an order, and its rows and alerts as of `tx.now`; touches it when it changed.

    `reopen`: causes that an undo brings back (`live.alerts.reconcile`).
    """
    raise NotImplementedError


def resettle(tx: Tx, order_ids: Iterable[int], figures: Figures) -> None:
    """Derives orders again for `tx.now`: after a stock flip, a change of the figures, or an instant they waited for."""
    raise NotImplementedError
