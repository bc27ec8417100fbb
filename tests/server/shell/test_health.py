"""What the server says of itself: health, the caller, and what to watch: contract §5."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer
from prometheus_client.parser import text_string_to_metric_families
from tests.server.conftest import SettableClock
from tests.support.slow_database import out_of_time

from orders_sync.alerts import app_installation
from orders_sync.app import build
from orders_sync.db import connections, leases
from orders_sync.db.engine import Database
from orders_sync.db.failures import Unavailable
from orders_sync.db.tx import Tx
from orders_sync.http.app_keys import DATABASE, Caller
from orders_sync.http.auth import Tokens, digest
from orders_sync.live.readiness import READINESS, Readiness
from orders_sync.metrics import Metrics
from orders_sync.poller import progress
from orders_sync.poller.progress import Backfill, PollerState
from orders_sync.settings import load
from orders_wire.vocabulary import Role

Client = TestClient[web.Request, web.Application]


@pytest.fixture
async def client(database_url: str, clock: SettableClock) -> AsyncIterator[Client]:
    """A server without a shop."""
    given = {"database_url": database_url, "timezone": "Europe/Berlin", "undo_seconds": "5"}
    async with TestClient(TestServer(build(load(given, {}, Path("/dev/null")), clock=clock))) as running:
        yield running


async def told(client: Client, path: str) -> dict[str, Any]:
    body: dict[str, Any] = await (await client.get(path)).json()
    return body


async def polled(client: Client, known: PollerState) -> None:
    def job(tx: Tx) -> None:
        fence = leases.take(tx, progress.NAME, "test", 1000)
        assert fence is not None
        progress.store(tx, fence, known)

    assert client.app is not None
    await client.app[DATABASE].write(job)


async def test_health_without_a_token_says_that_the_poller_is_off(client: Client) -> None:
    body = await told(client, "/health")
    assert (body["status"], body["service"], body["timestamp"]) == ("ok", "sync", "2026-03-10T12:00:00Z")
    assert body["poller"] == {"state": "off"}
    assert body["backfill"] == {"state": "off", "done": 0, "total": 0}
    assert body["database"] == "ok"
    assert body["shopify_writes"] is False


async def test_health_is_degraded_while_the_last_tick_failed(client: Client) -> None:
    await polled(client, PollerState(error="Shopify cannot be reached"))
    assert (await told(client, "/health"))["status"] == "degraded"


async def test_health_is_degraded_while_the_shop_has_not_the_app(client: Client) -> None:
    assert (await told(client, "/health"))["app"] == "installed"
    assert client.app is not None
    await client.app[DATABASE].write(lambda tx: app_installation.uninstalled(tx, tx.now))
    body = await told(client, "/health")
    assert (body["status"], body["app"]) == ("degraded", "uninstalled")


async def test_a_stranger_is_told_words_alone(
    database_url: str, clock: SettableClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With tokens: no reason, no figure, no version, no id, whatever went wrong; whoever has a token is told all."""

    async def found(_self: Readiness) -> str:
        return "no password for clerk"

    monkeypatch.setattr(Readiness, "_found", found)
    given = {"database_url": database_url, "shopify_admin_token": "shpat_1", "shopify_api_url": "http://127.0.0.1:9"}
    tokens = Tokens({digest("secret"): Caller("lea", Role.LEAD, digest("secret"))})
    app = build(load(given, {}, Path("/dev/null")), clock=clock, tokens=tokens)
    async with TestClient(TestServer(app)) as client:
        await app[READINESS].look()
        for headers in ({}, {"Authorization": "Bearer guess"}, {"Authorization": "Basic x"}, {"X-Operator": "lea"}):
            answer = await client.get("/health", headers=headers)
            body = await answer.json()
            assert set(body) == {"status", "service", "timestamp", "database", "backfill", "poller"}
            assert (answer.headers["Server"], body["status"], body["database"]) == (
                "orders-sync",
                "degraded",
                "unavailable",
            )
            assert set(body["backfill"]) == set(body["poller"]) == {"state"}
            ready = await client.get("/health/ready", headers=headers)
            assert (ready.status, await ready.json()) == (503, {"status": "unavailable"})
        known = await (await client.get("/health", headers={"Authorization": "Bearer secret"})).json()
        assert known["reason"] == "no password for clerk"


async def test_without_its_database_the_server_lives_and_is_not_ready(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def unreachable(_self: Database, _fn: object) -> None:
        raise Unavailable

    assert (await client.get("/health/ready")).status == 200
    monkeypatch.setattr(Database, "read", unreachable)
    health = await client.get("/health")
    assert (health.status, (await health.json())["status"]) == (200, "degraded")
    assert (await client.get("/health/ready")).status == 503
    assert (await client.get("/health/live")).status == 200


async def test_a_database_that_is_too_slow_is_as_good_as_none(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connections, "begin_snapshot", out_of_time)
    for path in ("/sync/orders", "/sync/orders/17", "/sync/owners"):
        answer = await client.get(path)
        assert (answer.status, (await answer.json())["code"]) == (503, "unavailable"), path
        assert int(answer.headers["Retry-After"]) >= 1
    health = await client.get("/health")
    assert (health.status, (await health.json())["status"]) == (200, "degraded")
    assert (await client.get("/health/ready")).status == 503
    assert "orders_sync_database_up 0.0" in await (await client.get("/prometheus")).text()


async def test_the_caller_is_told_who_it_is_and_how_the_desk_works(client: Client) -> None:
    body = await (await client.get("/sync/me", headers={"X-Operator": "bo"})).json()
    assert (body["name"], body["role"], body["time_zone"], body["undo_seconds"]) == ("bo", "lead", "Europe/Berlin", 5)
    assert body["desk"]["version"] == 0
    assert body["contract_version"] == "1.2"


async def test_metrics_count_answers_by_route_and_show_the_desk(client: Client, clock: SettableClock) -> None:
    backfill = Backfill(began_at=clock(), done=50, total=200)
    await polled(client, PollerState(backfill=backfill, ended_at=clock()))
    clock.advance(3000)
    await client.get("/sync/orders/17")
    answer = await client.get("/prometheus")
    assert answer.content_type == "text/plain"
    samples = {
        (sample.name, tuple(sorted(sample.labels.items()))): sample.value
        for family in text_string_to_metric_families(await answer.text())
        for sample in family.samples
    }
    one_order = (("method", "GET"), ("route", "/sync/orders/{id}"), ("status", "404"))
    assert samples["orders_sync_requests_total", one_order] == 1
    assert samples["orders_sync_orders", (("tab", "unfulfilled"),)] == 0
    assert samples["orders_sync_backfill_ratio", ()] == 0.25
    assert samples["orders_sync_poll_age_seconds", ()] == 3
    assert samples["orders_sync_database_up", ()] == 1
    assert samples["orders_sync_outbox_due_age_seconds", ()] == 0
    assert {"orders_sync_events_untold", "orders_sync_database_waiting"} <= {name for name, _ in samples}


def test_the_operations_manual_names_every_metric() -> None:
    manual = (Path(__file__).parents[3] / "docs" / "operations.md").read_text("utf-8")
    names = {family.name for family in Metrics().registry.collect()}
    assert {name for name in names if f"`{name}" not in manual} == set()
