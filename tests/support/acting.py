"""A desk to act on: the actions' and the outbox's routes on one database, and what a test asks of it."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import orjson
from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer
from sqlalchemy import select
from tests.support.desk_orders import told

from orders_sync.db import audit, outbox_claims, stock
from orders_sync.db.engine import Database
from orders_sync.db.order_documents import Known
from orders_sync.db.outbox import OutboxRow, entries_of_order
from orders_sync.db.tables import orders, outbox
from orders_sync.db.tx import Tx
from orders_sync.evidence.changes import OrderChange
from orders_sync.external.shopify.client import ShopifyClient
from orders_sync.http.app_keys import CLOCK, DATABASE, SETTINGS, SHOPIFY, THRESHOLDS
from orders_sync.http.auth import TOKENS, Tokens, authentication
from orders_sync.http.problems import problems
from orders_sync.relay.relay import LEASE_MS, SHARE
from orders_sync.routes import actions, dead_letters, mentions, notes
from orders_sync.routes import outbox as outbox_routes
from orders_sync.rules.operator_state import OperatorState
from orders_sync.rules.order_state import OrderState, build_order_state, skus
from orders_sync.rules.thresholds import Thresholds
from orders_sync.rules.timeline import timeline
from orders_sync.settings import Settings
from orders_sync.settle.order import load
from orders_wire.detail import Assignment, AuditEntry, OutboxEntry

SHOP = "desk-test.myshopify.com"
SIGNING = "whsec_" + "c2VjcmV0IG9mIHRoZSB0ZXN0IGRlc2s="

ALL_ON: Mapping[str, Any] = {
    "shop_domain": SHOP,
    "shopify_admin_token": "shpat_test",
    "shopify_writes": True,
    "erp_url": "http://127.0.0.1:9/erp",
    "erp_secret": SIGNING,
    "support_url": "http://127.0.0.1:9/support",
    "support_secret": SIGNING,
}
"""Every receiver is on; nothing listens there."""

Body = dict[str, Any]


@dataclass(frozen=True)
class Seen:
    """An order as it is in the database."""

    known: Known
    state: OrderState
    alerts: frozenset[str]
    waiting: int
    failed: int

    @property
    def operator(self) -> OperatorState:
        return self.known.operator

    @property
    def version(self) -> int:
        return self.known.version

    @property
    def timeline(self) -> list[str]:
        """The events, oldest first."""
        return [entry["event"] for entry in timeline(self.state)]

    @property
    def return_state(self) -> str:
        """The state of its only return."""
        (view,) = self.state.returns
        return view.state.value


@dataclass
class Desk:
    """Acts over HTTP; looks into the database."""

    client: TestClient[web.Request, web.Application]
    db: Database

    async def act(self, action: str, body: object, *, key: str | None = None, **headers: str) -> tuple[int, Body]:
        """Posts to `/sync/orders/<action>`; returns status and answer. `headers`: `X_Operator="bo"`, …"""
        status, answer = await self.raw(action, orjson.dumps(body), key=key, **headers)
        return status, orjson.loads(answer)

    async def raw(self, action: str, body: bytes, *, key: str | None = None, **headers: str) -> tuple[int, bytes]:
        """The same, byte by byte."""
        sent = {
            "Content-Type": "application/json",
            **{name.replace("_", "-"): value for name, value in headers.items()},
        }
        if key is not None:
            sent["Idempotency-Key"] = key
        async with self.client.post(f"/sync/orders/{action}", data=body, headers=sent) as response:
            return response.status, await response.read()

    async def post(self, path: str, **headers: str) -> tuple[int, Body]:
        """Posts nothing to any path."""
        sent = {name.replace("_", "-"): value for name, value in headers.items()}
        async with self.client.post(path, headers=sent) as response:
            return response.status, await response.json()

    async def delete(
        self, path: str, body: object = None, *, key: str | None = None, **headers: str
    ) -> tuple[int, Body]:
        """Deletes what is at a path; with a body where there is one."""
        sent = {name.replace("_", "-"): value for name, value in headers.items()}
        sent |= {} if key is None else {"Idempotency-Key": key}
        async with self.client.delete(path, json=body, headers=sent) as response:
            return response.status, await response.json()

    async def get(self, path: str) -> tuple[int, Body]:
        async with self.client.get(path) as response:
            return response.status, await response.json()

    async def tell(self, *changes: OrderChange) -> None:
        """The shop tells something."""
        await told(self.db, changes)

    async def order(self, order_id: int) -> Seen:
        return await self.db.write(lambda tx: _seen(tx, order_id))

    async def outbox(self, order_id: int) -> list[OutboxEntry]:
        """The order's rows, oldest first."""
        rows = await self.db.read(lambda conn: entries_of_order(conn, self.db.shop_id, order_id))
        return rows[::-1]

    async def payloads(self, kind: str) -> list[Body]:
        """What the rows of a kind will send, oldest first."""
        query = select(outbox.c.payload).where(outbox.c.kind == kind).order_by(outbox.c.id)
        return await self.db.read(lambda conn: [orjson.loads(text) for text in conn.execute(query).scalars()])

    async def owners(self, order_id: int) -> list[Assignment]:
        """The history of the order's owner, oldest first."""
        rows = await self.db.read(lambda conn: audit.owners_of_order(conn, self.db.shop_id, order_id))
        return rows[::-1]

    async def audited(self, order_id: int) -> list[AuditEntry]:
        """What was done on the order, oldest first."""
        rows = await self.db.read(lambda conn: audit.of_order(conn, self.db.shop_id, order_id))
        return rows[::-1]

    async def claim(self, *targets: str, owner: str = "relay") -> list[OutboxRow]:
        """A relay takes what is due."""
        return await self.db.write(lambda tx: outbox_claims.claim(tx, owner, targets, LEASE_MS, SHARE))


@asynccontextmanager
async def serve(
    db: Database, tokens: Tokens | None = None, *, shop: ShopifyClient | None = None, **settings: Any
) -> AsyncIterator[Desk]:
    """The actions' and the outbox's routes on this database, with every receiver on unless `settings` say otherwise.

    `shop`: whom a retry asks for orders.
    """
    app = web.Application(middlewares=[problems, authentication])
    app[DATABASE] = db
    app[SETTINGS] = Settings.model_validate({**ALL_ON, **settings})
    app[THRESHOLDS] = app[SETTINGS].thresholds
    app[CLOCK] = db.clock
    app[SHOPIFY] = shop
    app[TOKENS] = tokens
    app.add_routes(actions.routes)
    app.add_routes(notes.routes)
    app.add_routes(mentions.routes)
    app.add_routes(outbox_routes.routes)
    app.add_routes(dead_letters.routes)
    async with TestClient(TestServer(app)) as client:
        yield Desk(client, db)


def _seen(tx: Tx, order_id: int) -> Seen:
    known = load(tx, order_id)
    assert known is not None
    levels = stock.levels(tx.conn, tx.shop_id, skus(known.facts))
    order_state = build_order_state(order_id, known.facts, known.operator, levels, Thresholds())
    assert order_state is not None
    columns = (orders.c.alert_types, orders.c.outbound_waiting, orders.c.outbound_failed)
    row = tx.conn.execute(select(*columns).where(orders.c.id == order_id)).one()
    return Seen(
        known,
        order_state,
        frozenset(filter(None, row.alert_types.split(","))),
        row.outbound_waiting,
        row.outbound_failed,
    )
