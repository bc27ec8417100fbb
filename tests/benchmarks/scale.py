"""Pages a second of 1, 2 and 4 server processes on one PostgreSQL database, of a short history and of a long one:
`python -m tests.benchmarks.scale [--orders 10000 1000000] [--processes 1 2 4] [--clients 8] [--seconds 3] [--rounds 6]`.

Nothing is kept of any page: each request counts and reads everything, so that the database has its share of the work. Every
answer has to be the one that a recount of the whole desk gave. The figures are shown, not judged: processes that share a few
CPUs with the database and the clients cannot be faster than those CPUs. Ends with status 1 when an answer is wrong.
"""

from __future__ import annotations

import argparse
import multiprocessing
import sys
import time
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from multiprocessing.synchronize import Barrier
from statistics import median

from tests.benchmarks.desks import LARGE, SMALL, Desk, desks
from tests.benchmarks.questions import questions
from tests.benchmarks.read import Wrong, check
from tests.benchmarks.serving import server
from tests.benchmarks.table import machine
from tests.benchmarks.timing import Connection

WRONG = -1


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
    """Server processes on one desk, and the body that each of them has to answer with."""

    addresses: Sequence[str]
    path: str
    body: bytes

    def rate(self, clients: int, seconds: float) -> float:
        """Requests a second of so many clients, each with a connection to one of the processes. Raises Wrong."""
        spawn = multiprocessing.get_context("spawn")
        begin, done = spawn.Barrier(clients), spawn.Queue()
        wanted = [
            Client(self.addresses[n % len(self.addresses)], self.path, self.body, seconds) for n in range(clients)
        ]
        asking = [spawn.Process(target=client.ask, args=(begin, done)) for client in wanted]
        for process in asking:
            process.start()
        counts: list[int] = [done.get() for _ in asking]
        for process in asking:
            process.join()
        if WRONG in counts:
            raise Wrong("an answer differs from the first one")
        return sum(counts) / seconds


def fleet(stack: ExitStack, desk: Desk, processes: int) -> Fleet:
    """Starts the processes and checks each. Raises Wrong."""
    addresses = [stack.enter_context(server("sync", desk.url, "computed", str(desk.now))) for _ in range(processes)]
    path = questions(desk.orders, desk.now)[0].path
    for address in addresses:
        with Connection(address) as connection:
            check(desk, connection)
            body = connection.get(path).body
    return Fleet(addresses, path, body)


def measure(built: Sequence[Desk], options: argparse.Namespace) -> dict[tuple[int, int], list[float]]:
    """Rates of every size and number of processes, in rounds that alternate. Raises Wrong."""
    with ExitStack() as stack:
        fleets = {(desk.orders, n): fleet(stack, desk, n) for desk in built for n in options.processes}
        rates: dict[tuple[int, int], list[float]] = {key: [] for key in fleets}
        for number in range(options.rounds):
            for key in list(fleets) if number % 2 else list(fleets)[::-1]:
                rates[key].append(fleets[key].rate(options.clients, options.seconds))
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
