"""What an order is to become, and what it came to."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from orders_sync.db.order_documents import Known
from orders_sync.evidence.facts import OrderFacts
from orders_sync.lazy import lazy
from orders_sync.rules.operator_state import OperatorState
from orders_sync.rules.projection import Cause


@dataclass(frozen=True)
class OrderUpdate:
    """What an order is to become, with these decisions. `merged`: its facts with what was reported; None: nothing was.

    `reopen`: causes that an undo brings back.
    """

    known: Known
    merged: OrderFacts | None
    operator: OperatorState
    reopen: Collection[Cause] = ()

    @property
    def facts(self) -> OrderFacts:
        return self.known.facts if self.merged is None else self.merged

    @lazy
    def moved(self) -> set[str]:
        """The names of the decisions that differ from those that are stored."""
        return self.operator.moved_from(self.known.operator)

    @property
    def has_news(self) -> bool:
        """The facts differ from those that are stored."""
        return self.merged is not None and self.merged != self.known.facts


@dataclass(frozen=True, slots=True)
class Settled:
    """What an order came to. `changed`: the version grew."""

    version: int
    changed: bool
