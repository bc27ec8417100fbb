"""A server that loses its database, and finds it again: real processes, a database of its own that is stopped and started."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from typing import Any

import aiohttp
import pytest
from tests.server.live.serving import Client, Event, stream
from tests.server.shell.test_serving import server
from tests.support.postgres import Cluster, cluster

SECRET = "hush"
WAIT_S = 30


@pytest.fixture
def own_cluster(postgres_cluster: Cluster) -> Iterator[Cluster]:
    """One that may be stopped. `postgres_cluster`: where there is no PostgreSQL, this test is skipped as others are."""
    with cluster() as running:
        running.create("desk")
        yield running


async def gap(client: Client) -> dict[str, Any]:
    """The next gap that the stream tells of."""
    while (event := await _next(client)).data["type"] != "data_gap":
        pass
    return event.data


async def _next(client: Client) -> Event:
    async with asyncio.timeout(WAIT_S):
        return await client.event()


@pytest.fixture
async def session() -> AsyncIterator[aiohttp.ClientSession]:
    async with aiohttp.ClientSession() as opened:
        yield opened


async def test_a_lost_database_is_a_503_and_a_gap_and_comes_back_by_itself(
    own_cluster: Cluster, session: aiohttp.ClientSession, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ORDERS_SYNC_SHOPIFY_WEBHOOK_SECRET", SECRET)
    async with server(
        own_cluster.url("desk"),
    ) as (process, url):
        page = f"{url}/sync/orders"
        assert (await session.get(page)).status == 200
        async with stream(int(url.rpartition(":")[2])) as client:
            (newest,) = [event.id for event in await client.opening()]
            await asyncio.to_thread(own_cluster.stop)

            opened = await gap(client)
            assert (opened["gap"], opened["status"], opened["severity"]) == ("database_lost", "open", "critical")
            assert opened["id"] == newest
            await _refuses(session, url)

            await asyncio.to_thread(own_cluster.start)
            cleared = await gap(client)
            while cleared["status"] == "open":
                cleared = await gap(client)
            assert cleared["alert_id"] == opened["alert_id"]
            assert cleared["id"] != newest

        health = await (await session.get(f"{url}/health")).json()
        assert (health["status"], health["database"]) == ("ok", "ok")
        assert (await session.get(page)).status == 200
        assert (await _act(session, url)).status == 404
        assert process.returncode is None


async def _refuses(session: aiohttp.ClientSession, url: str) -> None:
    """Every request that needs the database; what was read before is not shown as if it were true still."""
    for answer in (await session.get(f"{url}/sync/orders"), await _act(session, url)):
        assert (answer.status, (await answer.json())["code"]) == (503, "unavailable")
        assert int(answer.headers["Retry-After"]) >= 1
    health = await session.get(f"{url}/health")
    assert (health.status, (await health.json())["status"]) == (200, "degraded")
    assert (await session.get(f"{url}/health/ready")).status == 503
    assert (await session.get(f"{url}/health/live")).status == 200
    metrics = await (await session.get(f"{url}/prometheus")).text()
    assert "orders_sync_database_up 0.0" in metrics
    refused = await session.get(f"{url}/sync/orders/alerts", headers={"Accept": "text/event-stream"})
    assert (refused.status, "Retry-After" in refused.headers) == (503, True)


async def _act(session: aiohttp.ClientSession, url: str) -> aiohttp.ClientResponse:
    body = {"orderIds": ["1"], "assignee": "bo"}
    return await session.post(f"{url}/sync/orders/assign", json=body, headers={"Idempotency-Key": "k"})
