"""An app's tokens: one that was given, or drawn by client ID and secret, one after another before each ends."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field

import aiohttp
import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer, unused_port
from tests.server.conftest import SettableClock

from orders_sync.external.shopify.access_tokens import EARLY_MS, ClientCredentials
from orders_sync.external.shopify.client import ShopifyClient, endpoint
from orders_sync.external.shopify.documents import Document
from orders_sync.external.shopify.errors import HttpRefusal, NoAnswer, NotJson, NotSent, ShopifyError
from orders_sync.instants import SECOND

ASK = Document("Ask", "query Ask { shop { name } }")
DAY_S = 86_399


@dataclass
class Shop:
    """Draws `t1`, `t2`, … for the secret `new`; its Admin API accepts those in `accepted`."""

    forms: list[dict[str, str]] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)
    accepted: set[str] = field(default_factory=set)
    reply: web.Response | None = None
    draws: Callable[[web.Request], Awaitable[web.StreamResponse]] | None = None
    url: str = ""

    async def draw(self, request: web.Request) -> web.StreamResponse:
        if self.draws is not None:
            return await self.draws(request)
        form = {name: str(value) for name, value in (await request.post()).items()}
        self.forms.append(form)
        if self.reply is not None:
            return self.reply
        if form["client_secret"] != "new":
            return web.json_response({"error": "invalid_client", "error_description": "\x1b[2Jno"}, status=400)
        token = f"t{len(self.forms)}"
        self.accepted.add(token)
        return web.json_response({"access_token": token, "scope": "read_orders", "expires_in": DAY_S})

    async def admin(self, request: web.Request) -> web.Response:
        token = request.headers["X-Shopify-Access-Token"]
        self.asked.append(token)
        if token not in self.accepted:
            return web.json_response({"errors": "[API] Invalid API key or access token"}, status=401)
        return web.json_response({"data": {"shop": {"name": "Desk"}}})


@pytest.fixture
async def shop() -> AsyncIterator[Shop]:
    shop, app = Shop(), web.Application()
    app.router.add_post("/admin/oauth/access_token", shop.draw)
    app.router.add_post("/admin/api/{version}/graphql.json", shop.admin)
    async with TestServer(app) as server:
        shop.url = str(server.make_url("")).rstrip("/")
        yield shop


@pytest.fixture
async def session() -> AsyncIterator[aiohttp.ClientSession]:
    async with aiohttp.ClientSession() as session:
        yield session


def client(session: aiohttp.ClientSession, shop: Shop, clock: SettableClock, *secrets: str) -> ShopifyClient:
    tokens = ClientCredentials(session, shop.url, "the-app", secrets or ("new",), clock)
    return ShopifyClient(session, endpoint("", shop.url), tokens, clock)


@pytest.fixture
def desk(session: aiohttp.ClientSession, shop: Shop, clock: SettableClock) -> ShopifyClient:
    return client(session, shop, clock)


async def test_one_is_drawn_for_all_requests_and_the_next_before_its_end(
    shop: Shop, desk: ShopifyClient, clock: SettableClock
) -> None:
    await asyncio.gather(desk.read(ASK), desk.read(ASK))
    assert shop.forms == [{"grant_type": "client_credentials", "client_id": "the-app", "client_secret": "new"}]
    clock.advance(DAY_S * SECOND - EARLY_MS - 1)
    await desk.read(ASK)
    clock.advance(1)
    await desk.read(ASK)
    assert shop.asked == ["t1", "t1", "t1", "t2"]


async def test_one_that_is_refused_is_drawn_anew_once(shop: Shop, desk: ShopifyClient) -> None:
    await desk.read(ASK)
    shop.accepted.clear()
    await desk.execute(ASK)
    assert shop.asked == ["t1", "t1", "t2"]
    shop.accepted = set()
    shop.reply = web.json_response({"access_token": "stale"})
    with pytest.raises(HttpRefusal, match="does not accept"):
        await desk.execute(ASK)
    assert shop.asked[-2:] == ["t2", "stale"]


async def test_many_that_are_refused_at_once_share_the_next(shop: Shop, desk: ShopifyClient) -> None:
    await desk.read(ASK)
    shop.accepted.clear()
    await asyncio.gather(*(desk.execute(ASK) for _ in range(8)))
    assert len(shop.forms) == 2
    assert set(shop.asked[9:]) == {"t2"}


async def test_an_answer_may_come_in_parts(shop: Shop, desk: ShopifyClient) -> None:
    async def parts(request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse()
        await response.prepare(request)
        for part in (b'{"access_to', b'ken": "whole"}'):
            await response.write(part)
            await asyncio.sleep(0.05)
        return response

    shop.accepted.add("whole")
    shop.draws = parts
    await desk.execute(ASK)
    assert shop.asked == ["whole"]


async def test_a_given_one_is_sent_once(session: aiohttp.ClientSession, shop: Shop, clock: SettableClock) -> None:
    desk = ShopifyClient(session, endpoint("", shop.url), "given", clock)
    with pytest.raises(HttpRefusal):
        await desk.read(ASK)
    assert shop.asked == ["given"]


async def test_while_a_secret_is_replaced_either_does(
    session: aiohttp.ClientSession, shop: Shop, clock: SettableClock
) -> None:
    await client(session, shop, clock, "old", "new").read(ASK)
    assert shop.asked == ["t2"]


@pytest.mark.parametrize(
    ("reply", "kind", "told"),
    [
        (
            (400, '{"error": "application_cannot_be_found"}'),
            HttpRefusal,
            "no token: HTTP 400 application_cannot_be_found",
        ),
        ((403, "<html>"), HttpRefusal, "no token: HTTP 403"),
        ((404, ""), HttpRefusal, "no such shop"),
        ((302, ""), HttpRefusal, "no token: HTTP 302"),
        ((429, ""), NoAnswer, "HTTP 429"),
        ((503, ""), NoAnswer, "HTTP 503"),
        ((200, "<html>sign in</html>"), NotJson, "holds no token"),
        ((200, '{"access_token": ""}'), NotJson, "holds no token"),
        ((200, '{"access_token": "leaked", "expires_in": "soon"}'), NotJson, "holds no token"),
    ],
)
async def test_what_else_comes_says_what_it_is_and_no_secret(
    reply: tuple[int, str], kind: type[ShopifyError], told: str, shop: Shop, desk: ShopifyClient
) -> None:
    shop.reply = web.Response(status=reply[0], text=reply[1])
    with pytest.raises(kind) as raised:
        await desk.execute(ASK)
    assert told in str(raised.value)
    assert "leaked" not in str(raised.value)
    assert shop.asked == []


async def test_a_shop_out_of_reach_is_not_a_refusal(session: aiohttp.ClientSession, clock: SettableClock) -> None:
    nowhere = Shop(url=f"http://127.0.0.1:{unused_port()}")
    with pytest.raises(NotSent):
        await client(session, nowhere, clock).execute(ASK)
