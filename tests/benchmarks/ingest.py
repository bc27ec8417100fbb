"""Webhooks taken in, beside the simplest server there is: `python -m tests.benchmarks.ingest`.

Signed new orders and updates of known ones, over HTTP, 16 at a time, by the Sync server and by a naive one (`naive_ingest`) in
alternating rounds on fresh databases: as many as they take, what one costs them in CPU, and the latency at 200 a second. Then, at
function level, many in a commit against one in a commit (`groups`). Every database is counted afterwards: each order is there,
once, as its webhooks told it last. Otherwise, or when a figure misses its goal, it ends with status 1.
"""

from __future__ import annotations

import argparse
import asyncio
import sys
import time
from collections.abc import Sequence
from contextlib import AsyncExitStack, closing
from dataclasses import dataclass, field
from statistics import median

from tests.benchmarks import groups
from tests.benchmarks.contestants import PLACES, Both, Contestant, Serving
from tests.benchmarks.deliveries import BODIES, Deliveries, check, deliveries
from tests.benchmarks.shop_client import ShopClient
from tests.soak.machine import Cpu

from orders_sync.serving import tune_garbage_collector

AT_ONCE = 16
TURN = 240
"""Deliveries to one server, before the other's turn."""

SETTLED_S = 0.05
"""What a server does after its last answer is done by then, and is of its CPU."""

RATE_GOAL = 1.2
"""How many times as many webhooks a second as the naive server's."""

CPU_GOAL = 1.0
"""How many times the naive server's CPU for a webhook, at most."""

STEADY = 200
"""Webhooks a second at which the latency is taken."""

P99_GOAL_S = 0.25

HEAD = """\
| database | what | Sync server | naive | ratio | its CPU for one | naive | ratio | the client's |
|---|---|---:|---:|---:|---:|---:|---:|---:|"""
LATENCY_HEAD = f"""
| database, at {STEADY} a second | p50 | p99 | naive p99 |
|---|---:|---:|---:|"""


@dataclass
class Taken:
    """Of each turn: webhooks a second, and the CPU of a webhook in seconds, at the server and at the shop's end."""

    rate: list[float] = field(default_factory=list)
    cpu_s: list[float] = field(default_factory=list)
    client_s: list[float] = field(default_factory=list)

    def turn(self, running: Serving, requests: Sequence[bytes]) -> None:
        with closing(ShopClient(running.addresses)) as client:
            client.connect(AT_ONCE)
            before, began = running.cpu_s(), time.process_time()
            taken = client.flood(requests, AT_ONCE)
            self.client_s.append((time.process_time() - began) / len(requests))
            time.sleep(SETTLED_S)
            self.cpu_s.append((running.cpu_s() - before) / len(requests))
            self.rate.append(len(requests) / taken)


def _warm(running: Serving, told: Deliveries) -> None:
    with closing(ShopClient(running.addresses)) as client:
        client.flood(told.first, AT_ONCE)
        client.flood(told.warming, AT_ONCE)


async def play(both: Both, told: Deliveries, new: Sequence[Taken], updates: Sequence[Taken]) -> None:
    """A round: each on a fresh database, by turns."""
    urls = [server.desks() for server in both]
    async with AsyncExitStack() as stack:
        servers = [await stack.enter_async_context(each.serve(url)) for each, url in zip(both, urls, strict=True)]
        for running in servers:
            _warm(running, told)
        for requests, taken in ((told.new, new), (told.updates, updates)):
            for start in range(0, len(requests), TURN):
                order = list(zip(servers, taken, strict=True))
                for running, into in order if start // TURN % 2 else order[::-1]:
                    into.turn(running, requests[start : start + TURN])
    for server, url in zip(both, urls, strict=True):
        check(url, told.told, server.stored)


async def steady(server: Contestant, told: Deliveries) -> list[float]:
    """The latencies at 200 new orders a second, each sent when it is due whatever became of those before."""
    url = server.desks()
    async with server.serve(url) as running:
        _warm(running, told)
        with closing(ShopClient(running.addresses)) as client:
            latencies = client.steady(told.new, STEADY)
    check(url, told.told, server.stored)
    return latencies


def flood(name: str, both: Both, told: Deliveries, rounds: int) -> bool:
    """The database's lines of what is taken in at most; true when every goal is met."""
    new, updates = (Taken(), Taken()), (Taken(), Taken())
    for _ in range(rounds):
        asyncio.run(play(both, told, new, updates))
    return all([_row(name, "new orders", *new), _row(name, "updates", *updates)])


def _row(name: str, what: str, mine: Taken, theirs: Taken) -> bool:
    """Ratios are medians over the turns': neighbours share the machine's mood."""
    rate = median(a / b for a, b in zip(mine.rate, theirs.rate, strict=True))
    cpu = median(a / b for a, b in zip(mine.cpu_s, theirs.cpu_s, strict=True))
    print(
        f"| {name} | {what} | {median(mine.rate):.0f}/s | {median(theirs.rate):.0f}/s | {rate:.2f} "
        f"| {_ms(mine.cpu_s)} | {_ms(theirs.cpu_s)} | {cpu:.2f} | {_ms(mine.client_s)} |",
        flush=True,
    )
    return rate >= RATE_GOAL and cpu <= CPU_GOAL


def _ms(seconds: Sequence[float]) -> str:
    return f"{median(seconds) * 1000:.2f} ms"


def latency(name: str, both: Both, told: Deliveries) -> bool:
    """The database's line of latencies; true when the goal is met."""
    mine, theirs = (asyncio.run(steady(server, told)) for server in both)
    (p50, p99), naive_p99 = _cuts(mine), _cuts(theirs)[1]
    print(f"| {name} | {p50 * 1e3:.0f} ms | {p99 * 1e3:.0f} ms | {naive_p99 * 1e3:.0f} ms |", flush=True)
    return p99 < P99_GOAL_S


def _cuts(latencies: Sequence[float]) -> tuple[float, float]:
    return latencies[len(latencies) // 2], latencies[len(latencies) * 99 // 100]


def main(arguments: Sequence[str]) -> bool:
    options = _options(arguments)
    tune_garbage_collector()
    told = deliveries(options.deliveries, options.bodies, updating=True)
    paced = deliveries(STEADY * options.seconds, options.bodies, updating=False)
    size = sum(map(len, told.new)) // len(told.new)
    many = f"{options.processes} processes" if options.processes > 1 else "one process"
    print(
        f"{options.deliveries} of each, {AT_ONCE} at a time, {size} bytes on average; {many}, {options.rounds} rounds\n"
    )
    good, began = True, Cpu.now()
    for name in options.databases:
        with PLACES[name](options.processes) as both:
            print(HEAD)
            good = flood(name, both, told, options.rounds) and good
            if options.seconds:
                print(LATENCY_HEAD)
                good = latency(name, both, paced) and good
            if options.grouped:
                print(groups.HEAD)
                good = groups.report(name, both[0].desks, options.deliveries, options.rounds) and good
            print()
    if began is not None and (ended := Cpu.now()) is not None:
        spent = ended - began
        print(f"other work took {(spent.busy - spent.ours) / spent.whole:.0%} of the machine")
    return good


def _options(arguments: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--deliveries", type=int, default=960)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=int, default=10, help="of 200 a second; 0: none")
    parser.add_argument("--bodies", choices=BODIES, default="real")
    parser.add_argument("--databases", nargs="+", choices=PLACES, default=list(PLACES))
    parser.add_argument("--processes", type=int, default=1, help="Sync servers on one PostgreSQL database")
    parser.add_argument("--no-groups", dest="grouped", action="store_false", help="over HTTP alone")
    options = parser.parse_args(arguments)
    if options.processes > 1:
        options.databases = ["PostgreSQL"]
    return options


if __name__ == "__main__":
    sys.exit(not main(sys.argv[1:]))
