"""Who shares a transaction, and that it has its orders before it does anything: no two processes wait for each other."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace

import pytest
from sqlalchemy import create_engine, insert, select
from sqlalchemy.exc import DBAPIError

from orders_sync.db import order_documents, outbox
from orders_sync.db.engine import Database
from orders_sync.db.group_commit import BatchJob, Job, Queued, next_group
from orders_sync.db.location import parse
from orders_sync.db.tables import order_docs
from orders_sync.db.tx import Tx
from orders_sync.instants import Ms


@dataclass(frozen=True)
class Taken(BatchJob):
    def __call__(self, tx: Tx) -> None: ...

    def at_once(self, jobs: Sequence[Taken]) -> Job:
        return self


def other(_tx: Tx) -> None: ...


KNOWN, ALONE, BATCH = Queued(other, frozenset({7})), Queued(other, None), Queued(Taken(), None)


@pytest.mark.parametrize(
    ("queue", "group", "rest"),
    [
        ([KNOWN, ALONE, BATCH, KNOWN], [KNOWN, KNOWN], [ALONE, BATCH]),
        ([ALONE, ALONE, KNOWN], [ALONE], [ALONE, KNOWN]),
        ([BATCH, KNOWN, BATCH, ALONE, BATCH], [BATCH, BATCH], [KNOWN, ALONE, BATCH]),
        ([KNOWN, KNOWN, KNOWN], [KNOWN, KNOWN], [KNOWN]),
    ],
)
def test_the_first_is_joined_by_those_whose_orders_are_known_as_its_own_or_by_its_like(
    queue: list[Queued], group: list[Queued], rest: list[Queued]
) -> None:
    assert next_group([replace(queued) for queued in queue], 2) == (group, rest)


ORDERS = (1, 2, 3)


def begin(tx: Tx) -> None:
    rows = [{"shop_id": tx.shop_id, "order_id": order_id, "facts": b"{}"} for order_id in ORDERS]
    tx.conn.execute(insert(order_docs), rows)


@pytest.fixture
def free(postgres_url: str) -> Iterator[Callable[[], list[bool]]]:
    """Which of the orders nobody holds."""
    others = create_engine(parse(postgres_url))

    def is_free(order_id: int) -> bool:
        wanted = select(order_docs.c.order_id).where(order_docs.c.order_id == order_id)
        try:
            with others.begin() as conn:
                conn.execute(wanted.with_for_update(nowait=True))
        except DBAPIError:
            return False
        return True

    yield lambda: [is_free(order_id) for order_id in ORDERS]
    others.dispose()


async def test_a_group_has_all_its_orders_before_the_first_of_its_jobs_runs(
    postgres_url: str, free: Callable[[], list[bool]]
) -> None:
    database = await Database.open(postgres_url, "shop.example")
    seen: list[list[bool]] = []

    def looking(tx: Tx) -> None:
        seen.append(free())

    await database.write(begin)
    jobs: list[tuple[Callable[[Tx], None], list[int]]] = [(looking, [2]), (looking, [1])]
    await asyncio.gather(*(database.write(job, orders) for job, orders in jobs))
    assert seen == [[False, False, True]] * 2
    await database.write(looking, [1])
    assert seen[-1] == [True, True, True]
    await database.close()


async def test_whoever_decides_of_a_row_of_the_outbox_has_its_order(
    postgres_url: str, free: Callable[[], list[bool]]
) -> None:
    database = await Database.open(postgres_url, "shop.example")

    def deciding(tx: Tx) -> list[bool]:
        (row,) = outbox.of_action(tx, "a")
        assert outbox.locked(tx, row.id) == row
        assert outbox.locked(tx, row.id + 1) is None
        return free()

    await database.write(begin)
    await database.write(lambda tx: outbox.add(tx, [outbox.Draft("erp", "message", 2, "a_2", {}, Ms(0))], "a"))
    assert await database.write(deciding) == [True, False, True]
    await database.close()


async def test_what_is_held_is_what_there_is(db: Database) -> None:
    await db.write(lambda tx: order_documents.hold(tx.conn, tx.shop_id, [1, 2]))
    assert await db.read(lambda conn: order_documents.read(conn, db.shop_id, 1)) is None
