"""The servers that `ingest` compares, the Sync server and a naive one, each with empty databases of its own."""

from __future__ import annotations

import asyncio
import itertools
import shutil
import tempfile
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager, contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from tests.benchmarks import naive_ingest
from tests.benchmarks.deliveries import SHOP, stored_by_us, stored_naively
from tests.server.ingest.endpoints import SECRET
from tests.support.forked import Forked
from tests.support.postgres import cluster
from tests.support.processes import ServerProcess, cpu_s

from orders_sync.db.engine import Database

NAMES = ("ours", "naive")
SETTINGS = {"SHOP_DOMAIN": SHOP, "SHOPIFY_WEBHOOK_SECRET": SECRET}


@dataclass(frozen=True)
class Serving:
    """Servers on one database: where they answer, and which processes they are."""

    addresses: list[str]
    pids: list[int]

    def cpu_s(self) -> float:
        return sum(cpu_s(pid) for pid in self.pids)


Serve = Callable[[str], AbstractAsyncContextManager[Serving]]


@dataclass(frozen=True)
class Contestant:
    """A server: `desks` makes it an empty database and returns the URL; `stored` reads what is stored in one."""

    desks: Callable[[], str]
    serve: Serve
    stored: Callable[[str], Iterator[tuple[int, int, bytes]]]


Both = tuple[Contestant, Contestant]


def ours(processes: int) -> Serve:
    @asynccontextmanager
    async def serving(url: str) -> AsyncIterator[Serving]:
        running = [ServerProcess({"DATABASE_URL": url, **SETTINGS}) for _ in range(processes)]
        try:
            for each in running:
                await each.start()
            yield Serving([each.url for each in running], [each.pid for each in running])
        finally:
            for each in running:
                await each.kill()

    return serving


@asynccontextmanager
async def naive(url: str) -> AsyncIterator[Serving]:
    running = Forked(naive_ingest.serve, url, SECRET)
    try:
        yield Serving([await running.line()], [running.pid])
    finally:
        await running.kill()


@contextmanager
def sqlite(processes: int) -> Iterator[Both]:
    with tempfile.TemporaryDirectory() as folder:
        _prepare(*(f"sqlite:///{folder}/{name}" for name in NAMES))
        numbers = itertools.count()

        def another(name: str) -> str:
            return f"sqlite:///{shutil.copy(Path(folder, name), Path(folder, f'desk{next(numbers)}'))}"

        yield _both(another, processes)


@contextmanager
def postgresql(processes: int) -> Iterator[Both]:
    with cluster(("shared_buffers=256MB",)) as postgres:
        for name in NAMES:
            postgres.create(name)
        _prepare(*map(postgres.url, NAMES))
        numbers = itertools.count()

        def another(name: str) -> str:
            made = f"desk{next(numbers)}"
            postgres.create(made, name)
            return postgres.url(made)

        yield _both(another, processes)


PLACES = {"SQLite": sqlite, "PostgreSQL": postgresql}


def _prepare(mine: str, theirs: str) -> None:
    async def opened() -> None:
        await (await Database.open(mine, SHOP)).close()

    asyncio.run(opened())
    naive_ingest.prepare(theirs)


def _both(another: Callable[[str], str], processes: int) -> Both:
    """`another`: copies one of the two empty databases, by its name."""
    mine, theirs = (partial(another, name) for name in NAMES)
    return Contestant(mine, ours(processes), stored_by_us), Contestant(theirs, naive, stored_naively)
