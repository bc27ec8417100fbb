"""How long what is kept for a time is kept: events, deliveries, answers by key, audit, mentions, and what is over and done with.

Orders, their history and ended alerts are kept for good: an ended cause must never open again.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from orders_sync.db import audit, counters, dead_letters, events, idempotency, mentions, outbox, references
from orders_sync.db.bulk import AT_ONCE
from orders_sync.db.engine import Database
from orders_sync.db.tx import Tx
from orders_sync.instants import DAY, Ms

Prune = Callable[[Tx, Ms], int]
"""Forgets some of what is older than an instant; returns how many rows: `AT_ONCE` when there may be more."""

DELIVERIES = 7 * DAY
"""Longer than any sender repeats a delivery: Shopify gives up within hours."""

SETTLED = 30 * DAY
"""Outbound writes that are done, dead letters that were dealt with, actions too old to be undone, changes of no order."""

AUDIT = 400 * DAY
"""A year, and the time to ask about it."""


@dataclass(frozen=True, slots=True)
class Retention:
    """Milliseconds. `events`: EVENTS_KEEP_DAYS; `answers`: IDEMPOTENCY_KEEP_HOURS (contract §6)."""

    events: int
    answers: int

    async def prune(self, database: Database) -> None:
        """Forgets all that is kept long enough, in bounded transactions."""
        for prune, keep_ms in self._all():
            while await database.write(lambda tx, p=prune, k=keep_ms: p(tx, Ms(tx.now - k))) == AT_ONCE:  # type: ignore[misc]
                pass

    def _all(self) -> Sequence[tuple[Prune, int]]:
        return (
            (events.prune, self.events),
            (lambda tx, _: counters.prune(tx.conn, tx.shop_id), 0),
            (idempotency.prune_deliveries, DELIVERIES),
            (references.prune_parked, SETTLED),
            (idempotency.prune, self.answers),
            (audit.prune_actions, SETTLED),
            (outbox.prune, SETTLED),
            (dead_letters.prune, SETTLED),
            (audit.prune, AUDIT),
            (mentions.prune, AUDIT),
        )
