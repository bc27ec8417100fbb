"""The passing of time raises and clears alerts: contract §2."""

from __future__ import annotations

import pytest
from sqlalchemy import Connection, delete, func, select, update
from tests.server.conftest import SettableClock
from tests.server.live.test_alerts import told
from tests.support.desk_orders import PLACED, line, order, parcel
from tests.support.desk_orders import told as tell

from orders_sync.db import leases
from orders_sync.db.engine import Database
from orders_sync.db.tables import day_counters, order_marks, orders, owed_units
from orders_sync.db.tx import Tx
from orders_sync.instants import DAY, HOUR, MINUTE, SECOND, Ms
from orders_sync.rules.thresholds import Thresholds
from orders_sync.upkeep.retention import Retention
from orders_sync.upkeep.sweeper import SWEEP_S, Sweeper


@pytest.fixture
def sweeper(db: Database) -> Sweeper:
    return Sweeper(db, Thresholds(), Retention(events=7 * DAY, answers=72 * HOUR), owner="a")


async def test_an_order_that_a_release_before_wrote_gets_its_marks(db: Database, sweeper: Sweeper) -> None:
    await tell(db, [order(1)])

    def written_before(tx: Tx) -> None:
        tx.conn.execute(delete(order_marks))
        tx.conn.execute(delete(owed_units))
        tx.conn.execute(update(orders).values(parts=func.substr(orders.c.parts, 1, 48), ready=None, counted=None))
        tx.conn.execute(delete(day_counters).where(day_counters.c.kind.contains(":")))

    before = await db.read(recounted)
    await db.write(written_before)
    assert await db.read(recounted) != before
    assert (await sweeper.mark(), await sweeper.mark()) == (1, 0)
    assert await db.read(recounted) == before


def recounted(conn: Connection) -> list[tuple[object, ...]]:
    marks = conn.execute(select(order_marks.c.mark, order_marks.c.order_id).order_by(order_marks.c.mark))
    kept = conn.execute(select(day_counters.c.kind, day_counters.c.n).where(day_counters.c.kind.contains(":")))
    return [tuple(row) for row in (*marks, *sorted(kept.all()))]


async def test_an_order_whose_due_time_passes_is_overdue_at_the_next_sweep(
    db: Database, clock: SettableClock, sweeper: Sweeper
) -> None:
    await tell(db, [order(1)])
    before = db.version
    clock.now = Ms(PLACED + DAY)
    assert await sweeper.sweep() == 0
    clock.advance(1)
    assert await sweeper.sweep() == 1
    events = await told(db, before)
    assert [(event["type"], event.get("status")) for event in events] == [("order_overdue", "open"), ("refresh", None)]
    assert "2026-03-11 08:00" in events[0]["message"]
    assert await sweeper.sweep() == 0


async def test_a_sweep_that_finds_nothing_writes_nothing(db: Database, sweeper: Sweeper) -> None:
    await tell(db, [order(1)])
    before = db.version
    assert await sweeper.sweep() == 0
    assert db.version == before


async def test_a_backlog_is_swept_whole_in_bounded_batches(
    db: Database, clock: SettableClock, sweeper: Sweeper
) -> None:
    await tell(db, [order(order_id) for order_id in range(1, 251)])
    before = db.version
    clock.now = Ms(PLACED + 2 * DAY)
    assert await sweeper.sweep() == 250
    raised = [event for event in await told_all(db, before) if event["type"] == "order_overdue"]
    assert len({event["order_id"] for event in raised}) == 250


async def told_all(db: Database, after: int) -> list[dict[str, str]]:
    found: list[dict[str, str]] = []
    while batch := await told(db, after + len(found)):
        found += batch
    return found


async def test_when_the_sweeping_process_dies_another_is_in_time(
    db: Database, clock: SettableClock, sweeper: Sweeper
) -> None:
    await tell(db, [order(1), order(2, processed_at=PLACED + 1)])
    clock.now = Ms(PLACED + DAY + 1)
    assert await sweeper.sweep() == 1
    became_due = clock.advance(1)
    other = Sweeper(db, Thresholds(), Retention(events=7 * DAY, answers=72 * HOUR), owner="b")
    found = 0
    while not found and clock() < became_due + 10 * SECOND:
        found = await other.sweep()
        clock.advance(round(SWEEP_S * SECOND))
    assert found == 1


async def test_one_process_sweeps_and_another_takes_over_when_it_is_gone(
    db: Database, clock: SettableClock, sweeper: Sweeper
) -> None:
    await tell(db, [order(1)])
    clock.now = Ms(PLACED + 2 * DAY)
    assert await db.write(lambda tx: leases.take(tx, "sweeper", "another", 5 * SECOND)) == 1
    assert await sweeper.sweep() == 0
    clock.advance(5 * SECOND)
    assert await sweeper.sweep() == 1


async def test_a_parcel_that_still_has_no_number_after_two_hours(
    db: Database, clock: SettableClock, sweeper: Sweeper
) -> None:
    made = PLACED + 3 * HOUR
    await tell(db, [order(1, None, line(owed=0)), parcel(1, 10, at=made)])
    before = db.version
    clock.now = Ms(made + 2 * HOUR)
    await sweeper.sweep()
    assert await sweep_types(db, before) == []
    clock.advance(1)
    await sweeper.sweep()
    assert await sweep_types(db, before) == [("tracking_pending", "open")]


async def test_a_parcel_without_news_is_delayed_until_it_is_given_up(
    db: Database, clock: SettableClock, sweeper: Sweeper
) -> None:
    made = PLACED + 3 * HOUR
    moving = {"number": "1Z", "carrier": "UPS", "shipment_status": "in_transit"}
    await tell(db, [order(1, None, line(owed=0)), parcel(1, 10, at=made, **moving)])
    before = db.version
    clock.now = Ms(made + DAY)
    await sweeper.sweep()
    assert await sweep_types(db, before) == [("shipment_delay", "open")]
    clock.now = Ms(made + 30 * DAY)
    await sweeper.sweep()
    assert await sweep_types(db, before) == [("shipment_delay", "open"), ("shipment_delay", "cleared")]
    clock.advance(MINUTE)
    assert await sweeper.sweep() == 0


async def sweep_types(db: Database, before: int) -> list[tuple[str, str]]:
    """The alerts told since, without the pings."""
    return [(event["type"], event["status"]) for event in await told(db, before) if "status" in event]
