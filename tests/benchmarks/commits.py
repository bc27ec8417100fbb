"""Commits of a fleet on PostgreSQL with events numbered and notified, against the same transactions without either:
`python -m tests.benchmarks.commits [--processes 4] [--clients 16] [--seconds 5] [--rounds 6] [--fsync-ms 4]`.

Every process is one of the fleet, with its own `Database`; each client waits for its answer before it writes again. A commit
is made to wait `--fsync-ms` for the disk (PostgreSQL's `commit_delay`, which holds back whoever writes the log, on top of the
real disk); a bare commit is timed to show it. Without numbering the same rows are written, the events among them. Ends with
status 1 when an event is missing or numbered twice, a bare commit is too quick, or the ratio is over its goal.
"""

from __future__ import annotations

import argparse
import asyncio
import itertools
import multiprocessing
import sys
import time
from collections.abc import Sequence
from multiprocessing.synchronize import Barrier
from statistics import median

from sqlalchemy import Connection, create_engine, func, select, update
from tests.support.postgres import cluster

from orders_sync.db import audit
from orders_sync.db import numbering as numbers
from orders_sync.db.audit import Audited
from orders_sync.db.engine import Database
from orders_sync.db.location import parse
from orders_sync.db.numbering import Numbering
from orders_sync.db.tables import desk
from orders_sync.db.tables import events as table
from orders_sync.db.tx import Tx

SHOP = "desk-test.myshopify.com"
GOAL = 1.5


def work(
    url: str, clients: int, seconds: float, started: Barrier, done: multiprocessing.Queue[int], *, numbering: bool
) -> None:
    """One process of the fleet: its clients write until the time is over; tells how many answers they got."""
    if not numbering:
        numbers.commit = _commit_alone
    done.put(asyncio.run(_write(url, clients, seconds, started)))


def _commit_alone(conn: Connection, shop_id: int) -> Numbering | None:
    conn.commit()
    return Numbering(0, 0) if shop_id else None


async def _write(url: str, clients: int, seconds: float, started: Barrier) -> int:
    database = await Database.open(url, SHOP, migrating=False)
    await asyncio.to_thread(started.wait)
    end = time.perf_counter() + seconds
    counts = await asyncio.gather(*(_client(database, end) for _ in range(clients)))
    await database.close()
    return sum(counts)


async def _client(database: Database, end: float) -> int:
    """A change and its audit row, over and over."""
    for count in itertools.count():
        if time.perf_counter() >= end:
            return count
        await database.write(_change, ())
    raise AssertionError


def _change(tx: Tx) -> None:
    audit.record(tx, [Audited("bo", "assign", 7, "done", client="benchmark")])
    tx.touch(7)


def fleet(url: str, processes: int, clients: int, seconds: float, *, numbering: bool) -> float:
    """Commits a second."""
    spawn = multiprocessing.get_context("spawn")
    started, done = spawn.Barrier(processes), spawn.Queue()
    share = clients // processes
    workers = [
        spawn.Process(target=work, args=(url, share, seconds, started, done), kwargs={"numbering": numbering})
        for _ in range(processes)
    ]
    for worker in workers:
        worker.start()
    total: int = sum(done.get() for _ in workers)
    for worker in workers:
        worker.join()
    return total / seconds


def bare_commit_ms(url: str) -> float:
    """What one commit of one row takes a client that is alone; the median."""
    engine = create_engine(parse(url))
    taken = []
    with engine.connect() as conn:
        for _ in range(20):
            conn.execute(update(desk).values(thresholds=desk.c.thresholds))
            started = time.perf_counter()
            conn.commit()
            taken.append((time.perf_counter() - started) * 1000)
    engine.dispose()
    return median(taken)


def check(url: str) -> None:
    """Every event has its number, without a gap. Ends the program otherwise."""
    engine = create_engine(parse(url))
    with engine.begin() as conn:
        newest = numbers.number(conn, conn.scalar(select(desk.c.shop_id)) or 0).newest
        known = conn.execute(select(func.count(), func.count(table.c.n.distinct()), func.max(table.c.n))).one()
    engine.dispose()
    if tuple(known) != (newest, newest, newest):
        sys.exit(f"wrong: {tuple(known)} events, numbers and newest number, the desk says {newest}")


def main(arguments: Sequence[str]) -> bool:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--processes", type=int, default=4)
    parser.add_argument("--clients", type=int, default=16)
    parser.add_argument("--seconds", type=float, default=5)
    parser.add_argument("--rounds", type=int, default=6)
    parser.add_argument("--fsync-ms", type=float, default=4)
    options = parser.parse_args(arguments)
    delay = ("commit_siblings=0", f"commit_delay={round(options.fsync_ms * 1000)}", "shared_buffers=256MB")
    with cluster(delay) as postgres:
        postgres.create("desk")
        url = postgres.url("desk")
        asyncio.run(_prepare(url))
        commit_ms = bare_commit_ms(url)
        rates: dict[bool, list[float]] = {True: [], False: []}
        for numbering in [False, True] * options.rounds:
            rates[numbering].append(
                fleet(url, options.processes, options.clients, options.seconds, numbering=numbering)
            )
            check(url)
    ratio = median(plain / ours for plain, ours in zip(rates[False], rates[True], strict=True))
    told = f"a disk of {options.fsync_ms:g} ms; a bare commit took {commit_ms:.1f} ms"
    print(f"{options.processes} processes, {options.clients} clients, {told}\n")
    print("| numbered and notified | without | ratio | goal |\n|---:|---:|---:|---:|")
    print(f"| {median(rates[True]):.0f}/s | {median(rates[False]):.0f}/s | {ratio:.2f} | {GOAL} |")
    return ratio <= GOAL and commit_ms >= options.fsync_ms


async def _prepare(url: str) -> None:
    await (await Database.open(url, SHOP)).close()


if __name__ == "__main__":
    sys.exit(not main(sys.argv[1:]))
