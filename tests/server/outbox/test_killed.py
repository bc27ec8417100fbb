"""`kill -9` at every step of a write: the shop, the ERP and the support queue hold exactly one effect of each.

Real processes: the server, and the simulated shop. A proxy between them holds requests, or answers, until the server is dead.
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
from orders_wire.actions import GivenAddress

LOOK_S = 0.05
PATIENCE_S = 60
HELD_S = 60
"""The longest that outbound work can wait."""
STEP_MS = max(HELD_S * SECOND, LEASE_MS) + SECOND
"""All of it is due, and every lease has run out, when the clock runs ahead by so much more. Four of them are less than what the
ERP lets a signature be off."""
ORDERS = 160


Json = dict[str, Any]


@dataclass
class Proxy:
    """In front of the shop. A change that is among those of `holding` is passed on while `passing`, and is never answered."""

    shop_url: str
    url: str = ""
    holding: frozenset[str] = frozenset()
    passing: bool = True
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
        """Returns when exactly these came and are held."""
        async with asyncio.timeout(PATIENCE_S):
            while sorted(self.held) != sorted(what):
                self.news.clear()
                await self.news.wait()

    async def _pass(self, session: aiohttp.ClientSession, request: web.Request) -> web.Response:
        body, headers = await request.read(), {n: v for n, v in request.headers.items() if n.lower() != "host"}
        name = _changes(request.path, body)
        if not self.passing and name in self.holding:
            await self._hold(name)
        async with session.post(request.path, data=body, headers=headers) as answer:
            passed = web.Response(status=answer.status, body=await answer.read(), content_type=answer.content_type)
        if name in self.holding:
            await self._hold(name)
        return passed

    async def _hold(self, name: str) -> None:
        self.held.append(name)
        self.news.set()
        await asyncio.Event().wait()


def _changes(path: str, body: bytes) -> str:
    """What a request does to its receiver; its path where that is all to be said of it, also when it only reads."""
    return next((name for name in _MUTATIONS if name.encode() in body), path)


_FIRST = (
    "fulfillmentCreate",
    "fulfillmentTrackingInfoUpdate",
    "returnProcess",
    "metafieldsSet",
    "tagsAdd",
    "orderUpdate",
)
_MUTATIONS = (*_FIRST, "tagsRemove", "orderCancel")
_ALL = (*_FIRST, "/erp", "/support")

_OPEN_ORDERS = """{ locations(first: 2) { nodes { id } } orders(first: 50, reverse: true) { nodes { id
  fulfillmentOrders(first: 5) { nodes { id status supportedActions { action }
    lineItems(first: 5) { nodes { id remainingQuantity lineItem { id } } } } } } } }"""
_MOVE = """mutation M($id: ID!, $to: ID!, $lines: [FulfillmentOrderLineItemInput!]) {
  fulfillmentOrderMove(id: $id, newLocationId: $to, fulfillmentOrderLineItems: $lines) { userErrors { message } } }"""


@dataclass
class World:
    """The server, the proxy, and the shop's own books."""

    server: ServerProcess
    proxy: Proxy
    shop: aiohttp.ClientSession
    token: str = ""
    ahead_ms: int = 0

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

    async def first(self, tab: str, but: str = "", **wanted: str) -> str:
        """The id of an order of a tab, not `but`, that has these values, itself or its return."""
        for row in (await self.get(f"/sync/orders?tab={tab}&pageSize=250"))["orders"]["items"]:
            if (
                row["id"] != but
                and not row["hold"]
                and all({**row, **(row["return"] or {})}.get(name) == value for name, value in wanted.items())
            ):
                return str(row["id"])
        raise AssertionError(f"no order in {tab} with {wanted}")

    async def tag_and_correct(self, *besides: str) -> None:
        """A tag for another on one order, another address on a second."""
        rows = (await self.get("/sync/orders?pageSize=250"))["orders"]["items"]
        plain = [row for row in rows if row["id"] not in besides and row["status"] != "cancelled"]
        tagged = next(row for row in plain if row["tags"])
        await self.act("tags", orderIds=[tagged["id"]], add=["kept-once"], remove=tagged["tags"][:1])
        moved = next(row for row in plain if row is not tagged and row["ship_by"] and row["delivery"] == "shipping")
        there = (await self.get(f"/sync/orders/{moved['order_number'].strip('#')}"))["shipping_address"]
        address = {name: there[name] for name in GivenAddress.model_fields} | {"address1": "1 New Road"}
        await self.act("address", orderId=moved["id"], shippingAddress=address)

    async def of_two_locations(self) -> tuple[str, list[Json]]:
        """An order of which one unit is moved to another location, and what it owes then."""
        answer = await self._ask(_OPEN_ORDERS)
        for order in answer["orders"]["nodes"]:
            parts = order["fulfillmentOrders"]["nodes"]
            lines = parts[0]["lineItems"]["nodes"] if len(parts) == 1 and parts[0]["status"] == "OPEN" else []
            if sum(line["remainingQuantity"] for line in lines) > 1:
                given = {"id": parts[0]["id"], "to": answer["locations"]["nodes"][1]["id"]}
                await self._ask(_MOVE, **given, lines=[{"id": lines[0]["id"], "quantity": 1}])
                return order["id"], [
                    {"lineId": line["lineItem"]["id"], "quantity": line["remainingQuantity"]} for line in lines
                ]
        raise AssertionError("no open order owes two units")

    async def _ask(self, query: str, **variables: Any) -> Json:
        headers = {"X-Shopify-Access-Token": self.token}
        body = {"query": query, "variables": variables}
        async with self.shop.post("/admin/api/2026-07/graphql.json", json=body, headers=headers) as answer:
            told: Json = (await answer.json())["data"]
            return told

    async def killed_while(self, *held: str, passing: bool) -> Counter[str]:
        """Starts the server when all that was claimed before is free again, and kills it when these are held, having been passed
        on or not. Returns what the shop's books have then."""
        self.proxy.held.clear()
        self.proxy.holding, self.proxy.passing = frozenset(held), passing
        await self.start()
        await self.proxy.has_held(*held)
        await self.server.kill()
        return Counter(entry["name"] for entry in await self.ledger())

    async def start(self) -> None:
        self.ahead_ms += STEP_MS
        await self.server.start(ahead_ms=self.ahead_ms)

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
            yield World(running, proxy, session, secrets.admin_token)


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


async def test_a_relay_killed_at_any_step_leaves_one_effect_of_each(world: World) -> None:
    await world.filled()
    split, lines = await world.of_two_locations()
    owed = await world.first("unfulfilled", but=split)
    coming_back = await world.first("returns", state="awaiting_refund")
    other = await world.first("all", but=split)
    unnumbered = await world.first("awaiting_tracking", status="awaiting_tracking")
    await world.act("fulfill", orderIds=[owed], notify=True)
    await world.act("fulfill", orderIds=[split], lines=lines, tracking={"number": "1Z999AA10123456784"}, notify=True)
    await world.act("fulfill", orderIds=[unnumbered], tracking={"number": "1Z999AA10123456784"}, notify=True)
    await world.act("returns", orderId=coming_back, action="approve_refund")
    await world.act("support", orderId=other, note="broken")
    await world.tag_and_correct(split, owed, coming_back, other, unnumbered)
    await world.server.kill()
    before = Counter(entry["name"] for entry in await world.ledger())

    assert await world.killed_while(*_ALL, "fulfillmentCreate", passing=False) == before, "before they left"
    made = await world.killed_while(*_ALL, "fulfillmentCreate", passing=True)
    assert made["fulfillmentCreate"] - before["fulfillmentCreate"] == 2, "before they were recorded"
    made = await world.killed_while("fulfillmentCreate", "tagsRemove", passing=True)
    assert made["fulfillmentCreate"] - before["fulfillmentCreate"] == 3, (
        "before that of the second location was recorded"
    )
    world.proxy.holding = frozenset()
    await world.start()
    await world.sent()

    after = await world.ledger()
    made = Counter(entry["name"] for entry in after) - before
    assert made["fulfillmentCreate"] == made["shipping_confirmation"] == 3
    once = ("returnProcess", "returnClose", "fulfillmentTrackingInfoUpdate", "shipping_update")
    assert [made[name] for name in (*once, "return.refund_ordered", "support.escalated")] == [1] * 6
    assert [made[name] for name in ("tagsAdd", "tagsRemove", "orderUpdate")] == [1] * 3
    assert all(entry["repeats"] for entry in after if entry["kind"] in ("erp", "support"))
    mailed = Counter(entry["subject"] for entry in after if entry["kind"] == "mail")
    assert set(mailed.values()) == {1}, "at most once per fulfilment"
    numbers = [
        entry["effect"]["numbers"]
        for entry in after
        if entry["name"] == "fulfillmentCreate" and entry["subject"] == split
    ]
    assert sorted(numbers) == [[], ["1Z999AA10123456784"]], "the first alone has the number"
    await cancelled_once(world)


async def cancelled_once(world: World) -> None:
    """One whose answer is lost with its process is not asked for again: it is read whether the order is cancelled."""
    for row in (await world.get("/sync/orders?tab=unfulfilled&pageSize=250"))["orders"]["items"]:
        order = await world.get(f"/sync/orders/{row['order_number'].strip('#')}")
        if not (order["fulfillments"] or order["returns"] or order["hold"]) and order["financial_status"] == "paid":
            break
    wish = {"reason": "fraud", "refund": "original", "restock": True, "notify": True}
    await world.act("cancel", orderId=order["id"], **wish)
    await world.server.kill()
    await world.killed_while("orderCancel", passing=True)
    world.proxy.holding = frozenset()
    await world.start()
    await world.sent()
    made = Counter(f"{each['kind']} {each['name']}" for each in await world.ledger() if each["subject"] == order["id"])
    once = ("mutation orderCancel", "refund orderCancel", "mail order_cancelled")
    assert [made[what] for what in once] == [1, 1, 1]
    after = await world.get(f"/sync/orders/{order['order_number'].strip('#')}")
    assert (after["status"], after["cancelling"], after["outbound"]) == ("cancelled", None, {"waiting": 0, "failed": 0})
