"""What is kept for a time is forgotten in time, and nothing that is still needed."""

from __future__ import annotations

import pytest
from sqlalchemy import Table, func, insert, select
from tests.server.conftest import SettableClock
from tests.server.live.raising import overdue, ping, raising
from tests.support.projections import projection

from orders_sync.db import alerts, bulk, events, idempotency
from orders_sync.db import orders as stored
from orders_sync.db.engine import Database
from orders_sync.db.events import Head
from orders_sync.db.orders import Saved
from orders_sync.db.tables import day_counters
from orders_sync.db.tables import deliveries as delivery_table
from orders_sync.db.tables import events as event_table
from orders_sync.instants import DAY, HOUR, Ms
from orders_sync.rules.thresholds import Thresholds
from orders_sync.upkeep import retention
from orders_sync.upkeep.retention import DELIVERIES, Retention
from orders_sync.upkeep.sweeper import Sweeper
from orders_wire.vocabulary import Ready

KEPT = Retention(events=7 * DAY, answers=72 * HOUR)


async def count(db: Database, table: Table) -> int:
    return int(await db.read(lambda conn: conn.scalar(select(func.count()).select_from(table)) or 0))


async def head(db: Database) -> Head:
    return await db.read(lambda conn: events.head(conn, db.shop_id))


async def test_events_are_kept_for_their_days_and_then_count_as_too_old(db: Database, clock: SettableClock) -> None:
    for _ in range(3):
        await ping(db)
    clock.advance(7 * DAY)
    await ping(db)
    await KEPT.prune(db)
    assert await count(db, event_table) == 4
    clock.advance(1)
    await KEPT.prune(db)
    assert await count(db, event_table) == 1
    assert (await head(db)).floor == 3
    assert (await head(db)).newest == 4


async def test_the_newest_event_stays_however_old(db: Database, clock: SettableClock) -> None:
    await ping(db)
    await ping(db)
    clock.advance(30 * DAY)
    await KEPT.prune(db)
    assert (await head(db)).floor == 1
    await ping(db)
    assert db.version == 3


async def test_what_raised_an_open_alert_stays_until_it_is_cleared(db: Database, clock: SettableClock) -> None:
    await db.write(raising(1, overdue(1)))
    await ping(db)
    clock.advance(30 * DAY)
    await ping(db)
    await KEPT.prune(db)
    assert (await head(db)).floor == 2
    _, open_events = await db.read(lambda conn: alerts.most_severe(conn, db.shop_id, 50))
    assert [event.n for event in open_events] == [1]
    await db.write(raising(1))
    await KEPT.prune(db)
    assert await count(db, event_table) == 2
    assert (await head(db)).floor == 2


async def deliver(db: Database, numbers: range, at: Ms) -> None:
    rows = [
        {"shop_id": db.shop_id, "source": "shopify", "delivery_id": f"{n}", "topic": "t", "received_at": at}
        for n in numbers
    ]
    await db.write(lambda tx: tx.conn.execute(insert(delivery_table), rows))


async def test_old_deliveries_are_forgotten(db: Database, clock: SettableClock) -> None:
    await deliver(db, range(1), clock.now)
    clock.advance(DELIVERIES + 1)
    await deliver(db, range(1, 2), clock.now)
    await KEPT.prune(db)
    assert await count(db, delivery_table) == 1
    assert await db.write(lambda tx: idempotency.prune_deliveries(tx, Ms(clock.now + 1))) == 1


async def test_much_is_forgotten_in_transactions_that_stay_small(
    db: Database, clock: SettableClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    for module in (bulk, retention):
        monkeypatch.setattr(module, "AT_ONCE", 10)
    await deliver(db, range(35), clock.now)
    clock.advance(DELIVERIES + 1)
    assert await db.write(lambda tx: idempotency.prune_deliveries(tx, Ms(clock.now))) == 10
    await KEPT.prune(db)
    assert await count(db, delivery_table) == 0


async def test_a_fleet_prunes_once_an_hour(db: Database, clock: SettableClock) -> None:
    fleet = [Sweeper(db, Thresholds(), KEPT, owner=owner) for owner in "ab"]
    for _ in range(2):
        await ping(db)
    clock.advance(8 * DAY)
    for sweeper in fleet:
        await sweeper.prune()
    assert await count(db, event_table) == 1
    await ping(db)
    clock.advance(8 * DAY)
    await ping(db)
    await fleet[1].prune()
    assert await count(db, event_table) == 1


async def test_counters_that_count_nothing_any_more_are_forgotten(db: Database) -> None:
    owing = projection(1, due_at=Ms(5 * HOUR), ready=Ready.YES, sendable=1)
    await db.write(lambda tx: stored.save(tx, [Saved(owing, 1)]))
    await db.write(lambda tx: stored.save(tx, [Saved(projection(1), 1)]))
    kinds = select(day_counters.c.kind).where(day_counters.c.kind.in_(["due@", "ready:yes", "placed"]))
    assert {*await db.read(lambda conn: conn.scalars(kinds).all())} == {"due@", "ready:yes", "placed"}
    await KEPT.prune(db)
    assert {*await db.read(lambda conn: conn.scalars(kinds).all())} == {"placed"}
