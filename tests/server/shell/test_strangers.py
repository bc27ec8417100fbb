"""What strangers can do to a server process from the internet: hold memory, and hold connections. Neither reaches the desk."""

from __future__ import annotations

import asyncio
import base64
import socket
import sys
from collections.abc import AsyncIterator
from contextlib import suppress

import httpx
import orjson
import pytest
from aiohttp.test_utils import unused_port
from tests.server.shell.conftest import SECRET, tell
from tests.support import processes
from tests.support import shop_bodies as shop
from tests.support.processes import ServerProcess

from orders_sync.serving import raise_file_limit

MANY = 200
IDLE = 1100
LARGE = bytes(8 << 20)
FAR_BELOW = 200 << 20
"""64 MiB of bodies on their way, and what reading them costs; all of them would be 1.6 GB."""

UNSIGNED = b""
WRONG = b"X-Shopify-Hmac-Sha256: %b\r\n" % base64.b64encode(bytes(32))

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="memory is read from /proc")


@pytest.fixture
async def desk(sqlite_url: str) -> AsyncIterator[tuple[ServerProcess, int]]:
    """A server, and the port on which it takes webhooks alone."""
    port = unused_port()
    given = {"DATABASE_URL": sqlite_url, "SHOPIFY_WEBHOOK_SECRET": SECRET, "WEBHOOK_LISTEN": f"127.0.0.1:{port}"}
    async with processes.server(given) as running:
        yield running, port


async def send(port: int, signature: bytes, held_back: int) -> bytes:
    """The first line of what a large body is answered with; empty where the connection ends without one.

    `held_back`: how many of its bytes are not sent.
    """
    loop = asyncio.get_running_loop()
    head = b"POST /shopify/webhook HTTP/1.1\r\nHost: hooks\r\n%bContent-Length: %d\r\n\r\n" % (signature, len(LARGE))
    with socket.socket() as sock:
        sock.setblocking(False)
        try:
            await loop.sock_connect(sock, ("127.0.0.1", port))
            with suppress(ConnectionError):
                await loop.sock_sendall(sock, head)
                await loop.sock_sendall(sock, memoryview(LARGE)[held_back:])
            return (await loop.sock_recv(sock, 4096)).partition(b"\r\n")[0]
        except ConnectionError:
            return b""


async def taken(port: int) -> int:
    """How often a genuine webhook was sent until it was taken, as Shopify would, but sooner."""
    for tried in range(1, 50):
        answer = await asyncio.to_thread(tell, f"http://127.0.0.1:{port}", "orders/create", orjson.dumps(shop.order(1)))
        if answer.status_code == 200:
            return tried
        assert answer.status_code == 503
        await asyncio.sleep(0.1)
    return 0


@pytest.mark.parametrize(
    ("signature", "held_back"), [(UNSIGNED, 0), (WRONG, 0), (WRONG, 1)], ids=["unsigned", "wrong", "never whole"]
)
async def test_large_bodies_of_strangers_hold_little_and_a_genuine_one_gets_through(
    desk: tuple[ServerProcess, int], signature: bytes, held_back: int
) -> None:
    server, port = desk
    before = server.peak_bytes()
    strangers = [asyncio.create_task(send(port, signature, held_back)) for _ in range(MANY)]
    await asyncio.sleep(0.5)  # they are on their way
    assert await taken(port)
    if held_back:
        for stranger in strangers:
            stranger.cancel()
    answers = {
        answer for answer in await asyncio.gather(*strangers, return_exceptions=True) if isinstance(answer, bytes)
    }
    assert server.peak_bytes() - before < FAR_BELOW
    assert answers <= {b"", b"HTTP/1.1 401 Unauthorized", b"HTTP/1.1 503 Service Unavailable"}
    page = await asyncio.to_thread(httpx.get, f"{server.url}/sync/orders")
    assert page.json()["metrics"]["total_orders"] == 1


async def test_idle_connections_of_strangers_starve_nobody(desk: tuple[ServerProcess, int]) -> None:
    server, port = desk
    raise_file_limit()
    idle = [await asyncio.open_connection("127.0.0.1", port) for _ in range(IDLE)]
    answer = await asyncio.to_thread(httpx.get, f"{server.url}/sync/orders")
    assert answer.status_code == 200
    assert await taken(port) == 1
    for _, writer in idle:
        writer.close()
