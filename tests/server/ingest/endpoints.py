"""The webhook routes on a real socket, over one database."""

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
from tests.server.conftest import SHOP

from orders_sync.db.engine import Database
from orders_sync.http.app_keys import CLOCK, DATABASE, SETTINGS, THRESHOLDS
from orders_sync.http.problems import problems
from orders_sync.ingest import webhook, webhook_hmac
from orders_sync.routes import erp
from orders_sync.routes import webhook as webhook_routes
from orders_sync.rules.thresholds import Thresholds
from orders_sync.settings import Settings

SECRET = "hush"
Answer = tuple[int, dict[str, Any]]


def sign(body: bytes, secret: str = SECRET) -> str:
    return base64.b64encode(hmac.digest(secret.encode(), body, hashlib.sha256)).decode()


@dataclass(frozen=True)
class Endpoints:
    """Posts to the two paths."""

    client: TestClient[Any, Any]

    async def shopify(
        self, body: bytes, headers: Mapping[str, str] | None = None, *, secret: str | None = SECRET
    ) -> Answer:
        signed = {} if secret is None else {webhook_hmac.SIGNATURE: sign(body, secret)}
        return await self.post("/shopify/webhook", body, {**signed, **(headers or {})})

    async def tell(self, topic: str, body: dict[str, Any], webhook_id: str | None = None) -> Answer:
        headers = {webhook.TOPIC: topic} | ({} if webhook_id is None else {webhook.WEBHOOK_ID: webhook_id})
        return await self.shopify(orjson.dumps(body), headers)

    async def post(self, path: str, body: bytes, headers: Mapping[str, str]) -> Answer:
        async with self.client.post(path, data=body, headers=dict(headers)) as response:
            return response.status, await response.json()


@asynccontextmanager
async def endpoints(db: Database, **settings: Any) -> AsyncIterator[Endpoints]:
    """The routes with these settings; webhooks are signed with `SECRET` by default."""
    app = web.Application(middlewares=[problems])
    app.cleanup_ctx.append(webhook_routes.forgeries)
    app[DATABASE], app[CLOCK], app[THRESHOLDS] = db, db.clock, Thresholds()
    app[SETTINGS] = Settings(**{"shop_domain": SHOP, "shopify_webhook_secret": SECRET, **settings})
    app.add_routes(webhook_routes.routes)
    app.add_routes(erp.routes)
    async with TestClient(TestServer(app)) as client:
        yield Endpoints(client)
