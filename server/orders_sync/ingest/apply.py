"""The one way in: a delivery, from whoever, becomes changed orders in one transaction.

Invariant: the same deliveries in any order, any number of times, end in the same rows.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from orders_sync.db.tx import Tx
from orders_sync.ingest.changes import Delivery
from orders_sync.rules.figures import Figures


@dataclass(frozen=True, slots=True)
class Applied:
    """What a delivery did. `repeated`: it came before, and did nothing. `order_ids`: whom it told of; `changed`: whose
    version grew. `parked`: changes that wait for a reference."""

    repeated: bool = False
    order_ids: frozenset[int] = frozenset()
    changed: frozenset[int] = frozenset()
    parked: int = 0


def apply(tx: Tx, delivery: Delivery, figures: Figures) -> Applied:
    """Takes one delivery in: told apart from repeats by (source, delivery id), merged, attributed, settled."""
    return apply_many(tx, [delivery], figures)


def apply_many(tx: Tx, deliveries: Sequence[Delivery], figures: Figures) -> Applied:
    """Takes several in at once, each order settled once: the back-fill's way. `repeated`: all of them came before."""
    raise NotImplementedError
