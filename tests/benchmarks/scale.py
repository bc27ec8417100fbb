"""Pages a second of 1, 2 and 4 server processes on one PostgreSQL database, of a short history and of a long one:
`python -m tests.benchmarks.scale [--orders 10000 1000000] [--processes 1 2 4] [--clients 8] [--seconds 3] [--rounds 6]`.

Nothing is kept of any page, and each client asks for a page of another size, which no other request shares: each counts and reads
everything, so that the database has its share of the work. Every answer has to be the one that the first process gave, and the
pages of each process are compared with a recount of the whole desk before. The figures are shown, not judged: processes that
share a few CPUs with the database and the clients cannot be faster than those CPUs. Ends with status 1 when an answer is wrong.
"""

from __future__ import annotations

import argparse
import multiprocessing
import sys
import time
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from multiprocessing.synchronize import Barrier
from statistics import median
from typing import Any

from tests.benchmarks.desks import LARGE, SMALL, Desk, desks
from tests.benchmarks.questions import PAGE_SIZE
from tests.benchmarks.read import Wrong, check
from tests.benchmarks.serving import server
from tests.benchmarks.table import machine
from tests.benchmarks.timing import Connection

WRONG = -1
_QUICK: Any = multiprocessing.get_context("fork" if "fork" in multiprocessing.get_all_start_methods() else "spawn")
"""How the clients start, which load nothing of the server."""


@dataclass(frozen=True, slots=True)
class Client:
    """A process that asks one server for one page, over and over."""

    address: str
    path: str
    body: bytes
    seconds: float

    def ask(self, begin: Barrier, done: multiprocessing.Queue[int]) -> None:
        """Asks until the time is over, and tells how many answers it got, or `WRONG`."""
        with Connection(self.address) as connection:
            connection.get(self.path)
            begin.wait()
            end, count = time.perf_counter() + self.seconds, 0
            while time.perf_counter() < end:
                if connection.get(self.path).body != self.body:
                    count = WRONG
                    break
                count += 1
            done.put(count)


@dataclass(frozen=True, slots=True)
class Fleet:
    """Server processes on one desk, and the body that each of them has to answer with, by path."""

    addresses: Sequence[str]
    bodies: Mapping[str, bytes]

    def rate(self, seconds: float) -> float:
        """Requests a second of a client for each path, each with a connection to one of the processes. Raises Wrong."""
        begin, done = _QUICK.Barrier(len(self.bodies)), _QUICK.Queue()
        wanted = [
            Client(self.addresses[n % len(self.addresses)], path, body, seconds)
            for n, (path, body) in enumerate(self.bodies.items())
        ]
        asking = [_QUICK.Process(target=client.ask, args=(begin, done)) for client in wanted]
        for process in asking:
            process.start()
        counts: list[int] = [done.get() for _ in asking]
        for process in asking:
            process.join()
        if WRONG in counts:
            raise Wrong("an answer differs from the first one")
        return sum(counts) / seconds


def fleet(stack: ExitStack, desk: Desk, processes: int, clients: int) -> Fleet:
    """Starts the processes and checks each. Raises Wrong."""
    addresses = [stack.enter_context(server("sync", desk.url, "computed", str(desk.now))) for _ in range(processes)]
    for address in addresses:
        with Connection(address) as connection:
            check(desk, connection)
    paths = [f"/sync/orders?pageSize={PAGE_SIZE - n}" for n in range(clients)]
    with Connection(addresses[0]) as connection:
        return Fleet(addresses, {path: connection.get(path).body for path in paths})


def measure(built: Sequence[Desk], options: argparse.Namespace) -> dict[tuple[int, int], list[float]]:
    """Rates of every size and number of processes, in rounds that alternate. Raises Wrong."""
    with ExitStack() as stack:
        fleets = {(desk.orders, n): fleet(stack, desk, n, options.clients) for desk in built for n in options.processes}
        rates: dict[tuple[int, int], list[float]] = {key: [] for key in fleets}
        for number in range(options.rounds):
            for key in list(fleets) if number % 2 else list(fleets)[::-1]:
                rates[key].append(fleets[key].rate(options.seconds))
    return rates


def show(rates: dict[tuple[int, int], list[float]]) -> None:
    """Pages a second, and how many times those of the first line."""
    first = next(iter(rates.values()))
    print("\n| orders | processes | pages a second | times the first |\n| --- | ---: | ---: | ---: |")
    for (orders, processes), found in rates.items():
        ratio = median(mine / theirs for mine, theirs in zip(found, first, strict=True))
        print(f"| {orders:,} | {processes} | {median(found):.0f} | {ratio:.2f} |")
    print(f"\n{machine()}")


def main(arguments: Sequence[str]) -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--orders", nargs="+", type=int, default=[SMALL, LARGE])
    parser.add_argument("--processes", nargs="+", type=int, default=[1, 2, 4])
    parser.add_argument("--clients", type=int, default=8)
    parser.add_argument("--seconds", type=float, default=3)
    parser.add_argument("--rounds", type=int, default=6)
    options = parser.parse_args(arguments)
    with desks(["postgresql"], sorted(options.orders)) as built:
        try:
            rates = measure(built["postgresql"], options)
        except Wrong as wrong:
            print(f"wrong answer: {wrong}")
            return 1
    show(rates)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
