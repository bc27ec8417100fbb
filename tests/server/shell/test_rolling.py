"""A fleet restarted one process at a time into a release that changes the schema, and out of it: every stream goes on."""

from __future__ import annotations

import asyncio
import random
import signal
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack, asynccontextmanager, suppress

import pytest
from sqlalchemy import inspect, select
from tests.server.conftest import SHOP
from tests.server.live.raising import ping
from tests.soak.listener import Listener
from tests.support.postgres import Cluster
from tests.support.releases import OURS

from orders_sync.db import connections
from orders_sync.db.engine import Database
from orders_sync.db.location import parse
from orders_sync.db.tables import events

WAIT_S = 60


@pytest.fixture
def url(postgres_cluster: Cluster, postgres_template: str) -> Iterator[str]:
    """A database of this test's own, since its tables change."""
    postgres_cluster.create("rolled", postgres_template)
    yield postgres_cluster.url("rolled")
    postgres_cluster.drop("rolled")


class Place:
    """Where one process after another serves, on the same port."""

    def __init__(self, url: str) -> None:
        self.port = 0
        self.ready = False
        self._url = url
        self._process: Process | None = None

    async def start(self, release: str) -> None:
        """The server of that release; returns once it answers."""
        command = (sys.executable, "-m", "tests.support.releases", release, "serve")
        options = ("--database", self._url, "--shop-domain", SHOP, "--port", str(self.port))
        self._process = await asyncio.create_subprocess_exec(*command, *options, stdout=PIPE, stderr=PIPE)
        assert self._process.stdout is not None
        announced = await asyncio.wait_for(self._process.stdout.readline(), WAIT_S)
        assert announced, (await self._process.communicate())[1].decode()
        self.port = int(announced.rpartition(b":")[2])
        self.ready = True

    async def stop(self, number: signal.Signals = signal.SIGTERM) -> None:
        self.ready = False
        if self._process is not None:
            with suppress(ProcessLookupError):
                self._process.send_signal(number)
            await self._process.communicate()


class Fleet:
    """Clients are led to a place that is ready, as a proxy leads them."""

    def __init__(self, places: list[Place]) -> None:
        self.places = places

    def pick(self, dice: random.Random) -> Place:
        return dice.choice([place for place in self.places if place.ready])


@asynccontextmanager
async def two_places(url: str, release: str) -> AsyncIterator[list[Place]]:
    async with AsyncExitStack() as stack:
        places = [Place(url), Place(url)]
        for place in places:
            stack.push_async_callback(place.stop, signal.SIGKILL)
        await asyncio.gather(*(place.start(release) for place in places))
        yield places


async def test_a_rolling_restart_with_a_migration_loses_no_event_of_any_stream(url: str) -> None:
    async with two_places(url, OURS) as places, AsyncExitStack() as stack:
        elsewhere = await Database.open(url, SHOP)
        stack.push_async_callback(elsewhere.close)
        listeners = [Listener(Fleet(places), random.Random(n)) for n in range(6)]
        listening = [asyncio.create_task(listener.run()) for listener in listeners]
        await _told(listeners, 0)
        working = asyncio.create_task(_work(elsewhere))

        for place, release in ((places[0], "9001"), (places[1], OURS)):
            await place.stop()
            await place.start(release)
            await _told(listeners, elsewhere.version)

        working.cancel()
        await asyncio.gather(working, return_exceptions=True)
        await ping(elsewhere)
        await _told(listeners, elsewhere.version)
        for task in listening:
            task.cancel()
        await asyncio.gather(*listening, return_exceptions=True)
        for listener in listeners:
            assert listener.told == await _all(elsewhere, listener.begun or 0)
            assert listener.resets == 0
    assert "colour" in _columns(url)


async def _work(db: Database) -> None:
    while True:
        await ping(db)
        await asyncio.sleep(0.01)


async def _told(listeners: list[Listener], n: int) -> None:
    """Returns when every stream was told number `n`."""
    async with asyncio.timeout(WAIT_S):
        while any(listener.begun is None or listener.position < n for listener in listeners):  # noqa: ASYNC110
            await asyncio.sleep(0.02)


async def _all(db: Database, after: int) -> list[int]:
    query = select(events.c.n).where(events.c.n > after).order_by(events.c.n)
    return await db.read(lambda conn: [row.n for row in conn.execute(query)])


def _columns(url: str) -> set[str]:
    engine = connections.unpooled(parse(url))
    found = {column["name"] for column in inspect(engine).get_columns("orders")}
    engine.dispose()
    return found
