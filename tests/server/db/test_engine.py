"""The one write path: grouped, durable, answered after the commit, each job on its own."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import pytest
from sqlalchemy import Connection, create_engine, insert, select, text
from sqlalchemy.exc import DBAPIError
from tests.support.slow_database import out_of_time

from orders_sync.db.engine import Database
from orders_sync.db.failures import Closed, Unavailable
from orders_sync.db.group_commit import BatchJob, Job
from orders_sync.db.location import parse
from orders_sync.db.tables import progress
from orders_sync.db.tx import Tx


def put(name: str, *, order_id: int | None = None):  # type: ignore[no-untyped-def]
    def job(tx: Tx) -> str:
        tx.conn.execute(insert(progress).values(shop_id=tx.shop_id, name=name, fence=1, body="", updated_at=tx.now))
        if order_id is not None:
            tx.touch(order_id)
        return name

    return job


def names(conn: Connection) -> list[str]:
    return list(conn.execute(select(progress.c.name).order_by(progress.c.name)).scalars())


async def test_a_write_is_readable_once_it_is_answered(db: Database) -> None:
    assert await db.write(put("one")) == "one"
    assert await db.read(names) == ["one"]


async def test_a_job_that_fails_takes_back_its_own_work_alone(db: Database) -> None:
    def broken(tx: Tx) -> None:
        put("lost")(tx)
        raise ValueError("no")

    jobs: list[Callable[[Tx], object]] = [put("a"), broken, put("b")]
    first, second, third = await asyncio.gather(*map(db.write, jobs), return_exceptions=True)
    assert (first, third) == ("a", "b")
    assert isinstance(second, ValueError)
    assert await db.read(names) == ["a", "b"]


@dataclass(frozen=True)
class Putting(BatchJob):
    """Puts a name, which must not be `bad`. `together`: how many were done at once."""

    name: str
    together: list[int]

    def __call__(self, tx: Tx) -> str:
        if self.name == "bad":
            raise ValueError("bad")
        return str(put(self.name)(tx))

    def at_once(self, jobs: Sequence[Putting]) -> Job:
        def job(tx: Tx) -> str:
            for one in jobs:
                one(tx)
            self.together.append(len(jobs))
            return "all"

        return job


async def test_joint_jobs_that_wait_beside_each_other_are_done_at_once(db: Database) -> None:
    together: list[int] = []
    jobs = [Putting("a", together), Putting("b", together), put("other"), Putting("c", together)]
    assert await asyncio.gather(*map(db.write, jobs)) == ["all", "all", "other", "c"]
    assert together == [2]
    assert await db.read(names) == ["a", "b", "c", "other"]


async def test_joint_jobs_of_which_one_fails_are_done_each_on_its_own(db: Database) -> None:
    together: list[int] = []
    jobs = [Putting(name, together) for name in ("a", "bad", "b")]
    first, second, third = await asyncio.gather(*map(db.write, jobs), return_exceptions=True)
    assert (first, third, together) == ("a", "b", [])
    assert isinstance(second, ValueError)
    assert await db.read(names) == ["a", "b"]


async def test_every_write_that_touched_something_makes_the_version_grow(db: Database) -> None:
    before = db.version
    await db.write(put("quiet"))
    assert db.version == before
    await db.write(put("loud", order_id=7))
    assert db.version == before + 1


async def test_a_closed_database_takes_nothing(database_url: str) -> None:
    database = await Database.open(database_url, "shop.example")
    await database.close()
    with pytest.raises(Closed):
        await database.write(put("late"))


def slow(conn: Connection) -> list[str]:
    out_of_time(conn)
    return names(conn)


async def test_a_read_that_does_not_end_in_time_is_unavailable_and_the_next_one_is_answered(db: Database) -> None:
    await db.write(put("one"))
    with pytest.raises(Unavailable, match="did not answer"):
        await db.read(slow)
    assert await db.read(names) == ["one"]


async def test_a_short_read_that_finds_the_file_locked_is_done_on_a_thread(db: Database) -> None:
    await db.write(put("one"))

    def locked_at_first(conn: Connection) -> list[str]:
        if threading.current_thread() is threading.main_thread():
            out_of_time(conn)
        return names(conn)

    assert await db.read(names, short=True) == ["one"]
    assert await db.read(locked_at_first, short=True) == ["one"]


async def test_a_wrong_statement_is_the_fault_of_who_wrote_it(db: Database) -> None:
    with pytest.raises(DBAPIError):
        await db.read(lambda conn: conn.execute(text("SELECT nothing FROM nowhere")))


async def test_a_write_that_waits_too_long_for_others_is_told_to_come_again(postgres_url: str) -> None:
    database = await Database.open(postgres_url, "shop.example")
    await database.write(put("one"))
    held = select(progress).with_for_update()

    def impatient(tx: Tx) -> None:
        tx.conn.execute(text("SET LOCAL lock_timeout = 1"))
        tx.conn.execute(held)

    engine = create_engine(parse(postgres_url))
    with engine.begin() as other:
        other.execute(held)
        with pytest.raises(Unavailable):
            await database.write(impatient)
    engine.dispose()
    await database.write(impatient)
    await database.close()
