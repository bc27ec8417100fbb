"""Leases: what must run once runs where the lease is held."""

from __future__ import annotations

import asyncio

from tests.server.conftest import SettableClock

from orders_sync.db import leases
from orders_sync.db.engine import Database
from orders_sync.instants import MINUTE


async def take(db: Database, owner: str) -> int | None:
    return await db.write(lambda tx: leases.take(tx, "poller", owner, MINUTE))


async def holds(db: Database, fence: int) -> bool:
    return await db.write(lambda tx: leases.holds(tx, "poller", fence))


async def test_one_holds_it_until_its_time_is_over(db: Database, clock: SettableClock) -> None:
    assert await take(db, "a") == 1
    assert await take(db, "b") is None
    clock.advance(MINUTE - 1)
    assert await take(db, "b") is None
    clock.advance(1)
    assert await take(db, "b") == 2


async def test_its_holder_renews_it_under_the_same_fence(db: Database, clock: SettableClock) -> None:
    assert await take(db, "a") == 1
    clock.advance(MINUTE - 1)
    assert await take(db, "a") == 1
    clock.advance(MINUTE - 1)
    assert await take(db, "b") is None


async def test_an_earlier_holder_no_longer_holds_it(db: Database, clock: SettableClock) -> None:
    assert await take(db, "a") == 1
    assert await holds(db, 1)
    clock.advance(MINUTE)
    assert await take(db, "b") == 2
    assert not await holds(db, 1)
    assert await holds(db, 2)


async def test_released_it_is_free_at_once(db: Database) -> None:
    assert await take(db, "a") == 1
    await db.write(lambda tx: leases.release(tx, "poller", 1))
    assert await take(db, "b") == 2
    await db.write(lambda tx: leases.release(tx, "poller", 1))
    assert await take(db, "a") is None


async def test_leases_of_other_names_are_apart(db: Database) -> None:
    assert await take(db, "a") == 1
    assert await db.write(lambda tx: leases.take(tx, "sweeper", "b", MINUTE)) == 1


async def test_of_many_takers_one_gets_it(database_url: str, db: Database) -> None:
    others = [await Database.open(database_url, "desk-test.myshopify.com", db.clock, migrating=False) for _ in range(2)]
    fences = await asyncio.gather(*(take(desk, f"{n}") for n, desk in enumerate([db, *others])))
    for other in others:
        await other.close()
    assert sorted(fence for fence in fences if fence is not None) == [1]
