"""The relay: takes what is due from the outbox, hands it to its receiver, and records what became of it.

Nothing external is called inside a transaction. A row is claimed under a lease first; whoever finds a lease that ran out knows
only that the row may have left. Any number of relays may run on one database.

Each receiver is sent to by itself: one that hangs holds up its own rows and nobody else's.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Protocol, TypeVar

import structlog

from orders_sync.backoff import MAX_TRIES
from orders_sync.db import order_documents, outbox, outbox_claims
from orders_sync.db.engine import Database
from orders_sync.db.failures import DatabaseError
from orders_sync.db.outbox import OutboxRow
from orders_sync.db.outbox_claims import Share
from orders_sync.db.tx import Tx
from orders_sync.instants import MINUTE, SECOND, Clock, Ms
from orders_sync.outbox.kinds import METAFIELDS, Kind, Target
from orders_sync.outbox.outcome import Later, Outcome, Unknown, storable
from orders_sync.relay import confirmation, departure
from orders_sync.relay.consequence import Delivered
from orders_sync.relay.recording import OutcomeJob
from orders_sync.rules.thresholds import Thresholds
from orders_wire.vocabulary import OutboundState

LEASE_MS = MINUTE
CALL_MS = 55 * SECOND
"""Longer than any receiver's own time limit: a call begins only while its lease lasts at least this long."""

SHARE = Share(kinds=frozenset(Kind), together=METAFIELDS, batch=25, single=8)
"""What one relay has under way for one receiver; 25 metafields are Shopify's limit for one call."""

POLL_S = 1.0
"""Another process may queue a row that this one does not hear of; and a receiver whose rows others have taken rests as long."""

SWITCHES_MS = MINUTE

log = structlog.get_logger(__name__)

T = TypeVar("T")


class Sender(Protocol):
    """What sends the rows of one receiver. `send` gives an outcome for each row, in their order; it raises for its own faults
    only."""

    async def send(self, rows: Sequence[OutboxRow]) -> Sequence[Outcome]: ...


@dataclass(frozen=True, slots=True)
class Chance:
    """What a relay draws: numbers in 0 ≤ n < 1, and names that no other claim has."""

    dice: Callable[[], float]
    token: Callable[[], str]


class Relay:
    """`run` until `stop`. `senders`: of the receivers that are on; rows for the others wait until they are reviewed."""

    def __init__(
        self, db: Database, senders: Mapping[Target, Sender], thresholds: Thresholds, clock: Clock, chance: Chance
    ) -> None:
        self._db = db
        self._senders = senders
        self._thresholds = thresholds
        self._clock = clock
        self._chance = chance
        self._on = frozenset(senders)
        self._off = frozenset(Target) - self._on
        self._busy: set[Target] = set()
        self._resting: dict[Target, float] = {}
        self._wake = asyncio.Event()
        self._stopping = False
        self._review_at = Ms(0)
        db.on_outbound(self._wake.set)

    def stop(self) -> None:
        """Claims nothing more; `run` returns when the calls under way have ended."""
        self._stopping = True
        self._wake.set()

    async def run(self) -> None:
        """Sends what becomes due. Outlives the database being out of reach, and its own faults."""
        async with asyncio.TaskGroup() as tasks:
            while not self._stopping:
                self._wake.clear()
                pause_s = await _logged(self._begin_due(tasks), POLL_S)
                if pause_s > 0 and not self._stopping:
                    with suppress(TimeoutError):
                        async with asyncio.timeout(pause_s):
                            await self._wake.wait()

    async def step(self) -> None:
        """Does what is to be done now, once and to its end."""
        async with asyncio.TaskGroup() as tasks:
            await self._begin_due(tasks)

    async def _begin_due(self, tasks: asyncio.TaskGroup) -> float:
        """Begins to send to every receiver that has something due, unless that is under way.

        Returns how many seconds nothing will be due, unless something is committed, or a receiver is done with.
        """
        now, second = self._clock(), asyncio.get_running_loop().time()
        if now >= self._review_at:
            await self._review_switched(now)
        free = [each for each in self._on - self._busy if self._resting.get(each, 0.0) <= second]
        due = await self._db.read(lambda conn: outbox_claims.next_due(conn, self._db.shop_id, free))
        for target in (Target(each) for each, at in due.items() if at <= now and not self._stopping):
            self._busy.add(target)
            tasks.create_task(self._send_to(target))
        return min((POLL_S, *((at - now) / SECOND for at in due.values() if at > now)))

    async def _send_to(self, target: Target) -> None:
        """One receiver, whatever becomes of the others. What is due but held by another process is looked at again later."""
        if not await _logged(self.send_due([target]), 0):
            self._resting[target] = asyncio.get_running_loop().time() + POLL_S
        self._busy.discard(target)
        self._wake.set()

    async def send_due(self, targets: Collection[Target] | None = None) -> int:
        """Claims what is due for these receivers (all that are on), once, and sends it; returns how many rows that were.

        All metafields leave in one call, every other row in one of its own.
        """
        owner, to = self._chance.token(), self._on if targets is None else targets
        rows = await self._db.write(
            lambda tx: confirmation.informed(tx, outbox_claims.claim(tx, owner, to, LEASE_MS, SHARE)), ()
        )
        last_call = Ms(self._clock() + LEASE_MS - CALL_MS)
        metafields = [row for row in rows if row.kind in METAFIELDS]
        async with asyncio.TaskGroup() as calls:
            for call in (metafields, *([row] for row in rows if row.kind not in METAFIELDS)):
                if call:
                    calls.create_task(self._deliver(owner, call, last_call))
        return len(rows)

    async def _review_switched(self, now: Ms) -> None:
        """Rows whose receiver was switched on or off since they were queued: looked for now and then, since another process may
        have queued under other settings."""
        shop_id = self._db.shop_id
        if await self._db.read(lambda conn: outbox_claims.switched(conn, shop_id, now, self._on, self._off)):
            await self._db.write(self._switch)
        self._review_at = Ms(now + SWITCHES_MS)

    def _switch(self, tx: Tx) -> None:
        shown = outbox_claims.switching(tx, self._on, self._off, Kind.CANCEL)
        order_documents.hold(tx.conn, tx.shop_id, shown)
        outbox_claims.park(tx, self._off)
        fewer = outbox_claims.review(tx, self._on, METAFIELDS)
        outbox.recount(tx, fewer)
        departure.put_off(tx, shown, self._thresholds)
        tx.ping()

    async def _deliver(self, owner: str, rows: Sequence[OutboxRow], last_call: Ms) -> None:
        outcomes: Sequence[Outcome]
        if self._clock() > last_call:  # of what may have left before, nothing new is known
            rows = [row for row in rows if row.state is OutboundState.QUEUED]
            outcomes = [Later("there was no time left to send it")] * len(rows)
        else:
            outcomes = await self._send(rows)
        async with asyncio.TaskGroup() as records:
            for row, outcome in zip(rows, outcomes, strict=True):
                told = storable(outcome, row.payload)
                records.create_task(self._record(Delivered(owner, row, told, self._chance.dice())))

    async def _record(self, delivered: Delivered) -> None:
        row = delivered.row
        try:
            await self._db.write(OutcomeJob(delivered, self._thresholds), [row.order_id])
        except DatabaseError as error:  # the other calls go on; this row is found again when its lease runs out
            log.warning("an outcome could not be recorded", row=row.id, reason=str(error))
        except Exception:  # an answer that cannot be stored concerns this row: what others came to is recorded
            log.exception("an outcome could not be recorded", row=row.id)

    async def _send(self, rows: Sequence[OutboxRow]) -> Sequence[Outcome]:
        if any(row.attempts >= MAX_TRIES for row in rows):
            return [Unknown("the outcome of the last try never came to be known")] * len(rows)
        try:
            return await self._senders[Target(rows[0].target)].send(rows)
        except Exception as error:  # an adapter's fault must neither end the relay nor be tried for ever
            log.exception("a receiver failed", target=rows[0].target, kind=rows[0].kind)
            return [Unknown(f"our own fault: {type(error).__name__}")] * len(rows)


async def _logged(work: Awaitable[T], otherwise: T) -> T:
    """What it comes to; `otherwise` when the database was out of reach, or the relay had a fault: logged, and tried again."""
    try:
        return await work
    except DatabaseError as error:
        log.warning("the outbox cannot be reached", reason=str(error))
    except Exception:  # a task's outermost frame
        log.exception("the relay failed")
    return otherwise
