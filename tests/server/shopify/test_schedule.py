"""When the poller ticks, and who tells when it does not."""

from __future__ import annotations

import pytest
from tests.server.conftest import SettableClock
from tests.server.shopify.world import INTERVAL_S, World, open_gaps, reached
from tests.support.shopify import order, page

from orders_sync.db import leases
from orders_sync.db.engine import Database
from orders_sync.external.shopify.errors import NoAnswer
from orders_sync.instants import MINUTE, SECOND
from orders_sync.poller import progress
from orders_sync.poller.poller import Schedule


class Stop(Exception):
    """Ends an endless loop."""


class Sleeps:
    """Each sleep moves the clock; after so many the loop ends."""

    def __init__(self, clock: SettableClock, count: int) -> None:
        self._clock = clock
        self._left = count

    async def __call__(self, seconds: float) -> None:
        self._clock.advance(round(seconds * SECOND))
        self._left -= 1
        if self._left <= 0:
            raise Stop


def schedule(db: Database, world: World, looks: int = 1) -> Schedule:
    poller = world.poller(db)
    return Schedule(poller, world.clock, owner="one", interval_s=INTERVAL_S, sleep=Sleeps(world.clock, looks))


@pytest.fixture
def world(clock: SettableClock) -> World:
    told = World(clock)
    told.put(order(1, fulfillmentOrders=page()))
    return told


async def test_it_ticks_at_once_and_then_every_interval(db: Database, world: World) -> None:
    looks = 2 * INTERVAL_S // 5 + 1
    with pytest.raises(Stop):
        await schedule(db, world, looks).tick()
    assert len(world.shop.asked("Locations")) == 4  # the back-fill, the catching up after it, and two more ticks


async def test_a_restart_waits_for_its_turn(db: Database, world: World, clock: SettableClock) -> None:
    await world.poller(db).tick()
    world.shop.calls.clear()
    with pytest.raises(Stop):
        await schedule(db, world, looks=3).tick()
    assert world.shop.calls == []
    clock.advance(INTERVAL_S * SECOND)
    with pytest.raises(Stop):
        await schedule(db, world).tick()
    assert world.shop.calls


async def test_a_back_fill_that_failed_waits_for_the_next_tick(db: Database, world: World) -> None:
    world.failing = NoAnswer("cut off")
    with pytest.raises(Stop):
        await schedule(db, world, looks=10).tick()
    assert len(world.shop.asked("ShopRead")) == 1


async def test_a_tick_that_is_overdue_is_a_gap_until_one_ends(db: Database, world: World, clock: SettableClock) -> None:
    watching = schedule(db, world)
    await world.poller(db).tick()
    clock.advance(INTERVAL_S * SECOND + 4 * MINUTE)
    await watching.look()
    assert await open_gaps(db) == set()
    clock.advance(2 * MINUTE)
    await watching.look()
    assert await open_gaps(db) == {"poller_late"}
    await world.poller(db, "two").tick()
    assert await open_gaps(db) == set()


async def test_a_process_that_just_began_is_not_late(db: Database, world: World, clock: SettableClock) -> None:
    await world.poller(db).tick()
    clock.advance(100 * INTERVAL_S * SECOND)
    await schedule(db, world).look()
    assert await open_gaps(db) == set()


async def test_a_back_fill_takes_its_time(db: Database, world: World, clock: SettableClock) -> None:
    watching = schedule(db, world)
    world.failing = NoAnswer("cut off")
    await world.poller(db).tick()
    clock.advance(100 * INTERVAL_S * SECOND)
    await watching.look()
    assert await open_gaps(db) == {"poller_failed"}
    assert not (await reached(db)).complete


async def test_one_process_repairs_at_a_time(db: Database, world: World) -> None:
    watching = schedule(db, world)
    await world.poller(db).tick()
    await db.write(lambda tx: leases.take(tx, "repairs", "another", 60_000))
    world.shop.calls.clear()
    await watching.look()
    assert world.shop.calls == []
    assert progress.NAME != "repairs"
