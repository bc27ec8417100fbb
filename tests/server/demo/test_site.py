"""The simulation over HTTP: its API, the ERP and the support queue, the ledger, and the strings that tests pull."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import aiohttp
import pytest
from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer
from standardwebhooks import Webhook
from tests.server.demo.worlds import SECRETS

from orders_demo.erp import Pace
from orders_demo.identity import CLIENT_ID
from orders_demo.rest.topics import BODIES
from orders_demo.simulation import Plan, Simulation, simulate
from orders_demo.site import application
from orders_demo.webhooks.manners import POLITE
from orders_demo.world.ids import gid

API = "/admin/api/2026-07/graphql.json"
TOKEN = {"X-Shopify-Access-Token": SECRETS.admin_token}
Client = TestClient[web.Request, web.Application]


@dataclass
class Desk:
    """A stand-in for the Sync server: takes webhooks and ERP messages."""

    url: str = ""
    topics: list[str] = field(default_factory=list)
    messages: list[tuple[str, dict[str, Any]]] = field(default_factory=list)
    erp_status: int = 200

    async def webhook(self, request: web.Request) -> web.Response:
        self.topics.append(request.headers["X-Shopify-Topic"])
        return web.json_response({"ok": True})

    async def erp(self, request: web.Request) -> web.Response:
        body = Webhook(SECRETS.erp).verify(await request.read(), dict(request.headers.items()))
        self.messages.append((request.headers["webhook-id"], body))
        return web.json_response({}, status=self.erp_status)


@pytest.fixture
def simulation() -> Simulation:
    async def instantly(_: float) -> None:
        await asyncio.sleep(0)

    plan = Plan(260, 7, SECRETS, still=True, manners=POLITE)
    made = simulate(plan, sleep=instantly)
    made.erp.pace = Pace((0, 0), (0, 0))
    return made


@pytest.fixture
async def client(simulation: Simulation) -> AsyncIterator[Client]:
    async with TestClient(TestServer(application(simulation))) as client:
        yield client


@pytest.fixture
async def desk() -> AsyncIterator[Desk]:
    desk, app = Desk(), web.Application()
    app.router.add_post("/shopify/webhook", desk.webhook)
    app.router.add_post("/erp/webhook", desk.erp)
    async with TestServer(app) as server:
        desk.url = str(server.make_url(""))
        yield desk


async def test_an_app_without_a_token_draws_its_own(client: Client) -> None:
    form = {"grant_type": "client_credentials", "client_id": CLIENT_ID, "client_secret": SECRETS.webhook}
    async with client.post("/admin/oauth/access_token", data=form) as answer:
        drawn = await answer.json()
    assert (answer.status, drawn["expires_in"]) == (200, 86399)
    header = {"X-Shopify-Access-Token": drawn["access_token"]}
    question = {"query": "{ shop { name } }"}
    async with client.post(API, json=question, headers=header) as answer:
        assert (await answer.json())["data"]["shop"]["name"] == "Lighthouse Goods"
    await _control(client, "revoke")
    async with client.post(API, json=question, headers=header) as answer:
        assert answer.status == 401
    for name, error in (
        ("client_id", "application_cannot_be_found"),
        ("client_secret", "invalid_client"),
        ("grant_type", "unsupported_grant_type"),
    ):
        async with client.post("/admin/oauth/access_token", data={**form, name: "other"}) as answer:
            assert (answer.status, (await answer.json())["error"]) == (400, error)


async def test_jobs_are_done_though_nobody_asks_and_may_end_without_effect(
    client: Client, simulation: Simulation
) -> None:
    told = await _control(client, "jobs", after_s=0, fruitless=1)
    assert told == {"after_s": 0, "fruitless": 1}
    stage = simulation.stage
    order = next(each for each in stage.shop.orders.values() if each.owed and not (each.parcels or each.cancelled_at))
    cancel = "mutation($id: ID!) { orderCancel(orderId: $id, reason: OTHER, restock: true) { job { id } } }"
    for effect in (False, True):
        await _ask(client, cancel, id=gid("Order", order.id))
        async with asyncio.timeout(10):
            while stage.jobs.under_way(gid("Order", order.id)):  # noqa: ASYNC110
                await asyncio.sleep(0.02)
        assert (order.cancelled_at is not None) is effect


async def _control(client: Client, verb: str, **body: Any) -> dict[str, Any]:
    async with client.post(f"/control/{verb}", json=body) as answer:
        assert answer.status == 200, await answer.text()
        found: dict[str, Any] = await answer.json()
        return found


async def _ask(client: Client, query: str, **variables: Any) -> dict[str, Any]:
    async with client.post(API, json={"query": query, "variables": variables}, headers=TOKEN) as answer:
        assert answer.status == 200
        found: dict[str, Any] = await answer.json()
        return found


async def _post(client: Client, path: str, secret: str, body: dict[str, Any], message_id: str = "msg_1") -> int:
    raw, now = json.dumps(body), datetime.now(UTC)
    headers = {
        "webhook-id": message_id,
        "webhook-timestamp": str(int(now.timestamp())),
        "webhook-signature": Webhook(secret).sign(message_id, now, raw),
    }
    async with client.post(path, data=raw, headers=headers) as answer:
        return answer.status


async def test_the_api_wants_the_apps_token(client: Client) -> None:
    async with client.post(
        API, json={"query": "{ shop { name } }"}, headers={"X-Shopify-Access-Token": "no"}
    ) as answer:
        assert answer.status == 401
        assert "Invalid API key or access token" in await answer.text()


@pytest.mark.parametrize(
    ("asked", "answered"), [("2026-07", "2026-07"), ("2025-10", "2025-10"), ("2019-04", "2025-10")]
)
async def test_the_api_says_which_version_answered(asked: str, answered: str, client: Client) -> None:
    path = f"/admin/api/{asked}/graphql.json"
    async with client.post(path, json={"query": "{ shop { name } }"}, headers=TOKEN) as answer:
        assert answer.headers["X-Shopify-API-Version"] == answered
        assert (await answer.json())["data"]["shop"]["name"] == "Lighthouse Goods"


async def test_the_desk_is_subscribed_to_every_topic_there_is(
    client: Client, desk: Desk, simulation: Simulation
) -> None:
    await _control(client, "target", url=desk.url)
    topics = {entry.topic for entry in simulation.subscriptions.entries}
    assert set(BODIES) < topics
    assert {"orders/delete", "app/uninstalled", "fulfillment_orders/moved"} < topics
    await _control(client, "drain")


async def test_a_tick_reaches_the_desk_as_webhooks(client: Client, desk: Desk) -> None:
    await _control(client, "target", url=desk.url)
    await _control(client, "drain")
    happened = await _control(client, "tick", count=1, story="order_placed")
    assert happened["happened"][0].startswith("order_placed #")
    await _control(client, "drain")
    assert {"orders/create", "orders/updated"} <= set(desk.topics)


async def test_the_erp_tells_the_past_as_soon_as_somebody_listens(
    client: Client, desk: Desk, simulation: Simulation
) -> None:
    before = (await (await client.get("/control/status")).json())["erp"]
    assert before["past_unsaid"] == len(simulation.past.evidence) > 0
    await _control(client, "target", url=desk.url)
    after = await _control(client, "drain")
    assert (after["erp"]["past_unsaid"], after["erp"]["sent"]) == (0, len(simulation.past.evidence))
    told = {body["type"] for _, body in desk.messages}
    assert told == {"return.in_transit", "return.received", "return.inspected", "return.refunded", "inventory.expected"}
    received = next(body for _, body in desk.messages if body["type"] == "return.received")
    assert received["data"]["return_id"].startswith("gid://shopify/Return/")
    assert received["timestamp"] < datetime.now(UTC).isoformat()


async def test_an_erp_that_is_not_listened_to_gives_up_quietly(client: Client, desk: Desk) -> None:
    desk.erp_status = 404
    await _control(client, "target", url=desk.url)
    status = await _control(client, "drain")
    assert (status["erp"]["unsaid"], status["erp"]["sent"]) == (0, 0)


async def test_the_erp_answers_a_request_for_inspection(client: Client, desk: Desk, simulation: Simulation) -> None:
    await _control(client, "target", url=desk.url)
    await _control(client, "drain")
    desk.messages.clear()
    entry = next(entry for entry in simulation.stage.shop.returns.values() if entry.status == "OPEN")
    body = {"type": "return.inspection_requested", "data": {"return_id": gid("Return", entry.id)}}
    assert await _post(client, "/erp", SECRETS.erp, body) == 200
    await _control(client, "drain")
    assert sorted(message["type"] for _, message in desk.messages) == ["return.inspected", "return.received"]


@pytest.mark.parametrize(
    ("asked", "answered"),
    [
        ({"type": "return.refund_ordered"}, ["return.refunded"]),
        ({"type": "return.refund_approved"}, []),
        ({"type": "return.denied"}, []),
        ({"type": "inventory.escalated", "data": {"sku": "LAMP-ARC-BRS"}}, ["inventory.expected"]),
        ({"type": "something.new"}, []),
    ],
)
async def test_what_the_erp_answers(
    asked: dict[str, Any], answered: list[str], client: Client, desk: Desk, simulation: Simulation
) -> None:
    await _control(client, "target", url=desk.url)
    await _control(client, "drain")
    desk.messages.clear()
    entry = next(iter(simulation.stage.shop.returns.values()))
    body = {"data": {"return_id": gid("Return", entry.id)}} | asked
    assert await _post(client, "/erp", SECRETS.erp, body) == 200
    await _control(client, "drain")
    assert [message["type"] for _, message in desk.messages] == answered


async def test_a_message_is_entered_in_the_ledger_once_however_often_it_comes(client: Client) -> None:
    body = {"type": "support.escalated", "data": {"order_id": "gid://shopify/Order/1"}}
    assert [await _post(client, "/support", SECRETS.support, body) for _ in range(3)] == [202] * 3
    async with client.get("/ledger") as answer:
        [entry] = await answer.json()
    assert (entry["kind"], entry["name"], entry["subject"], entry["repeats"]) == (
        "support",
        "support.escalated",
        "msg_1",
        2,
    )


@pytest.mark.parametrize("path", ["/erp", "/support"])
async def test_a_message_with_a_wrong_signature_has_no_effect(path: str, client: Client) -> None:
    assert await _post(client, path, "whsec_" + "A" * 32, {"type": "return.denied"}) == 401
    async with client.get("/ledger") as answer:
        assert await answer.json() == []


TAG = 'mutation T($id: ID!) { tagsAdd(id: $id, tags: ["x"]) { userErrors { message } } }'


async def test_the_next_requests_can_be_made_to_fail_before_their_work(client: Client, simulation: Simulation) -> None:
    order = next(iter(simulation.stage.shop.orders.values()))
    await _control(client, "fail-next", target="graphql", count=1, status=503)
    async with client.post(
        API, json={"query": TAG, "variables": {"id": gid("Order", order.id)}}, headers=TOKEN
    ) as answer:
        assert (answer.status, answer.headers["Retry-After"]) == (503, "1")
    assert "x" not in order.tags
    assert (await _ask(client, TAG, id=gid("Order", order.id)))["data"]["tagsAdd"] == {"userErrors": []}


async def test_an_answer_can_be_lost_after_its_work_was_done(client: Client, simulation: Simulation) -> None:
    order = next(iter(simulation.stage.shop.orders.values()))
    await _control(client, "fail-next", target="graphql", count=1, status=0, when="after")
    with pytest.raises(aiohttp.ClientError):
        await _ask(client, TAG, id=gid("Order", order.id))
    assert "x" in order.tags
    assert len(simulation.stage.ledger.entries) == 1


async def test_bucket_and_scopes_can_be_set(client: Client) -> None:
    assert (await _control(client, "bucket", maximum=50, available=0, restoreRate=0.001))["currentlyAvailable"] == 0
    assert (await _ask(client, "{ shop { name } }"))["errors"][0]["message"] == "Throttled"
    await _control(client, "bucket", maximum=2000, available=2000)
    await _control(client, "scopes", without=["read_orders"])
    refused = await _ask(client, "{ orders(first: 1) { nodes { id } } }")
    assert refused["errors"][0]["extensions"]["code"] == "ACCESS_DENIED"


async def test_webhooks_can_be_switched_off_and_life_paused(client: Client, desk: Desk) -> None:
    await _control(client, "target", url=desk.url)
    await _control(client, "webhooks-off")
    await _control(client, "tick", count=5)
    await _control(client, "drain")
    assert desk.topics == []
    await _control(client, "pause")
    assert (await (await client.get("/control/status")).json())["paused"] is True


async def test_an_unknown_string_is_a_404_that_names_those_there_are(client: Client) -> None:
    async with client.post("/control/dance") as answer:
        assert answer.status == 404
        assert "webhooks-off" in await answer.text()
    async with client.post("/control/tick", json={"story": "dragons"}) as answer:
        assert answer.status == 400
