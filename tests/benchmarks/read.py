"""What a page costs, against the least that could answer it, and whether that grows with the history:
`python -m tests.benchmarks.read [--databases sqlite postgresql] [--orders 10000 1000000] [--rounds 8] [--requests 150]`.

Builds the desks, counts every answer again in plain SQL, and then measures over one connection each, in interleaved rounds:

- a changed page (nothing is kept: counts, panels and rows are read) against bare aiohttp and the bare driver, which reads the
  same (the page with its metrics), or, for orientation, the page's rows alone;
- the same page of a long history against that of a short one, with the same open work;
- an unchanged page against aiohttp sending the same bytes, and a 304 against a bare hello, all on one core;
- for orientation, a naive server (`naive.py`) and the same page.

Ends with status 1 when an answer differs from its recount, or a ratio is over its goal.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager

import orjson
from tests.benchmarks import naive
from tests.benchmarks.desks import DATABASES, LARGE, SMALL, Desk, desks
from tests.benchmarks.questions import beside, questions
from tests.benchmarks.recount import Recount
from tests.benchmarks.serving import driver, server
from tests.benchmarks.table import Table, report
from tests.benchmarks.timing import Ask, Connection, K, Measured, interleave, one_core

CHANGED_GOAL = 4.0
GROWTH_P50_GOAL, GROWTH_P99_GOAL = 1.25, 1.5
UNCHANGED_GOAL = 1.5
NOT_MODIFIED_GOAL = 1.3


class Wrong(Exception):
    """An answer that is not what a recount gives."""


@contextmanager
def connected(*arguments: str) -> Iterator[Connection]:
    """A connection to a server process of its own (`serving`)."""
    with server(*arguments) as address, Connection(address) as connection:
        yield connection


def check(desk: Desk, connection: Connection) -> None:
    """Raises Wrong unless every question is answered as a recount of the whole desk answers it."""
    recount = Recount(driver(desk.url), desk.now)
    for question in questions(desk.orders, desk.now):
        status, _, body = connection.get(question.path)
        expected, answer = recount.answer(question), orjson.loads(body)
        if status != 200 or answer != expected:
            differing = [name for name in expected if answer.get(name) != expected[name]]
            raise Wrong(f"{desk.database}, {desk.orders:,} orders, {question.name}: {status}, {', '.join(differing)}")


class Bench:
    """Measures on the desks of one database, smallest first; `tables` fill as it goes."""

    def __init__(self, built: Sequence[Desk], rounds: int, requests: int) -> None:
        name = built[0].database
        self._built = built
        self._rounds, self._requests = rounds, requests
        self._changed = Table(f"{name}: a changed page", ("orders", "page"), "bare", {"p50": CHANGED_GOAL})
        self._rows = Table(f"{name}: a changed page against its rows alone", ("orders", "page"), "rows", {})
        self._growth = Table(
            f"{name}: {built[-1].orders:,} orders instead of {built[0].orders:,}",
            ("page",),
            "fewer",
            {"p50": GROWTH_P50_GOAL, "p99": GROWTH_P99_GOAL},
        )
        self._unchanged = Table(f"{name}: an unchanged page", ("",), "same bytes", {"p50": UNCHANGED_GOAL})
        self._not_modified = Table(f"{name}: a 304", ("",), "hello", {"p50": NOT_MODIFIED_GOAL})
        self._naive = Table(f"{name}: a naive server", ("orders",), "ours", {})
        self.tables = [self._changed, self._rows, self._growth, self._unchanged, self._not_modified, self._naive]

    def run(self) -> None:
        """Everything. Raises Wrong."""
        self._measure_changed()
        self._measure_unchanged(self._built[0])
        for desk in self._built:
            self._measure_naive(desk)

    def _interleave(self, asks: Mapping[K, Ask]) -> dict[K, Measured]:
        return interleave(asks, rounds=self._rounds, requests=self._requests)

    def _measure_changed(self) -> None:
        """Pages of which nothing is kept, at every size, beside their floors."""
        asked = {desk: questions(desk.orders, desk.now) for desk in self._built}
        with ExitStack() as stack:
            ours, bare = {}, {}
            for desk in self._built:
                ours[desk] = stack.enter_context(connected("sync", desk.url, "computed", str(desk.now)))
                check(desk, ours[desk])
                queries = (beside(desk.url, desk.now), *(question.bare for question in asked[desk]))
                bare[desk] = stack.enter_context(connected("floor", desk.url, *queries))
            for n, question in enumerate(asked[self._built[0]]):
                asks = {(desk, "ours"): Ask(ours[desk], asked[desk][n].path) for desk in self._built}
                asks |= {(desk, "bare"): Ask(bare[desk], f"/{n}/whole") for desk in self._built}
                asks |= {(desk, "rows"): Ask(bare[desk], f"/{n}") for desk in self._built}
                found = self._interleave(asks)
                for desk in self._built:
                    named, ours_found = (f"{desk.orders:,}", question.name), found[desk, "ours"]
                    self._changed.add(named, ours_found, found[desk, "bare"])
                    self._rows.add(named, ours_found, found[desk, "rows"])
                self._growth.add((question.name,), found[self._built[-1], "ours"], found[self._built[0], "ours"])

    def _measure_unchanged(self, desk: Desk) -> None:
        path = questions(desk.orders, desk.now)[0].path
        with one_core(), ExitStack() as stack:
            ours = stack.enter_context(connected("sync", desk.url, "held", str(desk.now)))
            check(desk, ours)
            _, etag, body = ours.get(path)
            file = stack.enter_context(tempfile.NamedTemporaryFile())
            file.write(body)
            file.flush()
            alone = stack.enter_context(connected("bytes", file.name))
            found = self._interleave({"ours": Ask(ours, path), "bytes": Ask(alone, "/bytes")})
            self._unchanged.add(("page 1",), found["ours"], found["bytes"])
            found = self._interleave({"304": Ask(ours, path, etag), "hello": Ask(alone, "/hello")})
            self._not_modified.add(("page 1",), found["304"], found["hello"])

    def _measure_naive(self, desk: Desk) -> None:
        """The naive server's page against the same page of ours, of which nothing is kept. A few requests are enough."""
        naive.bare(desk.url)
        path = questions(desk.orders, desk.now)[0].path
        with connected("sync", desk.url, "computed", str(desk.now)) as ours, connected("naive", desk.url) as theirs:
            asks = {"ours": Ask(ours, path), "naive": Ask(theirs, "/sync/orders")}
            found = interleave(asks, rounds=3, requests=5)
            self._naive.add((f"{desk.orders:,}",), found["naive"], found["ours"])


def main(arguments: Sequence[str]) -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--databases", nargs="+", choices=DATABASES, default=DATABASES)
    parser.add_argument("--orders", nargs="+", type=int, default=[SMALL, LARGE], help=f"sizes, from {SMALL:,} on")
    parser.add_argument("--rounds", type=int, default=8)
    parser.add_argument("--requests", type=int, default=150, help="requests of each kind in a round")
    options = parser.parse_args(arguments)
    tables: list[Table] = []
    with desks(options.databases, sorted(options.orders)) as built:
        for of_one in built.values():
            bench = Bench(of_one, options.rounds, options.requests)
            try:
                bench.run()
            except Wrong as wrong:
                print(f"wrong answer: {wrong}")
                return 1
            tables += bench.tables
    return report(tables)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
