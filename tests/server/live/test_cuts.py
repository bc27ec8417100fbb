"""A stream that is cut at random, over server kills and restarts, through a proxy that stalls, tells every event exactly once,
and of those with an addressee its own alone.

`ORDERS_STREAM_CUTS` sets the number of cuts.
"""

from __future__ import annotations

import asyncio
import os
import random
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager, suppress

from sqlalchemy import or_, select
from tests.server.live import serving_process
from tests.server.live.raising import mentioning, overdue, ping, raising
from tests.server.live.serving import Client, stream
from tests.support.forked import Forked

from orders_sync.db.engine import Database
from orders_sync.db.tables import events

CUTS = int(os.environ.get("ORDERS_STREAM_CUTS", "12"))
CUTS_PER_KILL = 10
SILENCE_S = 0.4
"""After this long without a byte the client gives a connection up."""

LOST = (EOFError, ConnectionError, TimeoutError, asyncio.IncompleteReadError)


class Server:
    """The server's process, on one port over all its lives."""

    def __init__(self, url: str) -> None:
        self.port = 0
        self._url = url
        self._process: Forked | None = None

    async def start(self) -> None:
        self._process = Forked(serving_process.run, self._url, self.port)
        self.port = int(await self._process.line())

    async def kill(self) -> None:
        assert self._process is not None
        await self._process.kill()


class Proxy:
    """Passes bytes on until it is told to stall, or to cut every connection through it."""

    def __init__(self, server: Server) -> None:
        self.port = 0
        self.flowing = asyncio.Event()
        self.flowing.set()
        self._server = server
        self._writers: set[asyncio.StreamWriter] = set()

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        async with await asyncio.start_server(self._accept, "127.0.0.1", 0) as listening:
            self.port = listening.sockets[0].getsockname()[1]
            yield
            self.cut()

    def cut(self) -> None:
        """Every connection breaks; what a stall held back is lost."""
        for writer in self._writers:
            writer.transport.abort()
        self.flowing.set()

    async def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(*LOST):
            async with AsyncExitStack() as stack:
                stack.callback(writer.transport.abort)
                ahead, behind = await asyncio.open_connection("127.0.0.1", self._server.port)
                stack.callback(behind.transport.abort)
                self._writers |= {writer, behind}
                stack.callback(self._writers.difference_update, {writer, behind})
                async with asyncio.TaskGroup() as tasks:
                    tasks.create_task(self._pass(reader, behind))
                    tasks.create_task(self._pass(ahead, writer))

    async def _pass(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(*LOST):
            while data := await reader.read(256):
                await self.flowing.wait()
                writer.write(data)
                await writer.drain()
        writer.transport.abort()


class Watcher:
    """A client that comes back after every loss. `seen`: the numbers after the first refresh, `begun`."""

    def __init__(self, proxy: Proxy) -> None:
        self.begun: int | None = None
        self.seen: list[int] = []
        self._proxy = proxy
        self._last_id: str | None = None
        self._news = asyncio.Event()

    async def run(self) -> None:
        while True:
            with suppress(*LOST):
                async with stream(self._proxy.port, self._last_id, **{"X-Operator": "Ana"}) as client:
                    await self._read(client)
            await asyncio.sleep(0.01)

    async def until(self, n: int) -> None:
        """Returns when event number `n` was seen."""
        while not self.seen or self.seen[-1] < n:
            self._news.clear()
            await self._news.wait()

    async def _read(self, client: Client) -> None:
        assert client.status == 200
        while True:
            async with asyncio.timeout(SILENCE_S):
                event = await client.event()
            self._last_id = event.id
            n = int(event.id.rpartition("-")[2])
            assert "reset" not in event.data
            if self.begun is not None:
                self.seen.append(n)
            elif event.data["type"] == "refresh":
                self.begun = n
            self._news.set()


async def publish(db: Database) -> None:
    """Another process's work, beside the server's own."""
    for order_id in range(1, 1_000_000):
        await db.write(raising(order_id, overdue(order_id), silent=order_id % 5 == 0))
        await db.write(mentioning(("ana", "bo")[order_id % 2]))
        await asyncio.sleep(0.005)


async def disturb(rng: random.Random, server: Server, proxy: Proxy) -> None:
    """Cuts at random moments, now and then after a stall or together with the server's death."""
    for cut in range(CUTS):
        await asyncio.sleep(rng.uniform(0, 0.06))
        if rng.random() < 0.3:
            proxy.flowing.clear()
            await asyncio.sleep(rng.uniform(0, 0.1))
        if cut % CUTS_PER_KILL == CUTS_PER_KILL - 1:
            await server.kill()
            proxy.cut()
            await server.start()
        proxy.cut()


async def test_every_event_is_seen_exactly_once_by_id(database_url: str, db: Database) -> None:
    server = Server(database_url)
    await server.start()
    proxy = Proxy(server)
    watcher = Watcher(proxy)
    async with proxy.running(), asyncio.TaskGroup() as tasks:
        watching = tasks.create_task(watcher.run())
        publishing = tasks.create_task(publish(db))
        await watcher.until(1)
        await disturb(random.Random(7), server, proxy)
        publishing.cancel()
        await asyncio.wait({publishing})
        await ping(db)
        await watcher.until(db.version)
        watching.cancel()
        await server.kill()
    assert watcher.begun is not None
    assert watcher.seen == await told_after(db, watcher.begun, watcher.seen[-1])


async def told_after(db: Database, n: int, last: int) -> list[int]:
    """The numbers of what was to be told, from the table itself."""
    told = or_(~events.c.silent, events.c.addressee == "ana")
    query = select(events.c.n).where(events.c.n > n, events.c.n <= last, told).order_by(events.c.n)
    return await db.read(lambda conn: [row.n for row in conn.execute(query)])
