"""The alerts endpoint on a real socket, and a client that shows every byte of a stream."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from aiohttp import web
from aiohttp.typedefs import Handler
from tests.server.conftest import SHOP

from orders_sync.app import end_streams, streams
from orders_sync.db.engine import Database
from orders_sync.http.app_keys import CALLER, CLOCK, DATABASE, HUB, SETTINGS, Caller
from orders_sync.http.problems import problems
from orders_sync.live.hub import Hub
from orders_sync.routes import alerts, presence
from orders_sync.settings import Settings
from orders_wire.vocabulary import Role

TIMEOUT_S = 10
PATH = "/sync/orders/alerts"


@dataclass(frozen=True)
class Server:
    port: int
    hub: Hub
    database: Database

    async def caught_up(self) -> None:
        """Returns when the hub has published all that this process committed."""
        async with asyncio.timeout(TIMEOUT_S):
            while self.hub.position < self.database.version:  # noqa: ASYNC110
                await asyncio.sleep(0)


@web.middleware
async def _as_lead(request: web.Request, handler: Handler) -> web.StreamResponse:
    request[CALLER] = Caller(request.headers.get("X-Operator", "dashboard"), Role.LEAD)
    return await handler(request)


@asynccontextmanager
async def serving(database: Database, port: int = 0) -> AsyncIterator[Server]:
    """The endpoint over this database, ended as the application ends it."""
    app = web.Application(middlewares=[problems, _as_lead])
    app[DATABASE] = database
    app[CLOCK] = database.clock
    app[SETTINGS] = Settings.model_validate({"shop_domain": SHOP})
    app.cleanup_ctx.append(streams)
    app.on_shutdown.append(end_streams)
    app.add_routes([*alerts.routes, *presence.routes])
    runner = web.AppRunner(app, handler_cancellation=True, shutdown_timeout=2, access_log=None)
    await runner.setup()
    try:
        site = web.TCPSite(runner, "127.0.0.1", port, reuse_address=True)
        await site.start()
        yield Server(runner.addresses[0][1], app[HUB], database)
    finally:
        await runner.cleanup()


@dataclass
class Event:
    """One event as it stood on the wire: its fields in order, and its data."""

    fields: list[tuple[str, str]]
    data: dict[str, Any] = field(default_factory=dict)

    @property
    def id(self) -> str:
        return dict(self.fields)["id"]


class Client:
    """A raw HTTP/1.1 client on one connection; `raw` is every byte of the body, without the chunks' frames."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.reader = reader
        self.writer = writer
        self.status = 0
        self.headers: dict[str, str] = {}
        self.raw = b""
        self._unread = b""

    async def send(
        self, path: str, headers: dict[str, str], method: str = "GET", version: str = "1.1", body: str = ""
    ) -> None:
        lines = [f"{method} {path} HTTP/{version}", "Host: localhost", *(f"{k}: {v}" for k, v in headers.items())]
        self.writer.write(("\r\n".join(lines) + "\r\n\r\n" + body).encode())
        head = (await self.reader.readuntil(b"\r\n\r\n")).decode().split("\r\n")
        self.status = int(head[0].split()[1])
        self.headers = {k.lower(): v for k, _, v in (line.partition(": ") for line in head[1:] if line)}

    async def block(self) -> str | None:
        """The next block of the stream, up to its empty line; null at its end."""
        while b"\n\n" not in self._unread:
            piece = await self._piece()
            if not piece:
                return None
            self.raw += piece
            self._unread += piece
        block, _, self._unread = self._unread.partition(b"\n\n")
        return block.decode()

    async def event(self) -> Event:
        """The next event; comments and `retry` are passed over. Raises EOFError at the stream's end."""
        while True:
            async with asyncio.timeout(TIMEOUT_S):
                block = await self.block()
            if block is None:
                raise EOFError
            event = parse(block)
            if event is not None:
                return event

    async def events(self, count: int) -> list[Event]:
        return [await self.event() for _ in range(count)]

    async def opening(self) -> list[Event]:
        """Everything up to the refresh that ends a snapshot."""
        events = [await self.event()]
        while events[-1].data["type"] != "refresh" or "reset" in events[-1].data:
            events.append(await self.event())
        return events

    async def json(self) -> Any:
        body = await self.reader.readexactly(int(self.headers["content-length"]))
        return json.loads(body)

    def close(self) -> None:
        self.writer.close()

    def abort(self) -> None:
        self.writer.transport.abort()

    async def _piece(self) -> bytes:
        if self.headers.get("transfer-encoding") != "chunked":
            return await self.reader.read(65536)
        size = int((await self.reader.readuntil(b"\r\n"))[:-2], 16)
        return (await self.reader.readexactly(size + 2))[:-2]


def parse(block: str) -> Event | None:
    """An event from its block; null for a comment or a block without data."""
    fields = [(name, value.removeprefix(" ")) for name, _, value in (line.partition(":") for line in block.split("\n"))]
    data = [value for name, value in fields if name == "data"]
    return Event(fields, json.loads("\n".join(data))) if data else None


async def connect(port: int) -> Client:
    return Client(*await asyncio.open_connection("127.0.0.1", port))


@asynccontextmanager
async def stream(port: int, last_id: str | None = None, **headers: str) -> AsyncIterator[Client]:
    """A client whose stream is open, cut at the end."""
    client = await connect(port)
    sent = {"Accept": "text/event-stream", **headers}
    if last_id is not None:
        sent["Last-Event-ID"] = last_id
    try:
        await client.send(PATH, sent)
        yield client
    finally:
        client.abort()


async def put(port: int, order_id: str | None, doing: str | None = None, **headers: str) -> tuple[int, Any]:
    """Says where an operator is; the status, and the refusal's body."""
    client = await connect(port)
    body = json.dumps({"orderId": order_id} | ({} if doing is None else {"doing": doing}))
    sent = {"Content-Type": "application/json", "Content-Length": str(len(body)), **headers}
    try:
        await client.send("/sync/presence", sent, "PUT", body=body)
        return client.status, None if client.status == 204 else await client.json()
    finally:
        client.abort()


async def poll(port: int, query: str = "", **headers: str) -> Any:
    """The polling answer."""
    client = await connect(port)
    try:
        await client.send(PATH + query, {"Accept": "application/json", **headers})
        return await client.json()
    finally:
        client.abort()
