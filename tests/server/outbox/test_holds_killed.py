"""`kill -9` at every step of a hold and of a release: the shop has exactly one of each, and nothing else of its holds changes.

The steps: queued; claimed, while the shop is read; done there, with its answer on the way.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Mapping
from typing import Any

import aiohttp
import pytest
from aiohttp import web
from tests.server.outbox.test_killed import HELD_S, ORDERS, Proxy, World, _settings
from tests.support.processes import server, shop

from orders_sync.instants import SECOND
from orders_sync.relay.relay import LEASE_MS

READ, WRITTEN, DONE = b"query Holdable(", b"fulfillmentOrder", None
"""What the proxy keeps from the server: what a write reads first, the answer to what it does, or nothing."""

DUE_MS = (HELD_S + 1) * SECOND


class HoldsProxy(Proxy):
    """Holds back what belongs to holds, and counts how often."""

    step: bytes | None = DONE

    async def _pass(self, session: aiohttp.ClientSession, request: web.Request) -> web.Response:
        body = await request.read()
        if self.step is READ and READ in body:
            await self._keep(body)
        headers = {name: value for name, value in request.headers.items() if name.lower() != "host"}
        async with session.post(request.path, data=body, headers=headers) as answer:
            passed = web.Response(status=answer.status, body=await answer.read(), content_type=answer.content_type)
        if self.step is WRITTEN and (b"fulfillmentOrderHold(" in body or b"fulfillmentOrderReleaseHold(" in body):
            await self._keep(body)
        return passed

    async def _keep(self, body: bytes) -> None:
        self.held.append(body.decode())
        self.news.set()
        await asyncio.Event().wait()

    async def kept(self, count: int) -> None:
        async with asyncio.timeout(60):
            while len(self.held) < count:
                self.news.clear()
                await self.news.wait()
        self.held.clear()


@pytest.fixture
async def world(database_url: str) -> AsyncIterator[World]:
    async with shop(ORDERS) as (shop_url, secrets), aiohttp.ClientSession(shop_url) as session:
        proxy = HoldsProxy(shop_url)
        async with proxy.running(), server(_settings(database_url, proxy, secrets)) as running:
            yield World(running, proxy, session)


async def test_a_relay_killed_at_every_step_leaves_one_hold_and_one_release(world: World) -> None:
    proxy = world.proxy
    assert isinstance(proxy, HoldsProxy)
    await world.filled()
    whole, ours, part = await _three(world)
    await _held_already(world, ours)
    line = next(line for line in part["line_items"] if line["owed"])
    units = [{"lineId": line["id"], "quantity": 1}]
    await world.act("hold", orderIds=[whole["id"]], reason="fraud")
    await world.act("hold", orderIds=[part["id"]], reason="customer", lines=units)
    await world.act("release", orderIds=[ours["id"]])
    await world.server.kill()
    for run, step in enumerate((READ, WRITTEN, DONE)):
        proxy.step = step
        await world.server.start(ahead_ms=DUE_MS + run * (LEASE_MS + SECOND))
        if step is not DONE:
            await proxy.kept(3)
            await world.server.kill()
    await world.sent()

    ledger = await _of_holds(world)
    made = Counter((each["name"], each["effect"]["order"], each["subject"]) for each in ledger)
    assert set(made.values()) == {1}, "no fulfilment order was held, or released, twice"
    by_order = {name: [order for made_by, order, _ in made if made_by == name] for name, _, _ in made}
    assert by_order["fulfillmentOrderReleaseHold"] == [ours["id"]]
    assert set(by_order["fulfillmentOrderHold"]) == {whole["id"], ours["id"], part["id"]}
    assert by_order["fulfillmentOrderHold"].count(part["id"]) == 1


async def _of_holds(world: World) -> list[dict[str, Any]]:
    return [entry for entry in await world.ledger() if "Hold" in entry["name"]]


async def _details(world: World, tab: str) -> AsyncIterator[dict[str, Any]]:
    for row in (await world.get(f"/sync/orders?tab={tab}&pageSize=250"))["orders"]["items"]:
        yield await world.get(f"/sync/orders/{row['id'].rpartition('/')[2]}")


async def _three(world: World) -> list[Mapping[str, Any]]:
    """Orders that owe something; the last owes the most, several units."""
    free = [each async for each in _details(world, "unfulfilled") if not each["hold"]]
    free.sort(key=_owed)
    assert _owed(free[-1]) > 1
    return [*free[:2], free[-1]]


def _owed(order: Mapping[str, Any]) -> int:
    return sum(line["owed"] for line in order["line_items"])


async def _held_already(world: World, order: Mapping[str, Any]) -> None:
    """The shop has a hold of ours on it."""
    body = {"orderIds": [order["id"]], "reason": "address", "delaySeconds": 0}
    async with (
        aiohttp.ClientSession(world.server.url) as session,
        session.post("/sync/orders/hold", json=body) as answer,
    ):
        assert answer.status == 200, await answer.text()
    await world.sent()
