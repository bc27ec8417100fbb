"""The client over HTTP: what it sends, how it waits, what it repeats and what it never does."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from typing import Any

import aiohttp
import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer, unused_port
from tests.server.conftest import SettableClock
from tests.support.gzip_bomb import gzip_bomb
from tests.support.shopify import FakeClockSleep, costing, throttled

from orders_sync.external.shopify.client import MAX_THROTTLED, READ_ATTEMPTS, ShopifyClient, endpoint
from orders_sync.external.shopify.documents import API_VERSION, Document
from orders_sync.external.shopify.errors import (
    BadRequest,
    Denied,
    HttpRefusal,
    NoAnswer,
    NotJson,
    NotSent,
    ShopifyError,
    Throttled,
)
from orders_sync.instants import parse_instant

ASK = Document("Ask", "query Ask { shop { name } }")
FINE = {"data": {"shop": {"name": "Desk"}}}

Reply = Callable[[web.Request], Awaitable[web.StreamResponse]]


def saying(body: Any, status: int = 200, **headers: str) -> Reply:
    async def reply(_request: web.Request) -> web.StreamResponse:
        return web.json_response(
            body, status=status, headers={name.replace("_", "-"): v for name, v in headers.items()}
        )

    return reply


async def markup(_request: web.Request) -> web.StreamResponse:
    return web.Response(text="<html>sign in</html>", content_type="text/html")


async def cut(request: web.Request) -> web.StreamResponse:
    assert request.transport is not None
    request.transport.abort()
    return web.Response()


class Shop:
    """Replies in turn, the last again and again; keeps what it was asked."""

    def __init__(self, *replies: Reply) -> None:
        self.replies = list(replies)
        self.requests: list[tuple[str, dict[str, str], Any]] = []

    async def answer(self, request: web.Request) -> web.StreamResponse:
        self.requests.append((request.path, dict(request.headers), await request.json()))
        reply = self.replies.pop(0) if len(self.replies) > 1 else self.replies[0]
        return await reply(request)


@asynccontextmanager
async def connected(shop: Shop, clock: SettableClock) -> AsyncIterator[tuple[ShopifyClient, FakeClockSleep]]:
    app = web.Application()
    app.router.add_post("/{path:.*}", shop.answer)
    sleep = FakeClockSleep(clock.advance)
    async with TestServer(app) as server, aiohttp.ClientSession() as session:
        address = endpoint("desk.myshopify.com", str(server.make_url("")).rstrip("/"))
        yield ShopifyClient(session, address, "shpat_1", clock, sleep), sleep


def test_the_address_is_the_shops_at_the_pinned_version() -> None:
    path = f"/admin/api/{API_VERSION}/graphql.json"
    assert endpoint("desk.myshopify.com") == f"https://desk.myshopify.com{path}"
    assert endpoint("desk.myshopify.com", "http://127.0.0.1:9") == f"http://127.0.0.1:9{path}"
    whole = "http://127.0.0.1:9/admin/api/unstable/graphql.json"
    assert endpoint("desk.myshopify.com", whole) == whole


async def test_a_request_carries_the_token_the_document_and_its_variables(clock: SettableClock) -> None:
    shop = Shop(saying(FINE))
    async with connected(shop, clock) as (client, _):
        answer = await client.read(ASK, {"id": "gid://shopify/Order/1"})
    ((path, headers, body),) = shop.requests
    assert path == f"/admin/api/{API_VERSION}/graphql.json"
    assert headers["X-Shopify-Access-Token"] == "shpat_1"
    assert body == {"query": ASK.text, "operationName": "Ask", "variables": {"id": "gid://shopify/Order/1"}}
    assert answer.data == FINE["data"]


async def test_what_is_told_is_as_of_the_shops_clock_when_it_was_asked(clock: SettableClock) -> None:
    async def slowly(request: web.Request) -> web.StreamResponse:
        clock.advance(700)
        return await saying(FINE, Date="Tue, 10 Mar 2026 12:05:00 GMT")(request)

    async with connected(Shop(slowly), clock) as (client, _):
        answer = await client.read(ASK)
        assert answer.as_of == parse_instant("2026-03-10T12:04:59.300Z")
        assert client.clock_skew_ms == -299_300


async def test_a_throttled_request_is_sent_again_after_the_wait_it_was_told(clock: SettableClock) -> None:
    shop = Shop(saying(throttled(500, 100)), saying(throttled(500, 450, restore=50)), saying(FINE))
    async with connected(shop, clock) as (client, sleep):
        assert (await client.execute(ASK)).data == FINE["data"]
    assert sleep.slept == [4.0, 1.0]


async def test_http_429_waits_as_its_header_says(clock: SettableClock) -> None:
    shop = Shop(saying({}, 429, Retry_After="2.5"), saying({}, 429), saying(FINE))
    async with connected(shop, clock) as (client, sleep):
        await client.execute(ASK)
    assert sleep.slept == [2.5, 2.0]


async def test_a_shop_that_throttles_for_ever_is_given_up_for_now(clock: SettableClock) -> None:
    shop = Shop(saying(throttled(500, 100)))
    async with connected(shop, clock) as (client, _):
        with pytest.raises(Throttled):
            await client.execute(ASK)
    assert len(shop.requests) == MAX_THROTTLED


async def test_points_are_waited_for_before_asking(clock: SettableClock) -> None:
    body = costing(FINE["data"], requested=300)
    body["extensions"]["cost"]["throttleStatus"] |= {"currentlyAvailable": 100}
    async with connected(Shop(saying(body)), clock) as (client, sleep):
        await client.execute(ASK)
        assert sleep.slept == []
        await client.execute(ASK)
        assert sleep.slept == [2.0]


@pytest.mark.parametrize(
    ("reply", "kind"),
    [
        (saying({}, 401), Denied),
        (saying({}, 403), Denied),
        (saying({}, 404), Denied),
        (saying({}, 402), Denied),
        (saying({}, 400), BadRequest),
        (saying({}, 503), NoAnswer),
        (saying({}, 423), HttpRefusal),
        (saying({}, 430), HttpRefusal),
        (saying("<html>"), NoAnswer),
        (markup, NotJson),
        (cut, NoAnswer),
    ],
)
async def test_each_failure_is_of_its_kind_and_is_sent_once(
    reply: Reply, kind: type[ShopifyError], clock: SettableClock
) -> None:
    shop = Shop(reply)
    async with connected(shop, clock) as (client, _):
        with pytest.raises(kind) as caught:
            await client.execute(ASK)
    assert len(shop.requests) == 1
    assert "shpat_1" not in str(caught.value)


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
async def test_a_redirect_is_told_and_the_token_does_not_follow_it(status: int, clock: SettableClock) -> None:
    elsewhere = Shop(saying(FINE))
    app = web.Application()
    app.router.add_route("*", "/{path:.*}", elsewhere.answer)
    async with TestServer(app) as other:
        shop = Shop(saying({}, status, Location=str(other.make_url("/admin/api/graphql.json"))))
        async with connected(shop, clock) as (client, _):
            with pytest.raises(HttpRefusal) as caught:
                await client.read(ASK)
    assert (len(shop.requests), elsewhere.requests) == (1, [])
    assert caught.value.status == 301
    assert f"HTTP {status}" in str(caught.value)


@pytest.mark.parametrize("status", [401, 402, 403, 404, 423, 430])
async def test_a_refusal_by_status_says_which(status: int, clock: SettableClock) -> None:
    async with connected(Shop(saying({}, status)), clock) as (client, _):
        with pytest.raises(HttpRefusal) as caught:
            await client.read(ASK)
    assert caught.value.status == status


async def test_a_shop_that_is_not_there_never_had_the_request(clock: SettableClock) -> None:
    async with aiohttp.ClientSession() as session:
        address = endpoint("desk.myshopify.com", f"http://127.0.0.1:{unused_port()}")
        client = ShopifyClient(session, address, "shpat_1", clock, FakeClockSleep(clock.advance))
        with pytest.raises(NotSent):
            await client.execute(ASK)


async def test_only_reads_are_repeated(clock: SettableClock) -> None:
    shop = Shop(saying({}, 502), cut, saying(FINE))
    async with connected(shop, clock) as (client, sleep):
        assert (await client.read(ASK)).data == FINE["data"]
        assert len(sleep.slept) == 2
    failing = Shop(saying({}, 502))
    async with connected(failing, clock) as (client, _):
        with pytest.raises(NoAnswer):
            await client.read(ASK)
    assert len(failing.requests) == READ_ATTEMPTS


async def test_a_read_that_is_refused_is_not_repeated(clock: SettableClock) -> None:
    shop = Shop(saying({}, 401))
    async with connected(shop, clock) as (client, _):
        with pytest.raises(Denied):
            await client.read(ASK)
    assert len(shop.requests) == 1


async def test_a_shop_that_fell_forward_to_another_version_is_noticed(clock: SettableClock) -> None:
    async with connected(Shop(saying(FINE, X_Shopify_API_Version="2026-10")), clock) as (client, _):
        assert client.api_version == API_VERSION
        await client.read(ASK)
        assert client.api_version == "2026-10"


@pytest.mark.parametrize("name", ["a\x00b", "a\ud800b"])
async def test_a_character_that_no_database_takes_is_replaced(name: str, clock: SettableClock) -> None:
    told = {"data": {"shop": {"name": name, "more": [name, 7, None]}}}
    async with connected(Shop(saying(told)), clock) as (client, _):
        answer = await client.read(ASK)
    assert answer.data == {"shop": {"name": "a\ufffdb", "more": ["a\ufffdb", 7, None]}}


async def bomb(_request: web.Request) -> web.StreamResponse:
    return web.Response(body=gzip_bomb(200), headers={"Content-Encoding": "gzip", "Content-Type": "application/json"})


async def endless(request: web.Request) -> web.StreamResponse:
    response = web.StreamResponse(headers={"Content-Type": "application/json"})
    await response.prepare(request)
    with suppress(ConnectionError):
        while True:
            await response.write(b" " * (1 << 20))
    return response


def raw(answer: bytes) -> Reply:
    async def reply(request: web.Request) -> web.StreamResponse:
        assert isinstance(request.transport, asyncio.Transport)
        request.transport.write(answer)
        request.transport.close()
        return web.Response()

    return reply


JSON = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"
STRANGE: tuple[tuple[Reply, type[ShopifyError]], ...] = (
    (bomb, NoAnswer),
    (endless, NoAnswer),
    (raw(JSON + b"Content-Encoding: gzip\r\nContent-Length: 3\r\n\r\nno!"), NoAnswer),
    (raw(JSON + b"Transfer-Encoding: chunked\r\n\r\nzz\r\n{}\r\n"), NoAnswer),
    (raw(JSON + b"Content-Length: 99\r\n\r\n{"), NoAnswer),
    (raw(JSON + b"Content-Length: 2\r\nContent-Length: 3\r\n\r\n{}"), NoAnswer),
    (raw(b"HTTP/1.1 503 Nicht verf\xfcgbar\r\nContent-Length: 0\r\n\r\n"), NoAnswer),
    (raw(b"HTTP/1.1 403 Nicht \xff\xfe\r\nContent-Length: 0\r\n\r\n"), HttpRefusal),
    (raw(b"\xff\x00\r\n\r\n"), NoAnswer),
    (raw(JSON + b"Content-Length: 100000\r\n\r\n" + b"[" * 100_000), NotJson),
    (raw(JSON + b"Content-Length: 2\r\n\r\n\xff\xfe"), NotJson),
    (raw(JSON + b"Content-Length: 0\r\n\r\n"), NotJson),
    (raw(JSON + b"Content-Length: 4\r\n\r\nnull"), NoAnswer),
    (raw(JSON + b"Content-Length: 3\r\n\r\n[1]"), NoAnswer),
)


@pytest.mark.parametrize(("reply", "kind"), STRANGE)
async def test_an_answer_that_is_none_is_told_as_such_whatever_its_bytes(
    reply: Reply, kind: type[ShopifyError], clock: SettableClock
) -> None:
    async with connected(Shop(reply), clock) as (client, _):
        with pytest.raises(kind) as caught:
            await client.execute(ASK)
    str(caught.value).encode()
    assert len(str(caught.value)) < 500


@pytest.mark.parametrize(
    "date", ["Fri, 31 Dec 9999 23:59:59 -1400", "Mon, 01 Jan 0001 00:00:00 +1400", "x" * 5000, "1e999", "Żółw"]
)
async def test_a_strange_date_is_no_date(date: str, clock: SettableClock) -> None:
    async with connected(Shop(saying(FINE, Date=date)), clock) as (client, _):
        assert (await client.execute(ASK)).data == FINE["data"]


@pytest.mark.parametrize("text", [b'"a"', b'"\\ud800"'])
async def test_an_answer_that_is_far_too_deep_is_no_json(text: bytes, clock: SettableClock) -> None:
    for depth in (100, 600, 1000, 5000):
        deep = b'{"data":{"shop":{"name":' + b"[" * depth + text + b"]" * depth + b"}}}"
        answer = raw(JSON + b"Content-Length: %d\r\n\r\n" % len(deep) + deep)
        async with connected(Shop(answer), clock) as (client, _):
            with pytest.raises(NotJson):
                await client.execute(ASK)
