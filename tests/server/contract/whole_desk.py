"""A whole desk over one database, as whoever holds the contract sees it: asked and told over HTTP, and nothing else.

Only its clock, its relay and its sweeper are in the test's hand.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import orjson
from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer
from tests.support.acting import ALL_ON

from orders_sync.app import ROUTES, WEBHOOK_ROUTES, end_streams, streams
from orders_sync.db import outbox_claims
from orders_sync.db.engine import Database
from orders_sync.db.outbox import OutboxRow
from orders_sync.http.app_keys import CLOCK, DATABASE, SETTINGS, SHOPIFY, THRESHOLDS, Caller
from orders_sync.http.auth import TOKENS, Tokens, authentication
from orders_sync.http.problems import problems
from orders_sync.instants import DAY
from orders_sync.metrics import METRICS, Metrics
from orders_sync.relay.relay import LEASE_MS, SHARE
from orders_sync.routes import orders
from orders_sync.settings import Settings
from orders_sync.upkeep.retention import Retention
from orders_sync.upkeep.sweeper import Sweeper
from orders_wire.vocabulary import Role

SECRET = "hush"
PEOPLE = {"vic": Role.VIEWER, "oda": Role.OPERATOR, "omar": Role.OPERATOR, "lea": Role.LEAD}

Body = dict[str, Any]
Answer = tuple[int, Body]


def signed_by_token(names: Mapping[str, Role] = PEOPLE) -> Tokens:
    """Everybody's token is their name."""
    return Tokens({hashlib.sha256(name.encode()).hexdigest(): Caller(name, role) for name, role in names.items()})


@dataclass
class WholeDesk:
    """What a client can do. `by` an operator's name: over loopback as `X-Operator`, with tokens as the bearer."""

    client: TestClient[web.Request, web.Application]
    database: Database
    tokens: bool

    async def act(self, action: str, body: object, *, key: str | None = None, by: str | None = None) -> Answer:
        """Posts to `/sync/orders/<action>`."""
        status, answer = await self.raw(action, orjson.dumps(body), key=key, by=by)
        return status, orjson.loads(answer)

    async def raw(
        self, action: str, body: bytes, *, key: str | None = None, by: str | None = None
    ) -> tuple[int, bytes]:
        headers = {"Content-Type": "application/json", **self._who(by)}
        if key is not None:
            headers["Idempotency-Key"] = key
        async with self.client.post(f"/sync/orders/{action}", data=body, headers=headers) as response:
            return response.status, await response.read()

    async def done(self, action: str, body: object, *, by: str | None = None) -> Body:
        """The same; it has to succeed."""
        status, answer = await self.act(action, body, by=by)
        assert status == 200, answer
        assert answer["success"] is True
        return answer

    async def get(self, path: str, **parameters: str) -> Body:
        async with self.client.get(path, params=parameters, headers=self._who("lea")) as response:
            found: Body = await response.json()
            assert response.status == 200, found
            return found

    async def detail(self, order_id: str | int) -> Body:
        return await self.get(f"/sync/orders/{order_id}")

    async def page(self, **parameters: str) -> Body:
        return await self.get("/sync/orders", **parameters)

    async def events(self, since: str | None = None) -> list[Body]:
        """The polling fallback: what a stream would send."""
        found = await self.get("/sync/orders/alerts", **({} if since is None else {"since": since}))
        events: list[Body] = found["alerts"]
        return events

    async def webhook(self, topic: str, body: Body, webhook_id: str | None = None) -> None:
        """What the shop tells, signed."""
        raw = orjson.dumps(body)
        signature = base64.b64encode(hmac.digest(SECRET.encode(), raw, hashlib.sha256)).decode()
        headers = {"X-Shopify-Topic": topic, "X-Shopify-Hmac-Sha256": signature}
        if webhook_id is not None:
            headers["X-Shopify-Webhook-Id"] = webhook_id
        async with self.client.post("/shopify/webhook", data=raw, headers=headers) as response:
            assert response.status == 200, await response.text()

    async def sweep(self) -> None:
        """What time does, up to now."""
        keep = Retention(events=7 * DAY, answers=3 * DAY)
        await Sweeper(self.database, Settings().thresholds, keep, owner="one").sweep()

    async def claim(self) -> list[OutboxRow]:
        """A relay takes what is due for the shop, and has it under way from now on."""
        return await self.database.write(lambda tx: outbox_claims.claim(tx, "relay", ["shopify"], LEASE_MS, SHARE))

    def _who(self, by: str | None) -> dict[str, str]:
        if by is None:
            return {}
        return {"Authorization": f"Bearer {by}"} if self.tokens else {"X-Operator": by}


@asynccontextmanager
async def whole_desk(db: Database, tokens: Tokens | None = None, **settings: Any) -> AsyncIterator[WholeDesk]:
    """Every route over this database, with every receiver on unless `settings` say otherwise; nothing is sent by itself."""
    app = web.Application(middlewares=[problems, authentication])
    app[DATABASE] = db
    app[SETTINGS] = Settings.model_validate({**ALL_ON, "shopify_webhook_secret": SECRET, **settings})
    app[THRESHOLDS], app[CLOCK], app[SHOPIFY], app[TOKENS] = app[SETTINGS].thresholds, db.clock, None, tokens
    app[METRICS] = Metrics()
    app.cleanup_ctx.extend([orders.reading, streams])
    app.on_shutdown.append(end_streams)
    for routes in (*ROUTES, *WEBHOOK_ROUTES):
        app.add_routes(routes)
    async with TestClient(TestServer(app)) as client:
        yield WholeDesk(client, db, tokens is not None)
