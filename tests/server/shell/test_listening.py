"""The webhook listener alone on the internet: how many may connect, how much they may send, and what is answered unread."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from aiohttp import web

from orders_sync.http import body
from orders_sync.http.body import BodyBudget, read_body, without_body
from orders_sync.http.listener import Listener
from orders_sync.http.problems import Refused, hide_server_version, problems

HEAD = b"POST /in HTTP/1.1\r\nHost: hooks.example.org\r\nContent-Length: %d\r\n\r\n"


async def take(request: web.Request) -> web.Response:
    if "X-Signed" not in request.headers:
        return without_body(request, web.Response(status=401))
    return web.Response(text=str(len(await read_body(request))))


@asynccontextmanager
async def listening(most: int = 512, silent_s: float = 60) -> AsyncIterator[int]:
    app = web.Application(middlewares=[problems])
    app.router.add_post("/in", take)
    app.on_response_prepare.append(hide_server_version)
    listener = Listener(app, ends_s=1, most=most, silent_s=silent_s)
    await listener.setup()
    try:
        yield await listener.listen("127.0.0.1", 0, 16)
    finally:
        await listener.cleanup()


async def said(port: int, raw: bytes) -> bytes:
    """Everything that is answered until the connection ends."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(raw)
    async with asyncio.timeout(10):
        answer = await reader.read()
    writer.close()
    return answer


async def test_what_is_not_signed_is_answered_unread_and_the_connection_ends() -> None:
    async with listening() as port:
        answer = await said(port, HEAD % (8 << 20))
        assert answer.startswith(b"HTTP/1.1 401 ")


@pytest.mark.parametrize(
    "raw", [b"\x16\x03\x01\x02\x00\r\n\r\n", b"GET / HTTP/1.1\r\nA\xff: \x00b\r\n\r\n", b"G\r\n\r\n"]
)
async def test_what_is_no_request_is_told_in_the_contracts_shape(raw: bytes) -> None:
    async with listening() as port:
        head, _, told = (await said(port, raw)).partition(b"\r\n\r\n")
        assert head.startswith((b"HTTP/1.0 400 ", b"HTTP/1.1 400 "))
        assert b'"code":"invalid_request"' in told
        assert b"aiohttp" not in head + told
        assert b"Python" not in head


async def test_who_is_silent_gives_way_to_who_comes() -> None:
    async with listening(most=8) as port:
        silent = [await asyncio.open_connection("127.0.0.1", port) for _ in range(30)]
        signed = HEAD.replace(b"\r\n\r\n", b"\r\nX-Signed: yes\r\nConnection: close\r\n\r\n") % 2
        assert (await said(port, signed + b"{}")).startswith(b"HTTP/1.1 200 ")
        for _, writer in silent:
            writer.close()


async def test_who_says_nothing_is_not_kept() -> None:
    async with listening(silent_s=0.05) as port:
        assert await said(port, b"POST /in HTT") == b""


async def test_bodies_on_their_way_hold_so_much_together() -> None:
    room = BodyBudget(100)
    with room.reading(asyncio.timeout(None)) as first, room.reading(asyncio.timeout(None)) as second:
        room.take(first, 80)
        with pytest.raises(Refused, match="Too much"):
            room.take(second, 30)
    with room.reading(asyncio.timeout(None)) as third:
        room.take(third, 100)


async def test_the_body_that_is_slowest_to_come_gives_way(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(body, "SOON_S", -1)
    room = BodyBudget(100)

    async def comes_slowly() -> None:
        async with asyncio.timeout(None) as slow:
            with room.reading(slow) as reading:
                assert room.make_way()
                assert reading.gave_way
                await asyncio.sleep(10)

    with pytest.raises(TimeoutError):
        await comes_slowly()
