"""New orders at function level, many in a commit against one in a commit: a part of `ingest`.

32 deliveries at a time, once with a commit made to take 5 ms and once on the disk as it is. Every order is there afterwards.
"""

from __future__ import annotations

import asyncio
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from statistics import median
from typing import Any

import orjson
from sqlalchemy import Engine, create_engine, event, func, select
from tests.benchmarks.deliveries import SHOP
from tests.support.shop_bodies import order

from orders_sync.db import engine
from orders_sync.db.engine import Database
from orders_sync.db.location import parse
from orders_sync.db.tables import orders as rows
from orders_sync.ingest import webhook
from orders_sync.ingest.apply import WebhookJob
from orders_sync.instants import system_clock
from orders_sync.rules.thresholds import Thresholds

AT_ONCE = 32
COMMIT_S = 0.005
GROUPED_GOAL = 5.0
"""How many times one per commit, when a commit takes 5 ms."""

HEAD = """
| database | a commit | grouped | one per commit | ratio | goal |
|---|---|---:|---:|---:|---:|"""

Desks = Callable[[], str]
"""Makes an empty, migrated database; returns its URL."""


def report(name: str, desks: Desks, deliveries: int, rounds: int) -> bool:
    """The database's lines; true when both goals are met."""
    with slow_commits(COMMIT_S):
        grouped, alone, slow = compare(desks, deliveries, rounds)
    print(f"| {name} | 5 ms | {grouped:.0f}/s | {alone:.0f}/s | {slow:.1f} | {GROUPED_GOAL:.0f} |")
    grouped, alone, real = compare(desks, deliveries, rounds)
    print(f"| {name} | as it is | {grouped:.0f}/s | {alone:.0f}/s | {real:.2f} | 1 |", flush=True)
    return slow >= GROUPED_GOAL and real >= 1


@contextmanager
def slow_commits(seconds: float) -> Iterator[None]:
    """Commits of changes take so much longer."""

    def wait(_conn: Any) -> None:
        time.sleep(seconds)

    event.listen(Engine, "commit", wait)
    try:
        yield
    finally:
        event.remove(Engine, "commit", wait)


def compare(desks: Desks, deliveries: int, rounds: int) -> tuple[float, float, float]:
    """Grouped and one per commit, a second, and the median of their ratios over interleaved rounds."""
    grouped, alone = [], []
    for _ in range(rounds):
        grouped.append(asyncio.run(take_in(desks(), deliveries, 64)))
        alone.append(asyncio.run(take_in(desks(), deliveries, 1)))
    return median(grouped), median(alone), median(a / b for a, b in zip(grouped, alone, strict=True))


async def take_in(url: str, deliveries: int, group: int) -> float:
    """Takes in so many new orders, 32 at a time, at most `group` in a commit; returns how many a second."""
    engine.MAX_GROUP = group
    database, thresholds = await Database.open(url, SHOP, migrating=False), Thresholds()
    numbers = iter(range(1, deliveries + 1))

    async def client() -> None:
        for n in numbers:
            told = webhook.receive(body(n), {webhook.TOPIC: "orders/create"}, system_clock(), ours=True).delivery
            await database.write(WebhookJob(told, thresholds))

    started = time.perf_counter()
    await asyncio.gather(*(client() for _ in range(AT_ONCE)))
    taken = time.perf_counter() - started
    await database.close()
    check(url, deliveries)
    return deliveries / taken


def body(n: int) -> bytes:
    return orjson.dumps(order(n, name=f"#{n}"))


def check(url: str, deliveries: int) -> None:
    """Every order is there, as it was told. Ends the program otherwise."""
    reading = create_engine(parse(url))
    with reading.connect() as conn:
        found = conn.execute(select(func.count(), func.min(rows.c.number), func.max(rows.c.number))).one()
        versions = conn.scalar(select(func.max(rows.c.version)))
    reading.dispose()
    if (*found, versions) != (deliveries, 1, deliveries, 1):
        sys.exit(f"wrong: {found} orders, numbers and versions instead of {deliveries}")
