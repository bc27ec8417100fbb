"""`kill -9` between a call and its record: the shop, the ERP and the support queue hold exactly one effect of each write.

Real processes: the server, and the simulated shop, whose answers a proxy holds back until the server is dead.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import aiohttp
import pytest
from aiohttp import web
from tests.support.processes import ServerProcess, server, shop

from orders_demo.identity import DOMAIN, Secrets
from orders_sync.instants import SECOND
from orders_sync.relay.relay import LEASE_MS

LOOK_S = 0.05
PATIENCE_S = 60
HELD_S = 60
"""The longest that outbound work can wait: all of it is due when the clock runs ahead by so much."""
ORDERS = 160


@dataclass
class Proxy:
    """In front of the shop. While `holding`, what changes something there is passed on, and its answer is never given."""

    shop_url: str
    url: str = ""
    holding: bool = True
    held: list[str] = field(default_factory=list)
    news: asyncio.Event = field(default_factory=asyncio.Event)

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        app = web.Application()
        async with aiohttp.ClientSession(self.shop_url) as session:

            async def handle(request: web.Request) -> web.Response:
                return await self._pass(session, request)

            app.router.add_post("/{path:.*}", handle)
            runner = web.AppRunner(app, handler_cancellation=True, shutdown_timeout=0)
            await runner.setup()
            await web.TCPSite(runner, "127.0.0.1", 0).start()
            self.url = f"http://127.0.0.1:{runner.addresses[0][1]}"
            try:
                yield
            finally:
                await runner.cleanup()

    async def has_held(self, *what: str) -> None:
        """Returns when exactly these were done and their answers held back."""
        async with asyncio.timeout(PATIENCE_S):
            while sorted(self.held) != sorted(what):
                self.news.clear()
                await self.news.wait()

    async def _pass(self, session: aiohttp.ClientSession, request: web.Request) -> web.Response:
        body, headers = await request.read(), {n: v for n, v in request.headers.items() if n.lower() != "host"}
        async with session.post(request.path, data=body, headers=headers) as answer:
            passed = web.Response(status=answer.status, body=await answer.read(), content_type=answer.content_type)
        name = _changes(request.path, body)
        if self.holding and name is not None:
            self.held.append(name)
            self.news.set()
            await asyncio.Event().wait()
        return passed


def _changes(path: str, body: bytes) -> str | None:
    """What a request does to its receiver; null when it only reads."""
    if path in ("/erp", "/support"):
        return path
    return next((name for name in _MUTATIONS if name.encode() in body), None)


_MUTATIONS = ("fulfillmentCreate", "fulfillmentTrackingInfoUpdate", "returnProcess", "metafieldsSet")


@dataclass
class World:
    """The server, the proxy, and the shop's own books."""

    server: ServerProcess
    proxy: Proxy
    shop: aiohttp.ClientSession

    async def get(self, path: str) -> Any:
        async with aiohttp.ClientSession(self.server.url) as session, session.get(path) as answer:
            return await answer.json()

    async def act(self, path: str, **body: Any) -> None:
        async with (
            aiohttp.ClientSession(self.server.url) as session,
            session.post(f"/sync/orders/{path}", json={**body, "delaySeconds": HELD_S}) as answer,
        ):
            assert answer.status == 200, await answer.text()

    async def filled(self) -> None:
        """Returns when the shop's past is in, and the ERP has told its own."""
        async with asyncio.timeout(PATIENCE_S):
            while (await self.get("/health")).get("backfill", {}).get("state") != "done":  # noqa: ASYNC110
                await asyncio.sleep(LOOK_S)
            async with self.shop.post("/control/target", json={"url": self.server.url}):
                pass
            async with self.shop.post("/control/drain"):
                pass

    async def first(self, tab: str, **wanted: str) -> str:
        """The id of an order of a tab that has these values, itself or its return."""
        for row in (await self.get(f"/sync/orders?tab={tab}&pageSize=250"))["orders"]["items"]:
            if not row["hold"] and all(
                {**row, **(row["return"] or {})}.get(name) == value for name, value in wanted.items()
            ):
                return str(row["id"])
        raise AssertionError(f"no order in {tab} with {wanted}")

    async def sent(self) -> None:
        """Returns when nothing waits in the outbox."""
        async with asyncio.timeout(PATIENCE_S):
            while set((await self.get("/sync/outbox"))["counts"]) != {"done"}:  # noqa: ASYNC110
                await asyncio.sleep(LOOK_S)

    async def ledger(self) -> list[dict[str, Any]]:
        async with self.shop.get("/ledger") as answer:
            entries: list[dict[str, Any]] = await answer.json()
            return entries


@pytest.fixture
async def world(database_url: str) -> AsyncIterator[World]:
    """A desk on a shop with a past, with every receiver on. Once per database."""
    async with shop(ORDERS) as (shop_url, secrets), aiohttp.ClientSession(shop_url) as session:
        proxy = Proxy(shop_url)
        async with proxy.running(), server(_settings(database_url, proxy, secrets)) as running:
            yield World(running, proxy, session)


def _settings(database_url: str, proxy: Proxy, secrets: Secrets) -> dict[str, str]:
    return {
        "DATABASE_URL": database_url,
        "SHOP_DOMAIN": DOMAIN,
        "SHOPIFY_WEBHOOK_SECRET": secrets.webhook,
        "SHOPIFY_ADMIN_TOKEN": secrets.admin_token,
        "SHOPIFY_API_URL": f"{proxy.url}/admin/api/2026-07/graphql.json",
        "SHOPIFY_WRITES": "on",
        "ERP_URL": f"{proxy.url}/erp",
        "ERP_SECRET": secrets.erp,
        "SUPPORT_URL": f"{proxy.url}/support",
        "SUPPORT_SECRET": secrets.support,
    }


async def test_a_relay_killed_between_call_and_record_leaves_one_effect_of_each(world: World) -> None:
    await world.filled()
    owed = await world.first("unfulfilled")
    coming_back = await world.first("returns", state="awaiting_refund")
    other = await world.first("all")
    unnumbered = await world.first("awaiting_tracking", status="awaiting_tracking")
    await world.act("fulfill", orderIds=[owed], notify=True)
    await world.act("fulfill", orderIds=[unnumbered], tracking={"number": "1Z999AA10123456784"}, notify=True)
    await world.act("returns", orderId=coming_back, action="approve_refund")
    await world.act("support", orderId=other, note="broken")
    await world.server.kill()
    due_ms = (HELD_S + 1) * SECOND
    await world.server.start(ahead_ms=due_ms)
    await world.proxy.has_held(*_MUTATIONS, "/erp", "/support")

    await world.server.kill()
    before = await world.ledger()
    world.proxy.holding = False
    await world.server.start(ahead_ms=due_ms + LEASE_MS + SECOND)
    await world.sent()

    after = await world.ledger()
    assert Counter(entry["name"] for entry in before) <= Counter(entry["name"] for entry in after)
    made = [entry["name"] for entry in after]
    assert [made.count(name) for name in ("fulfillmentCreate", "returnProcess", "returnClose")] == [1, 1, 1]
    assert [
        made.count(name) for name in ("fulfillmentTrackingInfoUpdate", "shipping_update", "shipping_confirmation")
    ] == [1] * 3
    assert [made.count(name) for name in ("return.refund_ordered", "support.escalated")] == [1, 1]
    assert all(entry["repeats"] for entry in after if entry["kind"] in ("erp", "support"))
