"""The simulated shop, and Sync servers that meet it as they would meet Shopify, all under one clock that a test moves."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import aiohttp
from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer
from tests.server.demo.worlds import SECRETS, World, make

from orders_demo.identity import DOMAIN
from orders_demo.live_shop import Announcement
from orders_demo.site import application
from orders_demo.webhooks.signing import headers
from orders_sync.app import build
from orders_sync.db.engine import Database
from orders_sync.external.shopify.client import ShopifyClient, endpoint
from orders_sync.http.app_keys import DATABASE
from orders_sync.instants import Ms, from_datetime
from orders_sync.poller import progress
from orders_sync.poller.poller import Poller
from orders_sync.poller.shop_reader import ShopReader
from orders_sync.rules.thresholds import Thresholds
from orders_sync.settings import Settings, load

Json = dict[str, Any]


@dataclass
class Shop:
    """The simulated shop answering over HTTP; `slept_s`: how long its clients have waited, which moved the clock."""

    world: World
    session: aiohttp.ClientSession
    url: str
    slept_s: float = 0.0

    def clock(self) -> Ms:
        return from_datetime(self.world.now)

    def later(self, **delta: float) -> None:
        self.world.later(**delta)

    def live(self) -> list[Announcement]:
        """One thing happens, a while after the last; what the shop announces of it."""
        self.world.later(seconds=20)
        self.world.simulation.life.tick()
        told, self.world.told = self.world.told, []
        return told

    def settings(self, database_url: str, **more: str) -> Settings:
        """A server of this shop whose poller is off."""
        given = {"database_url": database_url, "shop_domain": DOMAIN, "shopify_webhook_secret": SECRETS.webhook}
        return load(given | more, {}, Path("/dev/null"))

    def client(self) -> ShopifyClient:
        """The Admin API as the server asks it."""
        return ShopifyClient(
            self.session, endpoint(DOMAIN, self.url), SECRETS.admin_token, self.clock, sleep=self._sleep
        )

    async def _sleep(self, seconds: float) -> None:
        self.slept_s += seconds
        self.world.later(seconds=max(seconds, 0.001))


@dataclass
class Desk:
    """A Sync server on a database of its own, whose poller ticks when it is told to."""

    http: TestClient[web.Request, web.Application]
    database: Database
    poller: Poller
    shop: Shop
    heard: int = 0

    async def hear(self, announcements: Sequence[Announcement]) -> None:
        """Signed webhooks over HTTP."""
        for told in announcements:
            self.heard += 1
            signed = headers(
                SECRETS.webhook,
                DOMAIN,
                told.topic,
                told.body,
                webhook_id=f"w{self.heard}",
                event_id=f"e{self.heard}",
                at=self.shop.world.now,
            )
            answer = await self.http.post("/shopify/webhook", data=told.body, headers=signed)
            assert answer.status == 200, await answer.text()

    async def get(self, path: str, **params: str) -> Json:
        body: Json = await (await self.http.get(path, params=params)).json()
        return body

    async def unsubscribed(self) -> list[str]:
        """The topics that the last tick found no subscription for."""
        known = await self.database.read(lambda conn: progress.load(conn, self.database.shop_id))
        return list(known.unsubscribed or ())

    async def rows(self) -> dict[str, Json]:
        """Every order's row, by id."""
        rows: dict[str, Json] = {}
        cursor: str | None = "ofs:0"
        while cursor is not None:
            page = (await self.get("/sync/orders", pageSize="250", cursor=cursor))["orders"]
            rows |= {row["id"]: row for row in page["items"]}
            cursor = page["page_info"]["nextCursor"]
        return rows


@asynccontextmanager
async def living(orders: int) -> AsyncIterator[Shop]:
    """A shop with so many orders in its past, all of its time a test's."""
    world = make(orders)
    async with TestServer(application(world.simulation)) as site, aiohttp.ClientSession() as session:
        yield Shop(world, session, str(site.make_url("")).rstrip("/"))


@asynccontextmanager
async def desk(shop: Shop, database_url: str) -> AsyncIterator[Desk]:
    """A server of this shop, without anything in it yet."""
    async with TestClient(TestServer(build(shop.settings(database_url), clock=shop.clock))) as http:
        assert http.app is not None
        database = http.app[DATABASE]
        side = ShopReader.of(shop.client(), DOMAIN)
        poller = Poller(database, side, Thresholds(), shop.clock, owner=database_url, interval_s=900)
        yield Desk(http, database, poller, shop)
