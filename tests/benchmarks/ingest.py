"""Webhooks taken in, many in a commit against one in a commit: `python -m tests.benchmarks.ingest`.

At function level, 32 deliveries at a time, once with a commit made to take 5 ms and once on the disk as it is; and over HTTP,
signed, to a server process: as many as it takes, what one costs it in CPU, and the latency at 200 a second. Every database is
counted afterwards: each order is there, once, as its webhook told it. Otherwise, or when a figure misses its goal, it ends with
status 1.
"""

from __future__ import annotations

import argparse
import asyncio
import itertools
import shutil
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path
from statistics import median
from typing import Any

import aiohttp
import orjson
from sqlalchemy import Engine, create_engine, event, func, select
from tests.server.ingest.endpoints import SECRET, sign
from tests.support.postgres import cluster
from tests.support.processes import ServerProcess
from tests.support.shop_bodies import order

from orders_sync.db import engine
from orders_sync.db.engine import Database
from orders_sync.db.location import parse
from orders_sync.db.tables import orders as rows
from orders_sync.ingest import webhook, webhook_hmac
from orders_sync.ingest.apply import WebhookJob
from orders_sync.instants import system_clock
from orders_sync.rules.thresholds import Thresholds
from orders_sync.serving import tune_garbage_collector

SHOP = "benchmark.myshopify.com"
AT_ONCE = 32
COMMIT_S = 0.005
GROUPED_GOAL = 5.0
"""How many times one per commit, when a commit takes 5 ms."""

RATE = 200
P99_GOAL_S = 1.0
SETTINGS = {"SHOP_DOMAIN": SHOP, "SHOPIFY_WEBHOOK_SECRET": SECRET}

Desks = Callable[[], str]
"""Makes an empty, migrated database; returns its URL."""


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


def compare(desks: Desks, deliveries: int, rounds: int) -> tuple[float, float, float]:
    """Grouped and one per commit, a second, and the median of their ratios over interleaved rounds."""
    grouped, alone = [], []
    for _ in range(rounds):
        grouped.append(asyncio.run(take_in(desks(), deliveries, 64)))
        alone.append(asyncio.run(take_in(desks(), deliveries, 1)))
    return median(grouped), median(alone), median(a / b for a, b in zip(grouped, alone, strict=True))


@asynccontextmanager
async def serving(url: str) -> AsyncIterator[tuple[ServerProcess, aiohttp.ClientSession]]:
    running = ServerProcess({"DATABASE_URL": url, **SETTINGS})
    await running.start()
    connector = aiohttp.TCPConnector(limit=0)
    async with aiohttp.ClientSession(running.url, connector=connector) as session:
        try:
            yield running, session
        finally:
            await running.kill()


async def post(session: aiohttp.ClientSession, n: int, signature: str, raw: bytes) -> float:
    """One webhook; returns how long it took, in seconds."""
    headers = {webhook_hmac.SIGNATURE: signature, webhook.TOPIC: "orders/create", webhook.WEBHOOK_ID: f"w{n}"}
    started = time.perf_counter()
    async with session.post("/shopify/webhook", data=raw, headers=headers) as answer:
        assert answer.status == 200, await answer.text()
    return time.perf_counter() - started


async def flood(url: str, deliveries: int) -> tuple[float, float]:
    """As many as it takes, 32 at a time: webhooks a second, and the server's CPU per webhook in seconds."""
    ready = [(n, sign(raw), raw) for n in range(1, deliveries + 1) for raw in [body(n)]]
    waiting = iter(ready)
    async with serving(url) as (running, session):

        async def client() -> None:
            for n, signature, raw in waiting:
                await post(session, n, signature, raw)

        before, started = running.cpu_s(), time.perf_counter()
        await asyncio.gather(*(client() for _ in range(AT_ONCE)))
        taken, used = time.perf_counter() - started, running.cpu_s() - before
    check(url, deliveries)
    return deliveries / taken, used / deliveries


async def steady(url: str, deliveries: int) -> list[float]:
    """200 a second, each sent when it is due whatever became of those before: the latencies from then, in seconds."""
    ready = [(n, sign(raw), raw) for n in range(1, deliveries + 1) for raw in [body(n)]]
    async with serving(url) as (_, session):
        started = time.perf_counter()

        async def due(at: float, n: int, signature: str, raw: bytes) -> float:
            await asyncio.sleep(at - time.perf_counter())
            await post(session, n, signature, raw)
            return time.perf_counter() - at

        found = await asyncio.gather(*(due(started + k / RATE, *told) for k, told in enumerate(ready)))
    check(url, deliveries)
    return sorted(found)


def report(name: str, desks: Desks, options: argparse.Namespace) -> bool:
    """The database's lines; true when every goal is met."""
    with slow_commits(COMMIT_S):
        grouped, alone, slow = compare(desks, options.deliveries, options.rounds)
    print(f"| {name} | 5 ms | {grouped:.0f}/s | {alone:.0f}/s | {slow:.1f} | {GROUPED_GOAL:.0f} |")
    grouped, alone, real = compare(desks, options.deliveries, options.rounds)
    print(f"| {name} | as it is | {grouped:.0f}/s | {alone:.0f}/s | {real:.2f} | 1 |")
    rate, cpu = asyncio.run(flood(desks(), options.deliveries))
    latencies = asyncio.run(steady(desks(), RATE * options.seconds))
    p50, p99 = latencies[len(latencies) // 2], latencies[len(latencies) * 99 // 100]
    options.http.append(
        f"| {name} | {rate:.0f}/s | {cpu * 1e3:.1f} ms | {p50 * 1e3:.0f} ms | {p99 * 1e3:.0f} ms | {P99_GOAL_S:.0f} s |"
    )
    return slow >= GROUPED_GOAL and real >= 1 and p99 < P99_GOAL_S


def main(arguments: Sequence[str]) -> bool:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--deliveries", type=int, default=960)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=int, default=10)
    options = parser.parse_args(arguments, argparse.Namespace(http=[]))
    tune_garbage_collector()
    names = (f"desk{n}" for n in itertools.count(1))
    print(f"{options.deliveries} new orders, {AT_ONCE} at a time\n")
    print("| database | a commit | grouped | one per commit | ratio | goal |\n|---|---|---:|---:|---:|---:|")
    with tempfile.TemporaryDirectory() as folder:
        first = Path(folder, "first.db")
        _prepare(f"sqlite:///{first}")
        good = report("SQLite", lambda: f"sqlite:///{shutil.copy(first, Path(folder, next(names)))}", options)
    with cluster(("shared_buffers=256MB",)) as postgres:
        postgres.create("first")
        _prepare(postgres.url("first"))

        def another() -> str:
            name = next(names)
            postgres.create(name, "first")
            return postgres.url(name)

        good = report("PostgreSQL", another, options) and good
    print(f"\nOver HTTP; the latency at {RATE} a second\n")
    print("| database | at most | CPU per webhook | p50 | p99 | goal |\n|---|---:|---:|---:|---:|---:|")
    print("\n".join(options.http))
    return good


def _prepare(url: str) -> None:
    async def opened() -> None:
        await (await Database.open(url, SHOP)).close()

    asyncio.run(opened())


if __name__ == "__main__":
    sys.exit(not main(sys.argv[1:]))
