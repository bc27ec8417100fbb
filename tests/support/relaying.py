"""Receivers with a ledger, and a relay to them."""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from orders_sync.db.engine import Database
from orders_sync.db.outbox import OutboxRow
from orders_sync.outbox.kinds import Target
from orders_sync.outbox.outcome import Outcome, Sent
from orders_sync.relay.relay import Chance, Relay
from orders_sync.rules.thresholds import Thresholds

_tokens = (f"relay-{n}" for n in itertools.count(1))


@dataclass
class Ledger:
    """Somebody's books. Like the real receivers it knows a write that it has, so that repeating it has no effect.

    `answers` are given first, one per row; after them everything is taken. `fault` is raised instead of an answer.
    """

    answers: list[Outcome] = field(default_factory=list)
    fault: Exception | None = None
    effects: list[str] = field(default_factory=list)
    calls: list[list[OutboxRow]] = field(default_factory=list)
    called: asyncio.Event = field(default_factory=asyncio.Event)

    async def send(self, rows: Sequence[OutboxRow]) -> list[Outcome]:
        self.calls.append(list(rows))
        self.called.set()
        if self.fault is not None:
            raise self.fault
        return [self._answer(row) for row in rows]

    def _answer(self, row: OutboxRow) -> Outcome:
        if self.answers:
            return self.answers.pop(0)
        if row.dedupe_key not in self.effects:
            self.effects.append(row.dedupe_key)
        return Sent()

    @property
    def seen(self) -> list[OutboxRow]:
        return [row for rows in self.calls for row in rows]


def relay_to(
    db: Database, receiver: Ledger, targets: Iterable[Target] = Target, dice: Callable[[], float] = lambda: 0.0
) -> Relay:
    """A relay whose receivers are all this one; waits are the shortest that jitter allows."""
    chance = Chance(dice, lambda: next(_tokens))
    return Relay(db, dict.fromkeys(targets, receiver), Thresholds(), db.clock, chance)


@dataclass
class Hanging(Ledger):
    """Does not answer before `release`."""

    release: asyncio.Event = field(default_factory=asyncio.Event)

    async def send(self, rows: Sequence[OutboxRow]) -> list[Outcome]:
        outcomes = await super().send(rows)
        await self.release.wait()
        return outcomes


def relay_between(db: Database, receivers: Mapping[Target, Ledger]) -> Relay:
    """A relay with a receiver for each target."""
    return Relay(db, receivers, Thresholds(), db.clock, Chance(lambda: 0.0, lambda: next(_tokens)))
