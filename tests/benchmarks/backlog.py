"""What a page costs with 20,000 open orders, against one with 200, over the same history:
`python -m tests.benchmarks.backlog [--databases sqlite postgresql] [--open 200 20000] [--rounds 12] [--requests 10]`.

Builds both desks and asks each, in rounds that alternate, for the first page of which nothing is kept: every count, panel and row
is read. A page is the function that answers it, over one connection: what HTTP costs is the same for both, and would hide a
difference. Each answer is compared with a recount in plain SQL before. Ends with status 1 when an answer differs from its
recount, or when the larger backlog costs more than twice the smaller.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from statistics import median
from typing import Any
from urllib.parse import parse_qsl, urlsplit
from zoneinfo import ZoneInfo

import orjson
from sqlalchemy import Connection
from tests.benchmarks.dataset import BACKLOG, BASE, build
from tests.benchmarks.desks import DATABASES, SETTINGS
from tests.benchmarks.questions import questions
from tests.benchmarks.recount import Recount
from tests.benchmarks.serving import driver
from tests.benchmarks.table import machine
from tests.support.postgres import Cluster, cluster

from orders_sync.db import connections
from orders_sync.db.location import parse
from orders_sync.desk import query
from orders_sync.desk.page import View, answer
from orders_sync.desk.state import ShopConnection
from orders_sync.instants import Ms, system_clock
from orders_sync.rules.thresholds import Thresholds

GOAL = 2.0
Desks = Mapping[int, Connection]


@contextmanager
def desks(database: str, sizes: Sequence[int], now: Ms, postgres: Cluster | None) -> Iterator[Desks]:
    """A connection to a desk with each backlog. Raises AssertionError when one answers otherwise than a recount."""
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="backlogs-")))
        found = {}
        for size in sizes:
            url = f"sqlite:///{folder / f'{size}.db'}" if postgres is None else postgres.url(f"backlog_{size}")
            if postgres is not None:
                postgres.create(f"backlog_{size}")
            print(f"building {size:,} open orders on {database} …", flush=True)
            build(url, BASE, now, size)
            engine = connections.reader(parse(url), 1)
            stack.callback(engine.dispose)
            found[size] = stack.enter_context(engine.connect())
            check(url, found[size], now)
        yield found


def check(url: str, conn: Connection, now: Ms) -> None:
    """The answer equals a recount of the whole desk."""
    question = questions(BASE, now)[0]
    body, expected = orjson.loads(page(conn, now)[0]), Recount(driver(url), now).answer(question)
    differing = [name for name in expected if body.get(name) != expected[name]]
    assert not differing, f"wrong answer: {', '.join(differing)}"


def page(conn: Connection, now: Ms) -> tuple[bytes, float]:
    """The first page, and how long it took."""
    asked = query.read(parse_qsl(urlsplit(questions(BASE, now)[0].path).query), ZoneInfo("UTC"))
    view = View(1, now, Thresholds(), ShopConnection(webhooks=False, polls=False))
    connections.begin_snapshot(conn)
    began = time.perf_counter()
    body = answer(conn, view, asked).body
    took = time.perf_counter() - began
    connections.end_snapshot(conn)
    if conn.dialect.name == "sqlite":
        driver: Any = conn.connection.driver_connection
        driver.rollback()
    return body, took


def measure(found: Desks, now: Ms, rounds: int, requests: int) -> dict[int, list[float]]:
    """The best of each round, in seconds."""
    best: dict[int, list[float]] = {size: [] for size in found}
    for number in range(rounds):
        for size in list(found) if number % 2 else list(found)[::-1]:
            best[size].append(min(page(found[size], now)[1] for _ in range(requests)))
    return best


def show(database: str, best: Mapping[int, Sequence[float]]) -> float:
    """How many times the smaller backlog the larger costs."""
    few, many = min(best), max(best)
    ratio = median(mine / theirs for mine, theirs in zip(best[many], best[few], strict=True))
    verdict = "ok" if ratio <= GOAL else "OVER"
    times = f"{median(best[few]) * 1000:.2f} ms | {median(best[many]) * 1000:.2f} ms"
    print(f"| {database} | {times} | {ratio:.2f} | ≤ {GOAL:g} | {verdict} |")
    return ratio


def main(arguments: Sequence[str]) -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--databases", nargs="+", choices=DATABASES, default=DATABASES)
    parser.add_argument("--open", nargs=2, type=int, default=[BACKLOG, 20_000], help="open orders of either desk")
    parser.add_argument("--rounds", type=int, default=12)
    parser.add_argument("--requests", type=int, default=10, help="pages of each desk in a round")
    options = parser.parse_args(arguments)
    now, found = system_clock(), {}
    with ExitStack() as stack:
        for database in options.databases:
            postgres = stack.enter_context(cluster(SETTINGS)) if database == "postgresql" else None
            try:
                built = stack.enter_context(desks(database, options.open, now, postgres))
            except AssertionError as wrong:
                print(wrong)
                return 1
            found[database] = measure(built, now, options.rounds, options.requests)
        print(f"\n| database | {' | '.join(f'{n:,} open' for n in sorted(options.open))} | times | goal | |")
        print("| --- | ---: | ---: | ---: | --- | --- |")
        ratios = [show(database, best) for database, best in found.items()]
        print(f"\n{machine()}")
    return int(max(ratios) > GOAL)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
